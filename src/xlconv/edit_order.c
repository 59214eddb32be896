/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_order.h"

#include <string.h>

#include "xlconv/align.h"
#include "xlconv/compare.h"
#include "xlconv/doc.h"
#include "xlconv/splice.h"

/* A part of the text; both 0 where there is no place for it. */
typedef struct {
    gsize from;
    gsize to;
} Span;

/* The place of an item in its list. */
typedef struct {
    Span above; /* lines of comments right above its line */
    Span item;
    Span behind; /* the rest of its line, behind its comma */
} Slot;

typedef struct {
    XlcSplices *splices;
    const XlcValue *list; /* in the file */
    GArray *slots;        /* guint: indexes of the items that stay, as they stand */
    GArray *items;        /* guint: the same, as they are wanted */
} Order;

static char
byte_at(const Order *order, gsize at)
{
    return xlc_splices_source(order->splices, NULL)[at];
}

/* Whether nothing but blanks and a comma is in front of @item on its line. */
static gboolean
begins_line(const Order *order, const XlcValue *item, gsize line)
{
    return strspn(xlc_splices_source(order->splices, NULL) + line, " \t,") >=
           item->start.offset - line;
}

/* Whether @index is the last item of its line, and the only one that begins there. */
static gboolean
is_alone(const Order *order, guint index, gsize line, gsize end)
{
    return xlc_ends_line(order->splices, end) &&
           (index == 0 || order->list->items[index - 1]->end.offset < line);
}

static Slot
slot_of(const Order *order, guint index)
{
    const XlcValue *item = order->list->items[index];
    gsize line = xlc_line_start(order->splices, item->start.offset);
    gsize next = xlc_skip_blanks(order->splices, item->end.offset);
    gsize end = byte_at(order, next) == ',' ? next + 1 : item->end.offset;
    Slot slot = { .item = { item->start.offset, item->end.offset } };

    if (begins_line(order, item, line))
        slot.above = (Span){ xlc_comments_above(order->splices, line), line };
    if (is_alone(order, index, line, end))
        slot.behind = (Span){ end, xlc_line_end(order->splices, end) };
    return slot;
}

static void
put(const Order *order, Span place, Span what)
{
    const char *source = xlc_splices_source(order->splices, NULL);
    g_autofree char *text = g_strndup(source + what.from, what.to - what.from);

    xlc_splice(order->splices, place.from, place.to, text);
}

static guint
index_at(const GArray *indexes, guint i)
{
    return g_array_index(indexes, guint, i);
}

/* Comments go along where all items that move have a place for them. */
static void
move_items(const Order *order)
{
    gboolean above = TRUE, behind = TRUE;

    for (guint i = 0; i < order->slots->len; i++) {
        const Slot slot = slot_of(order, index_at(order->slots, i));
        gboolean moves = index_at(order->slots, i) != index_at(order->items, i);

        above = above && (!moves || slot.above.to > 0);
        behind = behind && (!moves || slot.behind.to > 0);
    }
    for (guint i = 0; i < order->slots->len; i++) {
        const Slot place = slot_of(order, index_at(order->slots, i));
        const Slot what = slot_of(order, index_at(order->items, i));

        if (index_at(order->slots, i) == index_at(order->items, i))
            continue;
        if (above)
            put(order, place.above, what.above);
        put(order, place.item, what.item);
        if (behind)
            put(order, place.behind, what.behind);
    }
}

static gint
by_index(gconstpointer a, gconstpointer b)
{
    guint one = *(const guint *)a, other = *(const guint *)b;

    return (one > other) - (one < other);
}

/* Whether some items that stay are to stand in another order. */
static gboolean
find_order(Order *order, const XlcValue *meant, const XlcValue *want)
{
    g_autoptr(GPtrArray) before = xlc_item_texts(meant);
    g_autoptr(GPtrArray) after = xlc_item_texts(want);
    g_autofree int *found = xlc_align_find(before, after);

    for (guint i = 0; i < after->len; i++) {
        guint index = (guint)found[i];

        if (found[i] != XLC_ALIGN_NOWHERE)
            g_array_append_val(order->items, index);
    }
    if (order->items->len == 0)
        return FALSE;
    g_array_append_vals(order->slots, order->items->data, order->items->len);
    g_array_sort(order->slots, by_index);
    return memcmp(order->slots->data, order->items->data, order->items->len * sizeof(guint)) != 0;
}

static gboolean
order_list(XlcSplices *splices, const XlcValue *list, const XlcValue *meant, const XlcValue *want)
{
    Order order = { splices, list, g_array_new(FALSE, FALSE, sizeof(guint)),
                    g_array_new(FALSE, FALSE, sizeof(guint)) };
    gboolean moves = find_order(&order, meant, want);

    if (moves)
        move_items(&order);
    g_array_unref(order.slots);
    g_array_unref(order.items);
    return moves;
}

/* The list that @text, an assignment, gives; NULL for none. */
static const XlcValue *
list_of(const XlcDoc *doc)
{
    const XlcValue *value = xlc_doc_only_value(doc);

    return value != NULL && value->kind == XLC_VALUE_LIST ? value : NULL;
}

static gboolean
order_entry(XlcSplices *splices, const XlcEntry *entry, const XlcDifference *difference)
{
    g_autoptr(XlcDoc) meant = xlc_doc_parse(difference->a, strlen(difference->a), NULL, NULL);
    g_autoptr(XlcDoc) want = xlc_doc_parse(difference->b, strlen(difference->b), NULL, NULL);
    const XlcValue *before = list_of(meant), *after = list_of(want);

    if (before == NULL || after == NULL || entry->value->kind != XLC_VALUE_LIST ||
        entry->value->n_items != before->n_items)
        return FALSE;
    return order_list(splices, entry->value, before, after);
}

char *
xlc_edit_order(const char *text, const GPtrArray *differences)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    g_autoptr(XlcSplices) splices = xlc_splices_new(text, strlen(text));
    gboolean any = FALSE;

    for (guint i = 0; doc != NULL && i < differences->len; i++) {
        const XlcDifference *difference = differences->pdata[i];
        const XlcEntry *entry = xlc_doc_get(doc, difference->key);

        any |= entry != NULL && order_entry(splices, entry, difference);
    }
    return any ? xlc_splices_apply(splices) : NULL;
}
