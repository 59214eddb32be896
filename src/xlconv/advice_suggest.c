/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/advice.h"
#include "xlconv/key.h"

static const struct {
    const char *word;
    const char *number;
} switches[] = {
    { "true", "1" },  { "yes", "1" }, { "on", "1" },  { "enable", "1" },  { "enabled", "1" },
    { "false", "0" }, { "no", "0" },  { "off", "0" }, { "disable", "0" }, { "disabled", "0" },
};

static const char *
switch_number(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (g_ascii_strcasecmp(switches[i].word, word) == 0)
            return switches[i].number;
    }
    return NULL;
}

/* Sizes by their first letter, in KiB. */
static gdouble
unit_kib(const char *unit)
{
    static const char letters[] = "kmgt";
    const char *found;
    gdouble kib = 1;

    if (*unit == '\0')
        return 1024;
    found = strchr(letters, g_ascii_tolower(*unit));
    if (found == NULL || (unit[1] != '\0' && g_ascii_strcasecmp(unit + 1, "b") != 0 &&
                          g_ascii_strcasecmp(unit + 1, "ib") != 0))
        return 0;
    for (; found > letters; found--)
        kib *= 1024;
    return kib;
}

/* "4G", "512 MB", "1.5g" in MiB; FALSE when it is no such size. */
static gboolean
size_mib(const char *word, guint64 *ret_mib)
{
    g_autofree char *text = g_strstrip(g_strdup(word));
    char *unit;
    gdouble number, mib;

    if (!g_ascii_isdigit(*text))
        return FALSE;
    number = g_ascii_strtod(text, &unit);
    while (*unit == ' ')
        unit++;
    mib = number * unit_kib(unit) / 1024;
    if (!(mib >= 1 && mib < 1e9))
        return FALSE;
    *ret_mib = (guint64)mib;
    return TRUE;
}

/* A whole number with something around it that xl does not take. */
static char *
bare_number(const char *word)
{
    g_autofree char *text = g_strstrip(g_strdup(word));
    gsize sign = *text == '-' || *text == '+';
    gsize digits = strspn(text + sign, "0123456789");

    if (digits == 0 || text[sign + digits] != '\0')
        return NULL;
    return *text == '-' ? g_strdup_printf("\"%s\"", text) : g_strdup(text + (*text == '+'));
}

static gboolean
is_word(const char *word)
{
    return (g_ascii_isalpha(*word) || *word == '/') &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-.:/")] == '\0';
}

static gboolean
holds_switch(const XlcKey *row)
{
    return row != NULL && (row->shape == XLC_SHAPE_BOOL || (row->flags & XLC_SWITCH));
}

static gboolean
holds_text(const XlcKey *row)
{
    return row != NULL && (row->shape == XLC_SHAPE_STRING || row->shape == XLC_SHAPE_ENUM);
}

/* The value as it should be spelled (transfer full). */
static char *
better_value(const XlcKey *row, const char *word)
{
    const char *number = switch_number(word);
    gboolean python = g_str_equal(word, "True") || g_str_equal(word, "False");
    guint64 mib;

    if (number != NULL && !holds_text(row) && (python || holds_switch(row)))
        return g_strdup(number);
    if (row != NULL && row->shape == XLC_SHAPE_MIB && size_mib(word, &mib))
        return g_strdup_printf("%" G_GUINT64_FORMAT, mib);
    if (g_ascii_isdigit(*word) || strchr("+- ", *word) != NULL)
        return *word == '-' && row != NULL && row->shape != XLC_SHAPE_INT ? NULL
                                                                          : bare_number(word);
    if (is_word(word) && !(row != NULL && xlc_key_holds_number(row)) && !g_str_equal(word, "None"))
        return g_strdup_printf("\"%s\"", word);
    return NULL;
}

char *
xlc_suggest(const char *key, const char *word)
{
    g_autofree char *value = *word != '\0' ? better_value(xlc_key_find(key), word) : NULL;

    return value != NULL ? g_strdup_printf("%s = %s", key, value) : NULL;
}
