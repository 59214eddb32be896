/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ways of a model there and back, which end the program when something is lost. */
#pragma once

#include "conf/def.h"

/*
 * Through XML: what can be said comes back as the same model, and is said in the same words again.
 * Returns the model that came back (transfer full); NULL when XML has no way to write @def.
 */
DomDef *trip_xml(const DomDef *def);

/* The same through xl.cfg, which has no words for some of XML: all others come back. */
DomDef *trip_cfg(const DomDef *def);
