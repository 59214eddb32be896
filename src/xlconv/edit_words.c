/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_words.h"

/* Each item is held against each: such lists are short. */
#define MOST_WORDS 256

static gboolean
is_same_word(const XlcValue *a, const XlcValue *b)
{
    return a->kind != XLC_VALUE_LIST && b->kind != XLC_VALUE_LIST &&
           g_ascii_strcasecmp(a->text, b->text) == 0;
}

/* Takes the first of @left that says @word; NULL for none. */
static gpointer
take(GPtrArray *left, const XlcValue *word)
{
    for (guint i = 0; i < left->len; i++) {
        if (is_same_word(left->pdata[i], word))
            return g_ptr_array_steal_index(left, i);
    }
    return NULL;
}

/* The items of @list as their like stands in @order, and those without behind them. */
static GPtrArray *
in_order_of(const XlcValue *list, const XlcValue *order)
{
    GPtrArray *sorted = g_ptr_array_new();
    g_autoptr(GPtrArray) left = g_ptr_array_new();

    for (guint i = 0; i < list->n_items; i++)
        g_ptr_array_add(left, (gpointer)list->items[i]);
    for (guint i = 0; i < order->n_items; i++) {
        gpointer item = take(left, order->items[i]);

        if (item != NULL)
            g_ptr_array_add(sorted, item);
    }
    g_ptr_array_extend(sorted, left, NULL, NULL);
    return sorted;
}

static gboolean
is_same_list(const XlcValue *const *a, const XlcValue *const *b, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (!is_same_word(a[i], b[i]))
            return FALSE;
    }
    return TRUE;
}

gboolean
xlc_edit_words(const XlcValue *old, const XlcValue *meant, const XlcValue *want,
               GPtrArray **ret_meant, GPtrArray **ret_want)
{
    g_autoptr(GPtrArray) sorted = NULL;

    if (old->n_items != meant->n_items || MAX(old->n_items, want->n_items) > MOST_WORDS ||
        is_same_list(old->items, meant->items, old->n_items))
        return FALSE;
    sorted = in_order_of(meant, old);
    if (!is_same_list(old->items, (const XlcValue *const *)sorted->pdata, old->n_items))
        return FALSE;
    *ret_meant = g_steal_pointer(&sorted);
    *ret_want = in_order_of(want, old);
    return TRUE;
}
