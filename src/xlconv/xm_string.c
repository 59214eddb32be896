/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/xm_string.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    const char *at; /* behind the opening quotes */
    const char *end;
    gboolean raw;
    gboolean unicode;
    guint lines;
    GString *text;
} Reading;

/* Up to @most digits of @base at @p; their number. */
static guint
digits(const char *p, const char *end, guint base, guint most, guint *ret_value)
{
    guint n = 0;

    for (*ret_value = 0; n < most && p + n < end; n++) {
        gint digit = g_ascii_xdigit_value(p[n]);

        if (digit < 0 || (guint)digit >= base)
            break;
        *ret_value = *ret_value * base + (guint)digit;
    }
    return n;
}

/* \x41, \101, \u00e4: how many bytes behind the backslash; 0 when it is none of these. */
static guint
numeric_escape(Reading *reading, const char *p)
{
    guint value;

    if (*p == 'x' && digits(p + 1, reading->end, 16, 2, &value) == 2) {
        g_string_append_c(reading->text, (char)value);
        return 3;
    }
    if (*p == 'u' && reading->unicode && digits(p + 1, reading->end, 16, 4, &value) == 4) {
        g_string_append_unichar(reading->text, value);
        return 5;
    }
    if (*p >= '0' && *p <= '7') {
        guint n = digits(p, reading->end, 8, 3, &value);

        g_string_append_c(reading->text, (char)value);
        return n;
    }
    return 0;
}

/* At a backslash. An escape that Python does not know stays as it is. */
static void
read_escape(Reading *reading)
{
    static const char letters[] = "abfnrtv\"'\\";
    static const char values[] = "\a\b\f\n\r\t\v\"'\\";
    const char *p = reading->at + 1;
    const char *found = p < reading->end && *p != '\0' ? strchr(letters, *p) : NULL;
    guint n = p < reading->end ? numeric_escape(reading, p) : 0;

    if (n == 0 && found != NULL) {
        g_string_append_c(reading->text, values[found - letters]);
        n = 1;
    } else if (n == 0 && p < reading->end && *p == '\n') {
        reading->lines++;
        n = 1;
    } else if (n == 0) {
        g_string_append_c(reading->text, '\\');
    }
    reading->at = p + n;
}

/* A raw string keeps its backslashes, but one in front of a quote keeps that from ending it. */
static void
read_byte(Reading *reading)
{
    if (*reading->at == '\\' && !reading->raw) {
        read_escape(reading);
        return;
    }
    if (*reading->at == '\\' && reading->at + 1 < reading->end)
        g_string_append_c(reading->text, *reading->at++);
    reading->lines += *reading->at == '\n';
    g_string_append_c(reading->text, *reading->at++);
}

gsize
xlc_xm_string_prefix(const char *at, const char *end)
{
    gsize n = 0;

    while (n < 2 && at + n < end && at[n] != '\0' && strchr("uUrRbB", at[n]) != NULL)
        n++;
    return at + n < end && (at[n] == '"' || at[n] == '\'') ? n + 1 : 0;
}

gsize
xlc_xm_string_read(const char *at, const char *end, GString *text, guint *ret_lines,
                   const char **ret_problem)
{
    gsize prefix = xlc_xm_string_prefix(at, end) - 1;
    char quote = at[prefix];
    gboolean triple =
        end - at >= (gssize)prefix + 3 && at[prefix + 1] == quote && at[prefix + 2] == quote;
    gsize n_quotes = triple ? 3 : 1;
    Reading reading = { .at = at + prefix + n_quotes, .end = end, .text = text };
    gsize before = text->len;

    for (gsize i = 0; i < prefix; i++) {
        reading.raw |= g_ascii_tolower(at[i]) == 'r';
        reading.unicode |= g_ascii_tolower(at[i]) == 'u';
    }
    while (reading.at < end && (triple || *reading.at != '\n')) {
        if (*reading.at == quote && (!triple || (end - reading.at >= 3 && reading.at[1] == quote &&
                                                 reading.at[2] == quote))) {
            *ret_lines = reading.lines;
            if (memchr(text->str + before, '\0', text->len - before) != NULL)
                *ret_problem = _("a text cannot hold a NUL byte");
            return (gsize)(reading.at - at) + n_quotes;
        }
        read_byte(&reading);
    }
    *ret_problem = _("this text has no end: expected a closing quote");
    return (gsize)(reading.at - at);
}
