/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "conf/def.h"

/*
 * What @def holds and xl.cfg has no word for: comment texts (transfer full), each maybe of several
 * lines, in a fixed order. Each is reported as a warning to @report (may be NULL).
 */
GPtrArray *xlc_cfg_comments(const DomDef *def, DomReport *report);

/* Reports what dom_def_clear_secrets() would take from @def. */
void xlc_report_secrets(const DomDef *def, DomReport *report);
