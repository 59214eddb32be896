/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout of an xl.cfg file: one statement a line, a blank around = and inside brackets, double
 * quotes where they need no escape, lists in one line or with a line for each item. Comments and
 * the order of everything stay.
 */
#pragma once

#include <glib.h>

#include "conf/report.h"

/*
 * Returns: (transfer full): @text of @length bytes, laid out; the same assignments in the same
 * order, which is checked. Laying out the result again changes nothing. Windows line ends and a
 * byte order mark, which xl refuses, are taken out. NULL, with each error in @report (may be NULL),
 * when @text is not an xl.cfg file.
 */
char *xlc_layout(const char *text, gsize length, DomReport *report, GError **error);

/*
 * @text (transfer full) with lines that end in a newline alone, as xl wants them, and without a
 * byte order mark. Lines keep their numbers. @ret_changed: whether that was needed.
 */
char *xlc_plain_lines(const char *text, gsize length, gboolean *ret_changed);
