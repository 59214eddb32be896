/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "conf/carried.h"
#include "xlconv/doc.h"

/*
 * What @def holds and xl.cfg has no word for (transfer full; of DomCarried), in a fixed order. Each
 * is reported as a warning to @report (may be NULL), at its place in the XML, unless that has been
 * told there when it was read.
 */
GPtrArray *xlc_cfg_carried(const DomDef *def, DomReport *report);

/* Gives the places of @items what they depend on in @text, the xl.cfg that they are to stand in,
 * without such comments. See dom_carried_bind(). */
void xlc_cfg_bind(GPtrArray *items, const char *text);

/* Reports an error for each device of @def that has no form in xl.cfg, at its place in the XML. FALSE
 * for none. */
gboolean xlc_report_refused(const DomDef *def, DomReport *report);

/* Reports what dom_def_clear_secrets() would take from @def, at its place in @doc, the xl.cfg that
 * @def was read from (NULL: none), or in the XML. */
void xlc_report_secrets(const DomDef *def, const XlcDoc *doc, DomReport *report);

/* Reports that the XML that @def was read from was made without a password that there was; FALSE for
 * none. */
gboolean xlc_report_withheld(const DomDef *def, DomReport *report);
