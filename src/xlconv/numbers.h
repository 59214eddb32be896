/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xlconv/doc.h"

/*
 * Reading numbers exactly as xl does. All of these are pure and safe from any thread.
 */

/**
 * xlc_number_parse:
 * @min, @max: bounds, inclusive; G_MININT64 and G_MAXINT64 for none
 * @error: XLC_ERROR_VALUE, saying what is wrong
 *
 * strtol() base 0 over the whole text: leading blanks and a sign are taken, 0x is hex, a leading 0
 * is octal; anything behind the number, and an empty text, is refused (xlu_cfg_get_bounded_long).
 */
gboolean xlc_number_parse(const char *text, gint64 min, gint64 max, gint64 *ret_number,
                          GError **error);

/* Whether xlc_number_parse() takes @text for octal and would read another number without that:
 * "010", not "0" or "07". */
gboolean xlc_number_is_octal(const char *text);

/**
 * xlc_number_parse_bool:
 *
 * A boolean of xl.cfg is a number: 0 is false, any other is true. Words such as "yes" are refused.
 */
gboolean xlc_number_parse_bool(const char *text, gboolean *ret_value, GError **error);

/**
 * xlc_number_parse_decimal:
 *
 * The reading of numbers inside specs (mtu=, devid=, ports=, vnuma sizes): strtoul() base 10, which
 * takes leading blanks and a sign and, unlike the others, ignores what follows the digits; only a
 * text without digits or beyond 64 bits is refused.
 *
 * @ret_rest: (out) (optional): what follows the digits, inside @text; not empty means that xl
 * ignored something
 */
gboolean xlc_number_parse_decimal(const char *text, guint64 *ret_number, const char **ret_rest,
                                  GError **error);

/**
 * xlc_entry_number:
 * @error: XLC_ERROR_VALUE. xl warns and goes on as if the key were absent.
 *
 * Reads a number from an entry: refuses a list, a value made with += and what xlc_number_parse()
 * refuses.
 */
gboolean xlc_entry_number(const XlcEntry *entry, gint64 min, gint64 max, gint64 *ret_number,
                          GError **error);

/* As xlc_entry_number() for a boolean. */
gboolean xlc_entry_bool(const XlcEntry *entry, gboolean *ret_value, GError **error);
