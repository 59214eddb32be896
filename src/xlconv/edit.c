/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/secret.h"
#include "xlconv/carried.h"
#include "xlconv/compare.h"
#include "xlconv/edit_brackets.h"
#include "xlconv/edit_list.h"
#include "xlconv/edit_order.h"
#include "xlconv/edit_parts.h"
#include "xlconv/edit_refuse.h"
#include "xlconv/edit_secrets.h"
#include "xlconv/to_cfg.h"
#include "xlconv/convert.h"
#include "xlconv/writer.h"

/* An edit may uncover what it could not see (an alias that another key had beaten), so it is made
 * again while something differs; from this attempt on without the aliases that speak for what does.
 */
#define UNALIAS_ATTEMPT 2
#define MAX_ATTEMPTS    4

typedef struct {
    const XlcDoc *doc;
    const DomDef *have;
    XlcSplices *splices;
    GHashTable *touched; /* XlcEntry that have been changed */
    GHashTable *removed; /* XlcAssignment that are to go */
    gboolean in_order;   /* see edit_text() */
} Edit;

/* Behind the ; and the blanks around it that follow @at; @at when there is none. */
static gsize
behind_semicolon(const Edit *edit, gsize at)
{
    gsize next = xlc_skip_blanks(edit->splices, at);

    return xlc_splices_source(edit->splices, NULL)[next] == ';'
               ? xlc_skip_blanks(edit->splices, next + 1)
               : at;
}

/* @n assignments that stand in one line side by side, with the ; that parted them from others. What
 * is said behind several of them stays. */
static void
remove_run(const Edit *edit, guint n, gsize from, gsize to)
{
    gsize next = behind_semicolon(edit, to), before = xlc_skip_blanks_back(edit->splices, from);
    const char *source = xlc_splices_source(edit->splices, NULL);
    gboolean last = xlc_ends_line(edit->splices, next);

    if (xlc_begins_line(edit->splices, from) && last &&
        (n == 1 || source[xlc_skip_blanks(edit->splices, next)] != '#')) {
        xlc_splice_lines(edit->splices, from, next);
        return;
    }
    if (next == to && before > 0 && source[before - 1] == ';')
        before--;
    if (last)
        from = xlc_skip_blanks_back(edit->splices, before);
    xlc_splice(edit->splices, from, last ? xlc_skip_blanks_back(edit->splices, next) : next, "");
}

/* Takes out what remove_entry() has put into edit->removed. */
static void
remove_all(const Edit *edit)
{
    const guint n = xlc_doc_n_assignments(edit->doc);

    for (guint i = 0; i < n; i++) {
        const XlcAssignment *first = xlc_doc_assignment(edit->doc, i);
        gsize to = first->end.offset;
        guint run = 1;

        if (!g_hash_table_contains(edit->removed, first))
            continue;
        for (; i + 1 < n; i++, run++) {
            const XlcAssignment *next = xlc_doc_assignment(edit->doc, i + 1);

            if (!g_hash_table_contains(edit->removed, next) ||
                behind_semicolon(edit, to) != next->start.offset)
                break;
            to = next->end.offset;
        }
        remove_run(edit, run, first->start.offset, to);
    }
}

static char *
apply(const Edit *edit)
{
    remove_all(edit);
    return xlc_splices_apply(edit->splices);
}

/* All assignments from @first on. */
static void
remove_entry(const Edit *edit, const XlcEntry *entry, guint first)
{
    g_hash_table_add(edit->touched, (gpointer)entry);
    for (guint i = first; i < entry->n_assignments; i++)
        g_hash_table_add(edit->removed, (gpointer)entry->assignments[i]);
}

static gboolean
is_kept(const DomDef *def, const char *key)
{
    g_autofree char *prefix = g_strconcat(key, " ", NULL);

    for (char **line = def->metadata.unmapped; line != NULL && *line != NULL; line++) {
        if (g_str_has_prefix(*line, prefix))
            return TRUE;
    }
    return FALSE;
}

/*
 * The entry of a key that speaks for another one, when it is there and counts: an alias, or a key
 * such as firmware whose value lands in another key's place.
 */
static const XlcEntry *
alias_entry(const Edit *edit, const XlcKey *row)
{
    g_autofree char *own = NULL;
    const XlcEntry *entry = xlc_doc_get(edit->doc, row->key);

    if (entry == NULL || row->status == XLC_KEPT || is_kept(edit->have, row->key))
        return NULL;
    own = xlc_key_text(row, edit->have, NULL);
    return own != NULL && *own == '\0' ? entry : NULL;
}

/* The entries that say @key: its own, or else those of its aliases (transfer container). */
static GPtrArray *
find_owners(const Edit *edit, const char *key)
{
    GPtrArray *owners = g_ptr_array_new();
    const XlcEntry *own = xlc_doc_get(edit->doc, key);

    if (own != NULL)
        g_ptr_array_add(owners, (gpointer)own);
    for (guint t = 0; t < xlc_n_topics && own == NULL; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const XlcKey *row = &xlc_topics[t]->keys[k];
            const XlcEntry *alias =
                g_strcmp0(row->instead, key) == 0 ? alias_entry(edit, row) : NULL;

            if (alias != NULL)
                g_ptr_array_add(owners, (gpointer)alias);
        }
    }
    return owners;
}

/* @text without its newline in place of the assignment. */
static void
replace_assignment(const Edit *edit, const XlcAssignment *old, const char *key, const char *text)
{
    const char *value = text + strlen(key) + strlen(" = ");
    gsize length = strlen(text) - 1;
    g_autofree char *line = g_strndup(text, length);

    if (old->op == XLC_OP_ASSIGN && g_str_equal(old->key, key) &&
        g_str_has_prefix(text + strlen(key), " = ")) {
        g_autofree char *plain = g_strndup(value, length - (gsize)(value - text));
        g_autofree char *spelled = xlc_spell_like(edit->splices, key, old->value, plain);

        xlc_splice(edit->splices, old->value->start.offset, old->value->end.offset, spelled);
    } else {
        xlc_splice(edit->splices, old->start.offset, old->end.offset, line);
    }
}

static gboolean
change_items(const Edit *edit, const XlcEntry *entry, const XlcDifference *difference)
{
    g_autoptr(XlcDoc) meant = xlc_doc_parse(difference->a, strlen(difference->a), NULL, NULL);
    g_autoptr(XlcDoc) want = xlc_doc_parse(difference->b, strlen(difference->b), NULL, NULL);

    if (!g_str_equal(entry->key, difference->key) || xlc_doc_only_value(meant) == NULL ||
        xlc_doc_only_value(want) == NULL)
        return FALSE;
    return xlc_edit_list(edit->splices, entry, xlc_doc_only_value(meant), xlc_doc_only_value(want),
                         edit->in_order, edit->removed);
}

static void
change_entry(const Edit *edit, const XlcEntry *entry, const XlcDifference *difference)
{
    g_hash_table_add(edit->touched, (gpointer)entry);
    if (change_items(edit, entry, difference))
        return;
    replace_assignment(edit, entry->assignments[entry->first_used], difference->key, difference->b);
    remove_entry(edit, entry, entry->first_used + 1);
}

/* The begin of the line behind the one that @assignment ends in, and behind all that is begun. */
static gsize
place_behind(const Edit *edit, const XlcAssignment *assignment)
{
    gsize at = xlc_line_end(edit->splices, assignment->end.offset);

    for (guint i = 0; i < xlc_doc_n_assignments(edit->doc); i++) {
        const XlcAssignment *other = xlc_doc_assignment(edit->doc, i);

        if (other->start.offset < at && other->end.offset > at)
            at = xlc_line_end(edit->splices, other->end.offset);
    }
    return at + 1;
}

/* The entry of the key that is nearest to @key in the rows of its topic; NULL when none is there */
static const XlcEntry *
find_neighbour(const Edit *edit, const XlcDifference *difference)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        const XlcTopic *topic = xlc_topics[t];
        const XlcEntry *found = NULL;
        guint own;

        if (difference->known < topic->keys || difference->known >= topic->keys + topic->n_keys)
            continue;
        own = (guint)(difference->known - topic->keys);
        for (guint k = own; found == NULL && k > 0; k--)
            found = xlc_doc_get(edit->doc, topic->keys[k - 1].key);
        for (guint k = own + 1; found == NULL && k < topic->n_keys; k++)
            found = xlc_doc_get(edit->doc, topic->keys[k].key);
        return found;
    }
    return NULL;
}

static void
add_key(const Edit *edit, const XlcDifference *difference)
{
    const XlcEntry *neighbour = difference->known != NULL ? find_neighbour(edit, difference) : NULL;
    gsize at;

    xlc_splices_source(edit->splices, &at);
    if (neighbour != NULL)
        at = place_behind(edit, xlc_entry_last(neighbour));
    xlc_splice(edit->splices, at, at, difference->b);
}

/* Brings the alias @entry to @value; what it says already stays as it is. */
static void
change_part(const Edit *edit, const XlcEntry *entry, const char *value)
{
    g_autofree char *quoted = xlc_writer_quote(value);
    g_autofree char *line = g_strconcat(entry->key, " = ", quoted, "\n", NULL);

    g_hash_table_add(edit->touched, (gpointer)entry);
    if (g_str_equal(entry->value->text, value))
        return;
    replace_assignment(edit, entry->assignments[entry->first_used], entry->key, line);
    remove_entry(edit, entry, entry->first_used + 1);
}

/* Where aliases say the key in parts; FALSE when they do not, or cannot say it. */
static gboolean
change_parts(const Edit *edit, const GPtrArray *owners, const XlcDifference *difference)
{
    g_autoptr(XlcDoc) want = xlc_doc_parse(difference->b, strlen(difference->b), NULL, NULL);
    const XlcValue *whole = xlc_doc_only_value(want);
    g_autoptr(GPtrArray) parts =
        whole != NULL && whole->kind != XLC_VALUE_LIST ? xlc_edit_parts(owners, whole->text) : NULL;

    for (guint i = 0; parts != NULL && i < parts->len; i++) {
        if (parts->pdata[i] != NULL)
            change_part(edit, owners->pdata[i], parts->pdata[i]);
        else
            remove_entry(edit, owners->pdata[i], 0);
    }
    return parts != NULL;
}

static void
change_key(const Edit *edit, const XlcDifference *difference)
{
    g_autoptr(GPtrArray) owners = find_owners(edit, difference->key);
    gboolean removed = *difference->b == '\0';

    if (owners->len > 0 && g_hash_table_contains(edit->touched, owners->pdata[0]))
        return;
    if (!removed && change_parts(edit, owners, difference))
        return;
    if (owners->len == 0 && !removed)
        add_key(edit, difference);
    for (guint i = 0; i < owners->len; i++) {
        if (i == 0 && !removed)
            change_entry(edit, owners->pdata[i], difference);
        else
            remove_entry(edit, owners->pdata[i], 0);
    }
}

static void
edit_clear(Edit *edit)
{
    g_clear_pointer(&edit->splices, xlc_splices_free);
    g_clear_pointer(&edit->touched, g_hash_table_unref);
    g_clear_pointer(&edit->removed, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edit, edit_clear)

static Edit
edit_begin(const XlcDoc *doc, const DomDef *have)
{
    gsize length;
    const char *source = xlc_doc_source(doc, &length);

    return (Edit){ .doc = doc,
                   .have = have,
                   .splices = xlc_splices_new(source, length),
                   .touched = g_hash_table_new(NULL, NULL),
                   .removed = g_hash_table_new(NULL, NULL) };
}

/* One attempt to bring @text from @have to what @differences want. @in_order: within items, too,
 * only what differs changes, which some mini-languages do not take. */
static char *
edit_text(const char *text, const DomDef *have, GPtrArray *differences, gboolean in_order,
          GError **error)
{
    g_autofree char *lines = xlc_whole_lines(text);
    g_autoptr(XlcDoc) doc = xlc_doc_parse(lines, strlen(lines), NULL, error);
    g_auto(Edit) edit = { 0 };

    if (doc == NULL)
        return NULL;
    if (differences->len == 0)
        return g_strdup(text);
    edit = edit_begin(doc, have);
    edit.in_order = in_order;
    for (guint i = 0; i < differences->len; i++)
        change_key(&edit, differences->pdata[i]);
    return apply(&edit);
}

/* What is to be brought about: @text, which means @have, is to mean @want. */
typedef struct {
    const char *text;
    const DomDef *have;
    const DomDef *want;
} Task;

static gboolean
is_among(GPtrArray *differences, const char *key)
{
    for (guint i = 0; i < differences->len; i++) {
        if (g_str_equal(((const XlcDifference *)differences->pdata[i])->key, key))
            return TRUE;
    }
    return FALSE;
}

/* What differs once @entry is gone (transfer full); NULL when that cannot be read. */
static GPtrArray *
differences_without(const Edit *edit, const XlcEntry *entry)
{
    g_auto(Edit) own = edit_begin(edit->doc, edit->have);
    g_autofree char *text = NULL;
    g_autoptr(DomDef) meant = NULL;

    remove_entry(&own, entry, 0);
    text = apply(&own);
    meant = xlc_def_from_cfg(text, strlen(text), NULL, NULL);
    return meant != NULL ? xlc_compare(edit->have, meant, NULL) : NULL;
}

/* Whether the alias @entry speaks for one of @differences; one whose row does not say for which key
 * it speaks is tried. */
static gboolean
is_concerned(const Edit *edit, const XlcEntry *entry, const XlcKey *row, GPtrArray *differences)
{
    g_autoptr(GPtrArray) its = NULL;

    if (row->instead != NULL)
        return is_among(differences, row->instead);
    its = differences_without(edit, entry);
    for (guint i = 0; its != NULL && i < its->len; i++) {
        if (is_among(differences, ((const XlcDifference *)its->pdata[i])->key))
            return TRUE;
    }
    return FALSE;
}

/* The aliases of @task that speak for what is to change, or @all (a set of XlcKey, transfer full).
 */
static GHashTable *
find_aliases(const Task *task, gboolean all, GError **error)
{
    g_autoptr(GPtrArray) differences = xlc_compare(task->have, task->want, error);
    g_autoptr(XlcDoc) doc =
        differences != NULL ? xlc_doc_parse(task->text, strlen(task->text), NULL, error) : NULL;
    g_auto(Edit) edit = { 0 };
    GHashTable *found;

    if (doc == NULL)
        return NULL;
    found = g_hash_table_new(NULL, NULL);
    edit = edit_begin(doc, task->have);
    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);
        const XlcKey *row = xlc_key_find(entry->key);

        if (row != NULL && alias_entry(&edit, row) != NULL &&
            (all || is_concerned(&edit, entry, row, differences)))
            g_hash_table_add(found, (gpointer)row);
    }
    return found;
}

/* @text without the entries of @rows, NULL for none (transfer full). */
static char *
remove_rows(const char *text, GHashTable *rows, GError **error)
{
    g_autoptr(XlcDoc) doc = rows != NULL ? xlc_doc_parse(text, strlen(text), NULL, error) : NULL;
    g_auto(Edit) edit = { 0 };

    if (doc == NULL)
        return NULL;
    edit = edit_begin(doc, NULL);
    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);
        const XlcKey *row = xlc_key_find(entry->key);

        if (row != NULL && g_hash_table_contains(rows, row))
            remove_entry(&edit, entry, 0);
    }
    return apply(&edit);
}

/* @now, which has become of @task's text, without the aliases that speak for what is to change. One
 * that cannot be read with the others has none any more. */
static char *
unalias(const Task *task, const char *now, GError **error)
{
    g_autoptr(GHashTable) concerned = find_aliases(task, FALSE, error);
    g_autofree char *text = remove_rows(now, concerned, error);
    g_autoptr(DomDef) meant =
        text != NULL ? xlc_def_from_cfg(text, strlen(text), NULL, NULL) : NULL;
    g_autoptr(GHashTable) all = NULL;

    if (text == NULL || meant != NULL)
        return g_steal_pointer(&text);
    all = find_aliases(task, TRUE, error);
    return remove_rows(now, all, error);
}

static gboolean
means(const char *text, const DomDef *want)
{
    g_autoptr(DomDef) meant = xlc_def_from_cfg(text, strlen(text), NULL, NULL);
    g_autoptr(GPtrArray) differences = meant != NULL ? xlc_compare(meant, want, NULL) : NULL;

    return differences != NULL && differences->len == 0;
}

/* @text, which means @have and differs from @want by @differences, made to mean that at once and
 * with the least of changes; NULL when that is not to be had. */
static char *
edit_in_order(const char *text, const DomDef *have, const DomDef *want, GPtrArray *differences)
{
    g_autofree char *edited = edit_text(text, have, differences, TRUE, NULL);

    return edited != NULL && means(edited, want) ? g_steal_pointer(&edited) : NULL;
}

/* Edits @text, which means @have, until it means @want; takes neither. */
static char *
edit_until_same(const char *text, const DomDef *have, const DomDef *want, GError **error)
{
    g_autofree char *now = g_strdup(text);
    g_autoptr(DomDef) meant = dom_def_copy(have);

    for (guint attempt = 0; attempt <= MAX_ATTEMPTS; attempt++) {
        g_autoptr(GPtrArray) differences = NULL;
        char *next;

        if (meant == NULL || attempt >= UNALIAS_ATTEMPT) {
            const Task task = { meant != NULL ? now : text, meant != NULL ? meant : have, want };

            next = unalias(&task, now, error);
            g_free(now);
            now = next;
            dom_def_free(meant);
            meant = now != NULL ? xlc_def_from_cfg(now, strlen(now), NULL, NULL) : NULL;
            if (meant == NULL)
                break;
        }
        differences = xlc_compare(meant, want, error);
        if (differences == NULL)
            return NULL;
        if (differences->len == 0)
            return g_steal_pointer(&now);
        next = edit_text(now, meant, differences, FALSE, error);
        if (next == NULL)
            return NULL;
        g_free(now);
        now = next;
        dom_def_free(meant);
        meant = xlc_def_from_cfg(now, strlen(now), NULL, NULL);
    }
    if (now != NULL)
        xlc_edit_refuse(now, want, error);
    return NULL;
}

/* The same whichever way there is; takes nothing. */
static char *
edit_any_way(const char *text, const DomDef *have, const DomDef *want, GPtrArray *differences,
             GError **error)
{
    char *edited = edit_in_order(text, have, want, differences);

    return edited != NULL ? edited : edit_until_same(text, have, want, error);
}

/* The same with the items of lists in order first, so that comments go where their items go; NULL
 * when that is not to be had, or not needed. */
static char *
edit_ordered(const char *text, const DomDef *want, GPtrArray *differences)
{
    g_autofree char *lines = xlc_whole_lines(text);
    g_autofree char *ordered = xlc_edit_order(lines, differences);
    g_autoptr(DomDef) meant =
        ordered != NULL ? xlc_def_from_cfg(ordered, strlen(ordered), NULL, NULL) : NULL;
    g_autoptr(GPtrArray) left = meant != NULL ? xlc_compare(meant, want, NULL) : NULL;

    return left != NULL ? edit_any_way(ordered, meant, want, left, NULL) : NULL;
}

static char *
edit_by_items(const char *text, const DomDef *have, const DomDef *want, GPtrArray *differences,
              GError **error)
{
    char *edited = edit_ordered(text, want, differences);

    return edited != NULL ? edited : edit_any_way(text, have, want, differences, error);
}

/* The same with brackets apart from the items that share their lines; NULL when that is not to be
 * had, or there are none. */
static char *
edit_parted(const char *text, const DomDef *have, const DomDef *want, GPtrArray *differences)
{
    g_autoptr(GArray) brackets = NULL;
    g_autofree char *parted = xlc_brackets_part(text, differences, &brackets);
    g_autofree char *edited =
        parted != NULL ? edit_by_items(parted, have, want, differences, NULL) : NULL;
    g_autofree char *joined = edited != NULL ? xlc_brackets_join(brackets, edited) : NULL;

    return joined != NULL && means(joined, want) ? g_steal_pointer(&joined) : NULL;
}

char *
xlc_edit_onto(const char *text, gsize length, const DomDef *def, DomFormatFlags flags,
              DomReport *text_report, DomReport *def_report, GError **error)
{
    g_autoptr(DomDef) have = xlc_def_from_cfg(text, length, text_report, error);
    g_autoptr(DomDef) want = dom_def_copy(def);
    g_autoptr(GPtrArray) carried = NULL;
    g_autoptr(GPtrArray) differences = NULL;
    g_autofree char *source = NULL;
    char *edited;

    if (have == NULL)
        return NULL;
    if (memchr(text, '\0', length) != NULL) {
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                            _("this file holds a NUL byte: take it out"));
        return NULL;
    }
    if (!(flags & DOM_FORMAT_SECURE) || dom_def_withheld(def) != NULL)
        xlc_edit_keep_secrets(have, def, want, def_report);
    differences = xlc_compare(have, want, error);
    if (differences == NULL)
        return NULL;
    source = g_strndup(text, length);
    edited = edit_parted(source, have, want, differences);
    if (edited == NULL)
        edited = edit_by_items(source, have, want, differences, error);
    if (edited == NULL)
        return NULL;
    xlc_end_like(source, edited);
    carried = xlc_cfg_carried(want, def_report);
    xlc_cfg_bind(carried, edited);
    return xlc_carried_edit(edited, carried);
}
