/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xl reads and XML has no place for. */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"

/* Reports each value of @doc that holds such a byte, at the first one. FALSE for none. */
gboolean xlc_report_uncarried(const XlcDoc *doc, DomSeverity severity, DomReport *report);

/* Of @def, read from @doc, no XML can be written: the assignment that is the reason; NULL where
 * nobody can tell. */
const XlcEntry *xlc_find_unsaid(const XlcDoc *doc, const DomDef *def);
