/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_brackets.h"

#include <string.h>

#include "xlconv/compare.h"
#include "xlconv/doc.h"
#include "xlconv/splice.h"

/* What was between the brackets and the items of a list; NULL for a bracket that stayed. */
typedef struct {
    char *key;
    char *before;
    char *behind;
    gboolean comma; /* behind the last item */
} Bracket;

static void
bracket_clear(gpointer data)
{
    Bracket *bracket = data;

    g_free(bracket->key);
    g_free(bracket->before);
    g_free(bracket->behind);
}

static GArray *
brackets_new(void)
{
    GArray *brackets = g_array_new(FALSE, FALSE, sizeof(Bracket));

    g_array_set_clear_func(brackets, bracket_clear);
    return brackets;
}

/* A list that one assignment alone gives; NULL for anything else. */
static const XlcValue *
list_of(const XlcDoc *doc, const char *key)
{
    const XlcEntry *entry = xlc_doc_get(doc, key);

    return entry != NULL && entry->n_assignments == 1 && entry->value->kind == XLC_VALUE_LIST
               ? entry->value
               : NULL;
}

/* Behind the comma that follows @at on its line; @at when there is none. */
static gsize
behind_comma(const XlcSplices *splices, gsize at)
{
    gsize next = xlc_skip_blanks(splices, at);

    return xlc_splices_source(splices, NULL)[next] == ',' ? next + 1 : at;
}

/* The first item that begins below the line that the one before it ends in; NULL for none. */
static const XlcValue *
item_below(const XlcSplices *splices, const XlcValue *list)
{
    for (guint i = 1; i < list->n_items; i++) {
        gsize line = xlc_line_start(splices, list->items[i]->start.offset);

        if (list->items[i - 1]->end.offset < line)
            return list->items[i];
    }
    return NULL;
}

static char *
copy_of(const XlcSplices *splices, gsize from, gsize to)
{
    return g_strndup(xlc_splices_source(splices, NULL) + from, to - from);
}

/* The first item gets a line, indented as the one at @below; not where lines begin with the comma.
 */
static void
part_first(XlcSplices *splices, const XlcValue *list, gsize below, Bracket *bracket)
{
    gsize open = list->start.offset + 1, item = list->items[0]->start.offset;
    g_autofree char *indent = copy_of(splices, xlc_line_start(splices, below), below);
    g_autofree char *line = g_strconcat("\n", indent, NULL);

    if (xlc_skip_blanks(splices, open) != item || !xlc_begins_line(splices, below))
        return;
    bracket->before = copy_of(splices, open, item);
    xlc_splice(splices, open, item, line);
}

/* Whether something is said of items that are not the last one: between its items a list has
 * nothing else but commas and white space. */
static gboolean
has_comments(const XlcSplices *splices, const XlcValue *list)
{
    gsize end = list->start.offset + 1;

    for (guint i = 0; i < list->n_items; i++) {
        gsize start = list->items[i]->start.offset;

        if (memchr(xlc_splices_source(splices, NULL) + end, '#', start - end) != NULL)
            return TRUE;
        end = list->items[i]->end.offset;
    }
    return FALSE;
}

/* The closing bracket goes below what is said behind it, unless that is about the whole list: where
 * nothing is said of the other items. */
static void
part_last(XlcSplices *splices, const XlcValue *list, Bracket *bracket)
{
    gsize item = behind_comma(splices, list->items[list->n_items - 1]->end.offset);
    gsize end = list->end.offset;

    if (xlc_skip_blanks(splices, item) != end - 1 || !xlc_ends_line(splices, end))
        return;
    bracket->behind = copy_of(splices, item, end - 1);
    bracket->comma = item > list->items[list->n_items - 1]->end.offset;
    if (!has_comments(splices, list)) {
        xlc_splice(splices, item, end - 1, "\n");
        return;
    }
    xlc_splice(splices, item, end, "");
    end = xlc_line_end(splices, end);
    xlc_splice(splices, end, end, "\n]");
}

static void
part(GArray *brackets, XlcSplices *splices, const XlcDoc *doc, const char *key)
{
    const XlcValue *list = list_of(doc, key);
    const XlcValue *below = list != NULL ? item_below(splices, list) : NULL;
    Bracket bracket = { NULL };

    if (below == NULL)
        return;
    part_first(splices, list, below->start.offset, &bracket);
    part_last(splices, list, &bracket);
    if (bracket.before == NULL && bracket.behind == NULL)
        return;
    bracket.key = g_strdup(key);
    g_array_append_val(brackets, bracket);
}

char *
xlc_brackets_part(const char *text, const GPtrArray *differences, GArray **ret_brackets)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    g_autoptr(XlcSplices) splices = xlc_splices_new(text, strlen(text));
    g_autoptr(GArray) brackets = brackets_new();

    for (guint i = 0; doc != NULL && i < differences->len; i++)
        part(brackets, splices, doc, ((const XlcDifference *)differences->pdata[i])->key);
    if (brackets->len == 0)
        return NULL;
    *ret_brackets = g_steal_pointer(&brackets);
    return xlc_splices_apply(splices);
}

/* Not where a comment has come between. */
static void
join_first(XlcSplices *splices, const XlcValue *list, const char *before)
{
    const char *source = xlc_splices_source(splices, NULL);
    gsize open = list->start.offset + 1, item = list->items[0]->start.offset;

    if (strspn(source + open, " \t\n") >= item - open)
        xlc_splice(splices, open, item, before);
}

/* A comma that parted the last item from others that are gone goes, too. */
static void
join_last(XlcSplices *splices, const XlcValue *list, const Bracket *bracket)
{
    const char *source = xlc_splices_source(splices, NULL);
    gsize item = list->items[list->n_items - 1]->end.offset, comma = behind_comma(splices, item);
    gsize line = xlc_line_end(splices, comma), end = list->end.offset;
    g_autofree char *closing = g_strconcat(bracket->behind, "]", NULL);

    if (!xlc_ends_line(splices, comma) || strspn(source + line, " \t\n") != end - 1 - line)
        return;
    xlc_splice(splices, bracket->comma ? comma : item, comma, closing);
    xlc_splice(splices, line, end, "");
}

char *
xlc_brackets_join(const GArray *brackets, const char *text)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    g_autoptr(XlcSplices) splices = xlc_splices_new(text, strlen(text));

    for (guint i = 0; doc != NULL && i < brackets->len; i++) {
        const Bracket *bracket = &g_array_index(brackets, Bracket, i);
        const XlcValue *list = list_of(doc, bracket->key);

        if (list == NULL || list->n_items == 0)
            continue;
        if (bracket->before != NULL)
            join_first(splices, list, bracket->before);
        if (bracket->behind != NULL)
            join_last(splices, list, bracket);
    }
    return xlc_splices_apply(splices);
}
