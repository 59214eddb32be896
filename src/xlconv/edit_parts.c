/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_parts.h"

#include <string.h>

#include "xlconv/key.h"

/* A blank is between two parts. */
#define SEAM ' '

/* More than that no key has. */
#define MOST_PARTS 2

/* What @entry adds to the key (transfer full); NULL for one that is no such alias. */
static char *
part_of(const XlcEntry *entry)
{
    const XlcKey *row = xlc_key_find(entry->key);

    return row != NULL && row->part != NULL && entry->value->kind != XLC_VALUE_LIST
               ? g_strconcat(row->part, entry->value->text, NULL)
               : NULL;
}

/* Where the second part begins with its blank, or @whole ends: behind the first part if that still
 * stands there, else before the second one, else behind the first word. */
static const char *
find_seam(const char *whole, const char *first, const char *second)
{
    gsize length = strlen(first), rest = strlen(whole) - MIN(strlen(whole), strlen(second));

    if (g_str_has_prefix(whole, first) && (whole[length] == SEAM || whole[length] == '\0'))
        return whole + length;
    if (rest > 0 && g_str_has_suffix(whole, second) && whole[rest - 1] == SEAM)
        return whole + rest - 1;
    return strchr(whole, SEAM) != NULL ? strchr(whole, SEAM) : whole + strlen(whole);
}

/* @text as the value of @entry; FALSE when it cannot say that. */
static gboolean
add_value(GPtrArray *values, const XlcEntry *entry, const char *text)
{
    const char *before = xlc_key_find(entry->key)->part;

    if (!g_str_has_prefix(text, before))
        return FALSE;
    g_ptr_array_add(values, g_strdup(text + strlen(before)));
    return TRUE;
}

static gboolean
add_two(GPtrArray *values, const GPtrArray *owners, const char *whole)
{
    g_autofree char *first = part_of(owners->pdata[0]);
    g_autofree char *second = part_of(owners->pdata[1]);
    g_autofree char *begin = NULL;
    const char *seam;

    if (first == NULL || second == NULL)
        return FALSE;
    seam = find_seam(whole, first, second);
    begin = g_strndup(whole, (gsize)(seam - whole));
    if (!add_value(values, owners->pdata[0], begin)) {
        g_ptr_array_add(values, NULL);
        return add_value(values, owners->pdata[1], whole);
    }
    if (*seam != '\0')
        return add_value(values, owners->pdata[1], seam + 1);
    g_ptr_array_add(values, NULL);
    return TRUE;
}

GPtrArray *
xlc_edit_parts(const GPtrArray *owners, const char *whole)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *first = owners->len > 0 ? part_of(owners->pdata[0]) : NULL;
    gboolean done = FALSE;

    if (first != NULL && owners->len == MOST_PARTS)
        done = add_two(values, owners, whole);
    else if (first != NULL && owners->len == 1)
        done = add_value(values, owners->pdata[0], whole);
    return done ? g_steal_pointer(&values) : NULL;
}
