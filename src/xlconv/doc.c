/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/doc_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/error.h"

/* An entry while its assignments come in. */
typedef struct {
    XlcEntry entry; /* first member: entries are handed out by this address */
    const XlcAssignment **list;
    guint allocated;
} Slot;

static void
slot_append(XlcDoc *doc, Slot *slot, const XlcAssignment *assignment)
{
    XlcEntry *entry = &slot->entry;

    if (entry->n_assignments == slot->allocated) {
        guint more = MAX(2, slot->allocated * 2);
        const XlcAssignment **list = xlc_arena_new0(doc->arena, const XlcAssignment *, more);

        if (slot->allocated > 0)
            memcpy(list, slot->list, sizeof(*list) * slot->allocated);
        slot->list = list;
        slot->allocated = more;
        entry->assignments = list;
    }
    slot->list[entry->n_assignments++] = assignment;
}

static gboolean
same_shape(const XlcValue *a, const XlcValue *b)
{
    return (a->kind == XLC_VALUE_LIST) == (b->kind == XLC_VALUE_LIST);
}

gboolean
xlc_doc_add(XlcDoc *doc, const XlcAssignment *assignment)
{
    Slot *slot = g_hash_table_lookup(doc->by_key, assignment->key);

    if (slot && assignment->op == XLC_OP_APPEND &&
        !same_shape(assignment->value, slot->entry.value))
        return FALSE;
    if (!slot) {
        slot = xlc_arena_new0(doc->arena, Slot, 1);
        slot->entry.key = assignment->key;
        g_hash_table_insert(doc->by_key, (gpointer)slot->entry.key, slot);
        g_ptr_array_add(doc->entries, slot);
    }
    if (assignment->op == XLC_OP_ASSIGN)
        slot->entry.first_used = slot->entry.n_assignments;
    slot->entry.value = assignment->value;
    slot->entry.no_number = assignment->op == XLC_OP_APPEND;
    slot_append(doc, slot, assignment);
    g_ptr_array_add(doc->assignments, (gpointer)assignment);
    return TRUE;
}

static void
join_atoms(XlcDoc *doc, const XlcEntry *entry, XlcValue *joined)
{
    gsize length = 0;
    char *text;

    for (guint i = entry->first_used; i < entry->n_assignments; i++)
        length += entry->assignments[i]->value->length;
    joined->kind = XLC_VALUE_STRING;
    joined->text = text = xlc_arena_alloc(doc->arena, length + 1);
    joined->length = length;
    for (guint i = entry->first_used; i < entry->n_assignments; i++) {
        const XlcValue *part = entry->assignments[i]->value;

        memcpy(text, part->text, part->length);
        text += part->length;
    }
}

static void
join_lists(XlcDoc *doc, const XlcEntry *entry, XlcValue *joined)
{
    const XlcValue **items;
    guint n = 0;

    for (guint i = entry->first_used; i < entry->n_assignments; i++)
        n += entry->assignments[i]->value->n_items;
    joined->kind = XLC_VALUE_LIST;
    joined->n_items = n;
    items = xlc_arena_new0(doc->arena, const XlcValue *, n);
    joined->items = items;
    for (guint i = entry->first_used; i < entry->n_assignments; i++) {
        const XlcValue *part = entry->assignments[i]->value;

        if (part->n_items > 0)
            memcpy(items, part->items, sizeof(*items) * part->n_items);
        items += part->n_items;
    }
}

/* Once at the end, not at each +=, so that a thousand of them cost linear time and memory. */
void
xlc_doc_evaluate(XlcDoc *doc)
{
    for (guint i = 0; i < doc->entries->len; i++) {
        XlcEntry *entry = doc->entries->pdata[i];
        XlcValue *joined;

        if (entry->n_assignments - entry->first_used < 2)
            continue;
        joined = xlc_arena_new0(doc->arena, XlcValue, 1);
        joined->joined = TRUE;
        joined->start = entry->value->start;
        joined->end = entry->value->end;
        if (entry->value->kind == XLC_VALUE_LIST)
            join_lists(doc, entry, joined);
        else
            join_atoms(doc, entry, joined);
        entry->value = joined;
    }
}

static XlcDoc *
doc_new(const char *data, gsize length)
{
    XlcDoc *doc = g_new0(XlcDoc, 1);

    doc->arena = xlc_arena_new();
    doc->source = xlc_arena_strndup(doc->arena, data, length);
    doc->length = length;
    doc->assignments = g_ptr_array_new();
    doc->entries = g_ptr_array_new();
    doc->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    return doc;
}

XlcDoc *
xlc_doc_parse_partial(const char *data, gsize length, DomReport *report, gboolean *ret_broken)
{
    g_autoptr(XlcDoc) doc = NULL;
    gboolean good;

    if (length > G_MAXINT32) {
        dom_report_add(report, DOM_SEVERITY_ERROR, 0, 0, NULL,
                       _("file too large: xl reads at most 2 GiB"));
        doc = doc_new("", 0);
        good = FALSE;
    } else {
        doc = doc_new(data, length);
        good = xlc_doc_read(doc, report);
    }
    xlc_doc_evaluate(doc);
    if (ret_broken)
        *ret_broken = !good;
    return g_steal_pointer(&doc);
}

static void
set_summary(GError **error, const DomReport *report, guint before)
{
    guint errors = dom_report_count(report, DOM_SEVERITY_ERROR) - before;

    for (guint i = 0; i < dom_report_size(report) && errors > 0; i++) {
        const DomDiagnostic *first = dom_report_get(report, i);

        if (first->severity != DOM_SEVERITY_ERROR || before-- > 0)
            continue;
        if (errors == 1)
            g_set_error(error, XLC_ERROR, XLC_ERROR_SYNTAX, _("line %u, column %u: %s"),
                        first->line, first->column, first->text);
        else
            g_set_error(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                        _("%u errors, the first in line %u, column %u: %s"), errors, first->line,
                        first->column, first->text);
        return;
    }
    g_set_error_literal(error, XLC_ERROR, XLC_ERROR_SYNTAX, _("not a valid xl.cfg file"));
}

XlcDoc *
xlc_doc_parse(const char *data, gsize length, DomReport *report, GError **error)
{
    g_autoptr(DomReport) own = report ? NULL : dom_report_new(NULL);
    DomReport *used = report ? report : own;
    guint before = dom_report_count(used, DOM_SEVERITY_ERROR);
    g_autoptr(XlcDoc) doc = NULL;
    gboolean broken;

    doc = xlc_doc_parse_partial(data, length, used, &broken);
    if (broken) {
        set_summary(error, used, before);
        return NULL;
    }
    return g_steal_pointer(&doc);
}

void
xlc_doc_free(XlcDoc *doc)
{
    if (!doc)
        return;
    g_hash_table_unref(doc->by_key);
    g_ptr_array_unref(doc->entries);
    g_ptr_array_unref(doc->assignments);
    xlc_arena_free(doc->arena);
    g_free(doc);
}

const char *
xlc_doc_source(const XlcDoc *doc, gsize *ret_length)
{
    if (ret_length)
        *ret_length = doc->length;
    return doc->source;
}

guint
xlc_doc_n_assignments(const XlcDoc *doc)
{
    return doc->assignments->len;
}

const XlcAssignment *
xlc_doc_assignment(const XlcDoc *doc, guint index)
{
    g_return_val_if_fail(index < doc->assignments->len, NULL);
    return doc->assignments->pdata[index];
}

guint
xlc_doc_n_entries(const XlcDoc *doc)
{
    return doc->entries->len;
}

const XlcEntry *
xlc_doc_entry(const XlcDoc *doc, guint index)
{
    g_return_val_if_fail(index < doc->entries->len, NULL);
    return doc->entries->pdata[index];
}

const XlcEntry *
xlc_doc_get(const XlcDoc *doc, const char *key)
{
    return g_hash_table_lookup(doc->by_key, key);
}

const XlcValue *
xlc_doc_item(const XlcDoc *doc, const char *key, guint index)
{
    const XlcEntry *entry = xlc_doc_get(doc, key);
    const XlcValue *value = entry != NULL ? entry->value : NULL;

    if (value == NULL || value->kind != XLC_VALUE_LIST || index >= value->n_items)
        return value;
    return value->items[index];
}

const XlcAssignment *
xlc_entry_last(const XlcEntry *entry)
{
    return entry->assignments[entry->n_assignments - 1];
}

/* Goes on in the spelling of a string up to byte @offset of its text. */
static void
walk_spelling(XlcLocator *locator, gsize offset)
{
    const XlcValue *value = locator->value;
    const char *spelling = locator->doc->source + value->start.offset;
    gsize length = value->end.offset - value->start.offset;

    if (locator->spelled == 0 || offset < locator->offset) {
        locator->spelled = 1; /* behind the quote */
        locator->offset = 0;
    }
    while (locator->spelled + 1 < length) {
        gsize wrote;
        char byte;
        gsize n = xlc_lexer_step(spelling + locator->spelled, length - 1 - locator->spelled, &byte,
                                 &wrote);

        if (n == 0 || (wrote && offset == locator->offset))
            break;
        locator->offset += wrote;
        locator->spelled += n;
    }
}

XlcPosition
xlc_locator_find(XlcLocator *locator, gsize offset)
{
    const XlcValue *value = locator->value;
    XlcPosition at = value->start;
    gsize i;

    if (value->joined || value->kind == XLC_VALUE_LIST)
        return at;
    if (value->kind == XLC_VALUE_NUMBER) {
        i = MIN(offset, value->end.offset - at.offset);
    } else {
        walk_spelling(locator, offset);
        i = locator->spelled;
    }
    at.offset += i;
    at.column += i;
    return at;
}

XlcPosition
xlc_doc_locate(const XlcDoc *doc, const XlcValue *value, gsize offset)
{
    XlcLocator locator = XLC_LOCATOR(doc, value);

    return xlc_locator_find(&locator, offset);
}

static gboolean
is_of_word(char byte)
{
    return g_ascii_isalnum(byte) || byte == '_' || byte == '-';
}

const char *
xlc_find_word(const char *text, const char *word)
{
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == text || !is_of_word(at[-1])) && !is_of_word(at[strlen(word)]))
            return at;
    }
    return NULL;
}

/* Options stand behind commas. */
static const char *
find_option(const char *text, const char *word)
{
    const char *at = xlc_find_word(text, word);

    while (at != NULL && at != text && strchr(", ", at[-1]) == NULL)
        at = xlc_find_word(at + 1, word);
    return at;
}

XlcPosition
xlc_doc_locate_option(const XlcDoc *doc, const XlcValue *value, const char *word)
{
    const char *at;

    if (word == NULL)
        return value->start;
    for (guint i = 0; value->kind == XLC_VALUE_LIST && i < value->n_items; i++) {
        const XlcValue *item = value->items[i];

        at = item->kind != XLC_VALUE_LIST ? find_option(item->text, word) : NULL;
        if (at != NULL)
            return xlc_doc_locate(doc, item, (gsize)(at - item->text));
    }
    at = value->kind != XLC_VALUE_LIST ? find_option(value->text, word) : NULL;
    return at != NULL ? xlc_doc_locate(doc, value, (gsize)(at - value->text)) : value->start;
}

const XlcValue *
xlc_doc_only_value(const XlcDoc *doc)
{
    return doc != NULL && xlc_doc_n_entries(doc) == 1 ? xlc_doc_entry(doc, 0)->value : NULL;
}
