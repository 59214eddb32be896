/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading <xl:cfg>, the element of residual text (see metadata.h). */
#pragma once

#include "conf/def.h"
#include "conf/xml.h"

/* The one that counts, claimed; NULL when there is none. What cannot stand there is reported and
 * taken out. */
xmlNodePtr dom_residual_claim(DomXml *xml, xmlNodePtr root);
/* The text of @cfg changes what the standard elements said, and may put other records in their
 * place. */
void dom_residual_apply(DomXml *xml, xmlNodePtr cfg, DomDef *def, const DomDefOps *ops);
