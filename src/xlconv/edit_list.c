/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_list.h"

#include <string.h>

#include "xlconv/align.h"
#include "xlconv/compare.h"
#include "xlconv/edit_item.h"
#include "xlconv/edit_words.h"
#include "xlconv/key.h"
#include "xlconv/lexer.h"
#include "xlconv/writer.h"

typedef struct {
    XlcSplices *splices;
    const char *key;
    const XlcValue *const *items; /* in the file */
    const XlcValue *meant;        /* the list that they mean, and the one that is wanted */
    const XlcValue *want;
    gboolean in_order; /* options that do not change stay where they are in their item */
    guint n_items;
    GPtrArray *texts; /* what is wanted, an item each */
    GArray *steps;    /* XlcAlignStep */
    GHashTable *gone; /* wanted text to the XlcValue that says it and stands elsewhere */
} ListEdit;

static char
byte_at(const XlcSplices *splices, gsize at)
{
    return xlc_splices_source(splices, NULL)[at];
}

char *
xlc_spell_like(const XlcSplices *splices, const char *key, const XlcValue *old, const char *text)
{
    gsize length = strlen(text);
    gboolean single = byte_at(splices, old->start.offset) == '\'';
    const XlcKey *row = xlc_key_find(key);
    gboolean kept = row == NULL || row->status == XLC_KEPT;

    if (old->kind == XLC_VALUE_STRING && xlc_lexer_is_number(text) && !kept)
        return single ? g_strdup_printf("'%s'", text) : g_strdup_printf("\"%s\"", text);
    if (single && *text == '"' && strpbrk(text, "'\\") == NULL)
        return g_strdup_printf("'%.*s'", (int)length - 2, text + 1);
    return g_strdup(text);
}

/* The first byte behind the comma after @item; 0 when there is none. */
static gsize
comma_after(const ListEdit *edit, const XlcValue *item)
{
    gsize length;
    const char *source = xlc_splices_source(edit->splices, &length);
    XlcLexer lexer;
    XlcToken token;

    xlc_lexer_init(&lexer, source, length);
    lexer.at = item->end;
    do
        xlc_lexer_next(&lexer, &token);
    while (token.kind == XLC_TOKEN_NEWLINE);
    return token.kind == XLC_TOKEN_COMMA ? token.end.offset : 0;
}

/* Whether only blanks and commas are between two places. */
static gboolean
is_glue(const ListEdit *edit, gsize from, gsize to)
{
    const char *source = xlc_splices_source(edit->splices, NULL);

    return strspn(source + from, " \t,") >= to - from;
}

/* Behind @item and the comma that follows it on its line. */
static gsize
behind(const ListEdit *edit, const XlcValue *item)
{
    gsize comma = comma_after(edit, item);

    return comma != 0 && is_glue(edit, item->end.offset, comma) ? comma : item->end.offset;
}

static gboolean
has_own_line(const ListEdit *edit, const XlcValue *item)
{
    return xlc_begins_line(edit->splices, item->start.offset) &&
           xlc_ends_line(edit->splices, behind(edit, item));
}

/* Whether @index, which does not begin its line, is the only item there, with a comment or nothing
 * behind it: [ "a", # of a */
static gboolean
ends_line_alone(const ListEdit *edit, guint index)
{
    const XlcValue *item = edit->items[index];

    return xlc_ends_line(edit->splices, behind(edit, item)) &&
           (index == 0 ||
            edit->items[index - 1]->end.offset < xlc_line_start(edit->splices, item->start.offset));
}

/* Takes out the comma after @item when it is on another line, as where each line begins with one.
 */
static void
remove_far_comma(const ListEdit *edit, const XlcValue *item)
{
    gsize comma = comma_after(edit, item);

    if (comma > behind(edit, item))
        xlc_splice(edit->splices, comma - 1, comma, "");
}

/* Whether a comma begins the line of @item, in front of it. */
static gboolean
is_behind_comma(const ListEdit *edit, const XlcValue *item)
{
    return !xlc_begins_line(edit->splices, item->start.offset) &&
           is_glue(edit, xlc_line_start(edit->splices, item->start.offset), item->start.offset);
}

/* The same, and nothing else but a comment is on it. */
static gboolean
has_line_with_comma(const ListEdit *edit, const XlcValue *item)
{
    return is_behind_comma(edit, item) && behind(edit, item) == item->end.offset &&
           xlc_ends_line(edit->splices, item->end.offset);
}

/* Whether nothing but white space and commas is between two places. */
static gboolean
is_gap(const ListEdit *edit, gsize from, gsize to)
{
    const char *source = xlc_splices_source(edit->splices, NULL);

    return strspn(source + from, " \t\n,") >= to - from;
}

/* Whether no comment between the items @from and @to has a line of its own. */
static gboolean
is_without_lines(const ListEdit *edit, guint from, guint to)
{
    for (guint i = from; i < to; i++) {
        gsize end = edit->items[i]->end.offset;

        if (xlc_ends_line(edit->splices, behind(edit, edit->items[i])))
            end = xlc_line_end(edit->splices, end);
        if (!is_gap(edit, end, edit->items[i + 1]->start.offset))
            return FALSE;
    }
    return TRUE;
}

/* The first items up to @to, where each line behind begins with the comma: the next item takes the
 * place of the first one. FALSE where that is not so. */
static gboolean
remove_first(const ListEdit *edit, guint to)
{
    if (to + 1 >= edit->n_items || !is_behind_comma(edit, edit->items[to + 1]) ||
        !is_without_lines(edit, 0, to + 1))
        return FALSE;
    xlc_splice(edit->splices, edit->items[0]->start.offset, edit->items[to + 1]->start.offset, "");
    return TRUE;
}

/* The items from @from on in front of the bracket that closes the list on the line of the last one,
 * with the comma before them; a comment there stays, and the bracket on its line. FALSE where the
 * bracket has a line of its own. */
static gboolean
remove_last(const ListEdit *edit, guint from)
{
    gsize end = edit->items[edit->n_items - 1]->end.offset;
    gsize begin = edit->items[from - 1]->end.offset, start = edit->items[from]->start.offset;

    if (xlc_ends_line(edit->splices, behind(edit, edit->items[edit->n_items - 1])) ||
        !is_without_lines(edit, from, edit->n_items - 1))
        return FALSE;
    if (!is_gap(edit, begin, start)) {
        gsize comma = comma_after(edit, edit->items[from - 1]);

        begin = xlc_line_start(edit->splices, start);
        if (!is_glue(edit, begin, start))
            return FALSE;
        begin = comma > begin ? comma - 1 : start;
        end = xlc_skip_blanks(edit->splices, end);
    }
    xlc_splice(edit->splices, begin, end, "");
    return TRUE;
}

/* @follows: one that stays is in front of it. */
static void
remove_item(const ListEdit *edit, guint index, gboolean follows)
{
    const XlcValue *item = edit->items[index];
    const XlcValue *next = index + 1 < edit->n_items ? edit->items[index + 1] : NULL;

    if (follows && has_line_with_comma(edit, item)) {
        xlc_splice_lines(edit->splices, item->start.offset, item->end.offset);
        return;
    }
    remove_far_comma(edit, item);
    if (has_own_line(edit, item))
        xlc_splice_lines(edit->splices, item->start.offset, behind(edit, item));
    else if (ends_line_alone(edit, index))
        xlc_splice(edit->splices, xlc_skip_blanks_back(edit->splices, item->start.offset),
                   xlc_line_end(edit->splices, behind(edit, item)), "");
    else if (next != NULL && is_glue(edit, item->end.offset, next->start.offset))
        xlc_splice(edit->splices, item->start.offset, next->start.offset, "");
    else if (xlc_ends_line(edit->splices, behind(edit, item)))
        xlc_splice(edit->splices, xlc_skip_blanks_back(edit->splices, item->start.offset),
                   behind(edit, item), "");
    else
        xlc_splice(edit->splices, item->start.offset, behind(edit, item), "");
}

/* Whether the item behind @index is on its line. */
static gboolean
shares_line(const ListEdit *edit, guint index)
{
    return index + 1 < edit->n_items &&
           is_glue(edit, edit->items[index]->end.offset, edit->items[index + 1]->start.offset);
}

/* The last of the items that have a line for themselves, from @index on and up to @last; @index
 * where others are on its line, too. */
static guint
end_of_line(const ListEdit *edit, guint index, guint last)
{
    guint end = index;

    if (!xlc_begins_line(edit->splices, edit->items[index]->start.offset))
        return index;
    while (end < last && shares_line(edit, end))
        end++;
    return xlc_ends_line(edit->splices, behind(edit, edit->items[end])) ? end : index;
}

/* Removes the items from @index on that share a line which nobody else is on, or that one alone;
 * returns the last of them. */
static guint
remove_line(const ListEdit *edit, guint index, guint last, gboolean follows)
{
    guint end = end_of_line(edit, index, last);

    if (end == index) {
        remove_item(edit, index, follows);
        return index;
    }
    remove_far_comma(edit, edit->items[end]);
    xlc_splice_lines(edit->splices, edit->items[index]->start.offset,
                     behind(edit, edit->items[end]));
    return end;
}

static const XlcAlignStep *
step_at(const ListEdit *edit, guint index)
{
    return &g_array_index(edit->steps, XlcAlignStep, index);
}

/* Removes the items of the steps from @first up to before @last. */
static void
remove_run(const ListEdit *edit, guint first, guint last)
{
    guint from = step_at(edit, first)->a;
    guint to = step_at(edit, last - 1)->a;

    /* [ a, b, c ] without b and c is [ a ], not [ a, ] */
    if ((from == 0 && remove_first(edit, to)) ||
        (from > 0 && to + 1 == edit->n_items && remove_last(edit, from)))
        return;
    for (guint i = from; i <= to; i++)
        i = remove_line(edit, i, to, from > 0);
}

static char *
source_text(const ListEdit *edit, const XlcValue *item)
{
    return g_strndup(xlc_splices_source(edit->splices, NULL) + item->start.offset,
                     item->end.offset - item->start.offset);
}

/* A new item, in the quotes of @like; one that only moves keeps its spelling. */
static char *
new_text(const ListEdit *edit, guint index, const XlcValue *like)
{
    const char *text = edit->texts->pdata[index];
    const XlcValue *moved = g_hash_table_lookup(edit->gone, text);

    return moved != NULL ? source_text(edit, moved)
                         : xlc_spell_like(edit->splices, edit->key, like, text);
}

static char *
indent_of(const ListEdit *edit, const XlcValue *item)
{
    gsize start = xlc_line_start(edit->splices, item->start.offset);

    return g_strndup(xlc_splices_source(edit->splices, NULL) + start, item->start.offset - start);
}

/* Where a line is added in front of the first item's: above the comments there, which are the
 * item's where the second one has comments of its own, too, and else about all of them. */
static gsize
line_in_front(const ListEdit *edit)
{
    gsize line = xlc_line_start(edit->splices, edit->items[0]->start.offset), second;

    if (edit->n_items < 2)
        return line;
    second = xlc_line_start(edit->splices, edit->items[1]->start.offset);
    return second != line && xlc_comments_above(edit->splices, second) != second
               ? xlc_comments_above(edit->splices, line)
               : line;
}

/* Adds the wanted items from @first up to before @last in front of the list's first item. */
static void
add_in_front(const ListEdit *edit, guint first, guint last)
{
    const XlcValue *next = edit->items[0];
    gboolean own_line = xlc_begins_line(edit->splices, next->start.offset);
    g_autofree char *indent = own_line ? indent_of(edit, next) : g_strdup("");
    gsize at = own_line ? line_in_front(edit) : next->start.offset;

    for (guint i = first; i < last; i++) {
        g_autofree char *item = new_text(edit, i, next);
        g_autofree char *text = g_strconcat(indent, item, own_line ? ",\n" : ", ", NULL);

        xlc_splice(edit->splices, at, at, text);
    }
}

/* The same behind the item @index, on lines of their own where it ends one that an item begins. */
static void
add_behind(const ListEdit *edit, guint index, guint first, guint last)
{
    const XlcValue *before = edit->items[index];
    gboolean own_line =
        xlc_begins_line(edit->splices, before->start.offset) && !shares_line(edit, index);
    gboolean comma = comma_after(edit, before) != 0;
    gsize end = behind(edit, before);
    gboolean at_line_end =
        own_line && xlc_ends_line(edit->splices, end) && comma == (end != before->end.offset);
    g_autofree char *indent = own_line ? indent_of(edit, before) : g_strdup("");
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = first; i < last; i++) {
        g_autofree char *item = new_text(edit, i, before);

        if (!at_line_end || i > first)
            g_string_append_c(text, ',');
        g_string_append_printf(text, "%s%s%s", own_line ? "\n" : " ", indent, item);
    }
    if (at_line_end && comma)
        g_string_append_c(text, ',');
    if (at_line_end && !comma)
        xlc_splice(edit->splices, before->end.offset, before->end.offset, ",");
    if (at_line_end)
        end = xlc_line_end(edit->splices, end);
    else
        end = before->end.offset;
    xlc_splice(edit->splices, end, end, text->str);
}

static void
add_run(const ListEdit *edit, guint first, guint last)
{
    guint from = step_at(edit, first)->b, to = step_at(edit, last - 1)->b + 1;
    guint place = step_at(edit, first)->a;

    if (place == 0)
        add_in_front(edit, from, to);
    else
        add_behind(edit, place - 1, from, to);
}

/* The item of @step with the options alone changed that differ (transfer full); NULL when they are
 * not to be told. */
static char *
changed_options(const ListEdit *edit, const XlcAlignStep *step)
{
    const XlcValue *item = edit->items[step->a];
    const XlcValue *meant = edit->meant->items[step->a], *want = edit->want->items[step->b];
    g_autofree char *changed = NULL;
    g_autofree char *quoted = NULL;

    if (!edit->in_order || item->kind == XLC_VALUE_LIST || meant->kind == XLC_VALUE_LIST ||
        want->kind == XLC_VALUE_LIST)
        return NULL;
    changed = xlc_edit_item(item->text, meant->text, want->text);
    quoted = changed != NULL ? xlc_writer_quote(changed) : NULL;
    return quoted != NULL ? xlc_spell_like(edit->splices, edit->key, item, quoted) : NULL;
}

static void
change_item(const ListEdit *edit, const XlcAlignStep *step)
{
    const XlcValue *item = edit->items[step->a];
    char *options = changed_options(edit, step);
    g_autofree char *text = options != NULL ? options : new_text(edit, step->b, item);

    xlc_splice(edit->splices, item->start.offset, item->end.offset, text);
}

static guint
run_end(const ListEdit *edit, guint first)
{
    guint last = first + 1;

    while (last < edit->steps->len && step_at(edit, last)->kind == step_at(edit, first)->kind)
        last++;
    return last;
}

static void
make_changes(const ListEdit *edit)
{
    for (guint i = 0; i < edit->steps->len;) {
        guint end = run_end(edit, i);

        switch (step_at(edit, i)->kind) {
        case XLC_ALIGN_SAME:
            break;
        case XLC_ALIGN_CHANGED:
            for (guint j = i; j < end; j++)
                change_item(edit, step_at(edit, j));
            break;
        case XLC_ALIGN_REMOVED:
            remove_run(edit, i, end);
            break;
        case XLC_ALIGN_ADDED:
            add_run(edit, i, end);
            break;
        }
        i = end;
    }
}

static void
find_gone(const ListEdit *edit, GPtrArray *meant)
{
    for (guint i = 0; i < edit->steps->len; i++) {
        const XlcAlignStep *step = step_at(edit, i);

        if (step->kind == XLC_ALIGN_REMOVED || step->kind == XLC_ALIGN_CHANGED)
            g_hash_table_insert(edit->gone, meant->pdata[step->a], (gpointer)edit->items[step->a]);
    }
}

/* What += adds and nothing is left of goes as a whole. */
static void
find_emptied(const ListEdit *edit, const XlcEntry *entry, GHashTable *emptied)
{
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < edit->steps->len; i++) {
        if (step_at(edit, i)->kind == XLC_ALIGN_REMOVED)
            g_hash_table_add(gone, (gpointer)edit->items[step_at(edit, i)->a]);
    }
    for (guint i = entry->first_used; i < entry->n_assignments; i++) {
        const XlcAssignment *one = entry->assignments[i];
        guint left = one->value->n_items;

        for (guint j = 0; j < one->value->n_items; j++)
            left -= g_hash_table_contains(gone, one->value->items[j]);
        if (one->op == XLC_OP_APPEND && one->value->n_items > 0 && left == 0)
            g_hash_table_add(emptied, (gpointer)one);
    }
}

static void
edit_items(ListEdit *edit, const XlcEntry *entry, GHashTable *emptied)
{
    g_autoptr(GPtrArray) before = xlc_item_texts(edit->meant);
    g_autoptr(GPtrArray) texts = xlc_item_texts(edit->want);

    edit->texts = texts;
    edit->steps = xlc_align(before, texts);
    edit->gone = g_hash_table_new(g_str_hash, g_str_equal);
    find_gone(edit, before);
    make_changes(edit);
    if (edit->want->n_items > 0)
        find_emptied(edit, entry, emptied);
    g_hash_table_unref(edit->gone);
    g_array_unref(edit->steps);
}

gboolean
xlc_edit_list(XlcSplices *splices, const XlcEntry *entry, const XlcValue *meant,
              const XlcValue *want, gboolean in_order, GHashTable *emptied)
{
    const XlcValue *old = entry->value;
    g_autoptr(GPtrArray) meant_items = NULL;
    g_autoptr(GPtrArray) want_items = NULL;
    XlcValue as_meant = *meant, as_wanted = *want;
    ListEdit edit = {
        .splices = splices,
        .key = entry->key,
        .items = old->items,
        .n_items = old->n_items,
        .meant = &as_meant,
        .want = &as_wanted,
        .in_order = in_order,
    };

    if (old->kind != XLC_VALUE_LIST || meant->kind != XLC_VALUE_LIST ||
        want->kind != XLC_VALUE_LIST || old->n_items != meant->n_items || old->n_items == 0)
        return FALSE;
    if (xlc_edit_words(old, meant, want, &meant_items, &want_items)) {
        as_meant.items = (const XlcValue *const *)meant_items->pdata;
        as_wanted.items = (const XlcValue *const *)want_items->pdata;
    }
    edit_items(&edit, entry, emptied);
    return TRUE;
}
