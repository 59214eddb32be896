/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How xlconv shows diagnostics: a line for each, with the source below it, or JSON for tools. */
#pragma once

#include <xlconv/xlconv.h>

/*
 * Prints all of @report to standard error: "file:line:column: severity: key: text" and, where
 * @source (nullable) is the text that the positions are in, the line with a caret below it. Colour
 * is used on a terminal only.
 */
void xlc_report_print(const XlconvReport *report, const char *source);

/* Appends @report to @objects, the inside of a JSON array of objects. */
void xlc_report_append_json(const XlconvReport *report, GString *objects);

/* Whether what goes to @descriptor may have colour: it is a terminal that wants it. */
gboolean xlc_use_colour(int descriptor);
