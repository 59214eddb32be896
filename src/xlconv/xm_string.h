/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Strings of Python 2, as xm files have them: prefixes, triple quotes, escapes. */

/* Letters and the quote at @at, when a string begins there; else 0. */
gsize xlc_xm_string_prefix(const char *at, const char *end);

/*
 * Appends what the string at @at says to @text. @ret_lines: newlines in it. @ret_problem: set
 * (static, translated) when it has no end or holds what xl.cfg cannot. Returns the bytes it takes.
 */
gsize xlc_xm_string_read(const char *at, const char *end, GString *text, guint *ret_lines,
                         const char **ret_problem);
