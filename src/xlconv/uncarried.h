/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xl reads and XML has no place for. */
#pragma once

#include "conf/report.h"
#include "xlconv/doc.h"

/* Reports each value of @doc that holds such a byte, at the first one. FALSE for none. */
gboolean xlc_report_uncarried(const XlcDoc *doc, DomSeverity severity, DomReport *report);
