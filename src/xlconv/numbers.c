/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/numbers.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "xlconv/error.h"

G_GNUC_PRINTF(2, 3)
static gboolean
refuse(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error) {
        g_autofree char *text = g_strdup_vprintf(format, args);

        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_VALUE, text);
    }
    va_end(args);
    return FALSE;
}

gboolean
xlc_number_parse(const char *text, gint64 min, gint64 max, gint64 *ret_number, GError **error)
{
    gint64 number;
    char *end;

    errno = 0;
    number = g_ascii_strtoll(text, &end, 0);
    if (errno == ERANGE)
        return refuse(error, _("\"%s\" is out of range for a number"), text);
    if (end == text || *end != '\0')
        return refuse(error, _("\"%s\" is not a number (decimal, 0x hexadecimal or 0 octal)"),
                      text);
    if (number < min)
        return refuse(error, _("%" PRId64 " is too small: at least %" PRId64), number, min);
    if (number > max)
        return refuse(error, _("%" PRId64 " is too large: at most %" PRId64), number, max);
    *ret_number = number;
    return TRUE;
}

gboolean
xlc_number_is_octal(const char *text)
{
    gint64 octal;

    return text[0] == '0' && text[1] != 'x' && text[1] != 'X' &&
           xlc_number_parse(text, G_MININT64, G_MAXINT64, &octal, NULL) &&
           g_ascii_strtoll(text, NULL, 10) != octal;
}

gboolean
xlc_number_parse_bool(const char *text, gboolean *ret_value, GError **error)
{
    gint64 number;

    if (!xlc_number_parse(text, G_MININT64, G_MAXINT64, &number, NULL))
        return refuse(error, _("\"%s\" is not a boolean: expected 1 (true) or 0 (false)"), text);
    *ret_value = number != 0;
    return TRUE;
}

gboolean
xlc_number_parse_decimal(const char *text, guint64 *ret_number, const char **ret_rest,
                         GError **error)
{
    guint64 number;
    char *end;

    number = g_ascii_strtoull(text, &end, 10);
    if (end == text)
        return refuse(error, _("\"%s\" is not a decimal number"), text);
    if (number == G_MAXUINT64)
        return refuse(error, _("\"%s\" is out of range for a number"), text);
    *ret_number = number;
    if (ret_rest)
        *ret_rest = end;
    return TRUE;
}

static gboolean
check_numeric(const XlcEntry *entry, GError **error)
{
    if (entry->value->kind == XLC_VALUE_LIST)
        return refuse(error, "%s", _("this is a list: expected a single value"));
    if (entry->no_number)
        return refuse(error, "%s", _("xl reads no number from +=: use = instead"));
    return TRUE;
}

gboolean
xlc_entry_number(const XlcEntry *entry, gint64 min, gint64 max, gint64 *ret_number, GError **error)
{
    return check_numeric(entry, error) &&
           xlc_number_parse(entry->value->text, min, max, ret_number, error);
}

gboolean
xlc_entry_bool(const XlcEntry *entry, gboolean *ret_value, GError **error)
{
    return check_numeric(entry, error) &&
           xlc_number_parse_bool(entry->value->text, ret_value, error);
}
