/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What standard XML elements cannot say, as xl.cfg text: key by key, the assignment of the model is
 * held against that of the model read back from the elements.
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/compare.h"
#include "xlconv/convert.h"
#include "xlconv/devices.h"
#include "xlconv/from_cfg.h"
#include "xlconv/kept.h"
#include "xlconv/merge.h"
#include "xlconv/numbers.h"
#include "xlconv/vfb.h"

/* One of the two models, and where its keys are written one at a time. */
typedef struct {
    const DomDef *def;
    XlcWriter *writer;
} Side;

/* "" when the key is absent, NULL when it cannot be said; borrowed until the next key. */
static const char *
key_text(const Side *side, const XlcKey *key)
{
    xlc_writer_reset(side->writer);
    xlc_key_format(key, side->def, side->writer);
    return xlc_writer_peek(side->writer);
}

static gboolean
says_something(const char *text)
{
    return text != NULL && *text != '\0';
}

/* Whether the assignment of @projected has to go, and does not by being overridden. */
static gboolean
is_replaced(const XlcKey *key, const char *mine, const DomDef *def, const DomDef *projected)
{
    if (key->codec != NULL && key->codec->whole != NULL)
        return key->codec->whole(def, projected);
    return !says_something(mine);
}

/* Those beside the text. */
typedef struct {
    GString *implicit;
    GString *shown;
} Attributes;

/* @assignment ends with a newline. */
static void
add_assignment(GString *attribute, const char *assignment)
{
    if (attribute->len > 0)
        g_string_append(attribute, "; ");
    g_string_append_len(attribute, assignment, (gssize)strlen(assignment) - 1);
}

/* Whether text of the key is instead of what its elements say, not beside it. */
static gboolean
goes_by_text(const XlcKey *key)
{
    return key->codec == NULL || (key->codec->devices == NULL && key->codec->whole == NULL);
}

/* Whether elements can say devices of the list. */
static gboolean
has_elements(const XlcKey *key)
{
    const XlcCodec *codec = key->codec;

    return codec != NULL && codec->devices != NULL &&
           xlc_devices_section(codec->devices)->path != NULL;
}

/* What elements say of a key that the text says, too: who edits them means it. */
static void
note_shown(const XlcKey *key, const char *theirs, GString *shown)
{
    g_autofree char *none = g_strdup_printf("%s = [ ]\n", key->key);

    if (says_something(theirs))
        add_assignment(shown, theirs);
    else if (has_elements(key))
        add_assignment(shown, none);
}

/* @theirs, what the elements of @projected say of @key, as it is when who reads them knows what
 * they were made of. */
static const char *
text_of_elements(const XlcKey *key, const Side *def, const Side *projected, const char *theirs)
{
    const XlcDevices *devices = key->codec != NULL ? key->codec->devices : NULL;
    g_autoptr(DomDef) parted = NULL;

    if (devices == NULL || devices->part == NULL)
        return theirs;
    parted = dom_def_copy(projected->def);
    devices->part(xlc_devices_list(devices, parted), xlc_devices_list(devices, def->def));
    return key_text(&(Side){ parted, projected->writer }, key);
}

/* Devices are told item by item; any other key as a whole. */
static void
compare_key(const XlcKey *key, const Side *def, const Side *projected, XlcWriter *text,
            Attributes *attributes)
{
    const char *mine, *theirs;

    if (xlc_key_same(key, def->def, projected->def))
        return;
    mine = key_text(def, key);
    theirs = key_text(projected, key);
    /* where one item cannot be said the others still can */
    if (mine != NULL && g_strcmp0(mine, theirs) == 0)
        return;
    if (key->codec != NULL && key->codec->patch != NULL)
        key->codec->patch(key, def->def, projected->def, text);
    else if (says_something(mine))
        xlc_key_format(key, def->def, text);
    theirs = text_of_elements(key, def, projected, theirs);
    if (says_something(theirs) && is_replaced(key, mine, def->def, projected->def))
        add_assignment(attributes->implicit, theirs);
    else if (says_something(mine))
        note_shown(key, theirs, attributes->shown);
}

/* The key whose elements @key goes with; NULL for none. */
static const XlcKey *
beside(const XlcKey *key)
{
    const char *other = key->status == XLC_MAPPED ? key->beside : key->instead;

    return other != NULL ? xlc_key_find(other) : NULL;
}

/* What the elements say of the keys that aliases in the text stand instead of. */
static void
note_aliases(const DomDef *def, const Side *projected, GString *shown)
{
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);

    for (char **line = def->metadata.unmapped; line != NULL && *line != NULL; line++) {
        g_autofree char *name = xlc_kept_key(*line);
        const XlcKey *alias = xlc_key_find(name);
        const XlcKey *key = alias != NULL && alias->status != XLC_MAPPED ? beside(alias) : NULL;
        const char *theirs = key != NULL ? key_text(projected, key) : NULL;

        if (says_something(theirs) && g_hash_table_add(told, (gpointer)key))
            add_assignment(shown, theirs);
    }
}

/* All keys that are both read and written. */
static void
compare_keys(const DomDef *def, const DomDef *projected, XlcWriter *text, Attributes *attributes)
{
    g_autoptr(XlcWriter) mine = xlc_writer_new();
    g_autoptr(XlcWriter) theirs = xlc_writer_new();
    const Side a = { def, mine }, b = { projected, theirs };

    /* what residual text has may be all that makes an item of what an element shows */
    xlc_writer_set_lenient(theirs);
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            if (xlc_topics[t]->keys[k].status == XLC_MAPPED)
                compare_key(&xlc_topics[t]->keys[k], &a, &b, text, attributes);
        }
    }
    note_aliases(def, &b, attributes->shown);
}

/* Whether @text has what xl ignores for guests of @def's kind. */
static gboolean
has_asleep(const char *text, const DomDef *def)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);

    for (guint i = 0; doc != NULL && i < xlc_doc_n_entries(doc); i++) {
        const XlcKey *key = xlc_key_find(xlc_doc_entry(doc, i)->key);

        if (key != NULL && !xlc_key_is_read(key, def))
            return TRUE;
    }
    return FALSE;
}

/* It is to stay so when somebody makes another kind of guest of it. */
static void
note_kind(const char *text, const DomDef *def, GString *shown)
{
    g_autofree char *kind =
        has_asleep(text, def) ? xlc_key_text(xlc_key_find("type"), def, NULL) : NULL;

    if (says_something(kind))
        add_assignment(shown, kind);
}

static char *
text_or_null(char *text)
{
    if (text != NULL && *text == '\0')
        g_clear_pointer(&text, g_free);
    return text;
}

static gboolean
residual(const DomDef *def, const DomDef *projected, DomResidualText *ret_text, GError **error)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GString) implicit = g_string_new(NULL);
    g_autoptr(GString) shown = g_string_new(NULL);
    Attributes attributes = { implicit, shown };
    char *text;

    if (!xlc_kept_write(def, TRUE, writer, error))
        return FALSE;
    compare_keys(def, projected, writer, &attributes);
    if (!xlc_kept_write(def, FALSE, writer, error))
        return FALSE;
    text = xlc_writer_finish(writer, NULL, error);
    if (text == NULL)
        return FALSE;
    note_kind(text, def, shown);
    ret_text->text = text_or_null(text);
    ret_text->implicit = text_or_null(g_strdup(implicit->str));
    ret_text->shown = text_or_null(g_strdup(shown->str));
    return TRUE;
}

/* Whether text that goes with @key no longer counts, so that nothing says what the elements do. */
static gboolean
is_needed(const XlcReader *reader, const XlcKey *key)
{
    for (guint i = 0; i < xlc_doc_n_entries(reader->doc); i++) {
        const XlcKey *said = xlc_key_find(xlc_doc_entry(reader->doc, i)->key);

        if (said != NULL && beside(said) == key && g_hash_table_contains(reader->outdated, said))
            return TRUE;
    }
    return FALSE;
}

/* Takes back what an element had to spell out, unless somebody has changed the element since. */
static void
take_back(XlcReader *reader, const XlcDoc *implicit, DomDef *def)
{
    g_autoptr(XlcWriter) said = xlc_writer_new();
    g_autoptr(XlcWriter) now = xlc_writer_new();
    const Side side = { def, now };

    xlc_writer_set_lenient(now);
    for (guint i = 0; i < xlc_doc_n_entries(implicit); i++) {
        const XlcEntry *entry = xlc_doc_entry(implicit, i);
        const XlcKey *key = xlc_key_find(entry->key);

        if (key == NULL)
            continue;
        xlc_writer_reset(said);
        xlc_writer_value(said, entry->key, XLC_OP_ASSIGN, entry->value);
        if (g_strcmp0(xlc_writer_peek(said), key_text(&side, key)) == 0 &&
            !is_needed(reader, key)) {
            xlc_key_clear(key, def);
            g_hash_table_add(reader->emptied, (gpointer)key);
        } else {
            g_hash_table_add(reader->stale, (gpointer)key);
        }
    }
}

/* What the elements say of @key is what they said when the text was written, @shown (NULL:
 * nothing). */
static gboolean
is_as_shown(const XlcKey *key, const XlcEntry *shown, const Side *now)
{
    g_autoptr(XlcWriter) said = xlc_writer_new();
    const char *text = key_text(now, key);

    if (shown == NULL)
        return !says_something(text);
    xlc_writer_value(said, shown->key, XLC_OP_ASSIGN, shown->value);
    return g_strcmp0(xlc_writer_peek(said), text) == 0;
}

/* What the attributes have of @key; NULL for nothing. */
static const XlcEntry *
said_before(const XlcKey *key, const XlcDoc *implicit, const XlcDoc *shown)
{
    const XlcEntry *entry = implicit != NULL ? xlc_doc_get(implicit, key->key) : NULL;

    return entry != NULL || shown == NULL ? entry : xlc_doc_get(shown, key->key);
}

/* Whether text beside what elements say, @before (NULL: nothing), cannot stand beside what they say
 * now: it is no list, or what it was added to is gone. */
static gboolean
is_stranded(const XlcKey *key, const XlcEntry *text, const XlcEntry *before, const Side *now)
{
    const XlcCodec *codec = key->codec;

    return codec->bare != NULL && !is_as_shown(key, before, now) &&
           (text->value->kind != XLC_VALUE_LIST || codec->bare(now->def));
}

static gboolean
is_outdated(const XlcKey *key, const XlcEntry *text, const XlcDoc *implicit, const XlcDoc *shown,
            const Side *now)
{
    const XlcKey *other = beside(key);
    const XlcEntry *before = shown != NULL ? xlc_doc_get(shown, key->key) : NULL;
    const XlcEntry *other_before = other != NULL ? said_before(other, implicit, shown) : NULL;

    if (other_before != NULL && !is_as_shown(other, other_before, now))
        return TRUE;
    if (key->status != XLC_MAPPED)
        return FALSE;
    if (!goes_by_text(key))
        return is_stranded(key, text, said_before(key, implicit, shown), now);
    return !(before == NULL && (key->flags & XLC_IMPLIED)) && !is_as_shown(key, before, now);
}

/* A guest of the kind that the text was written for, and of which nothing else is known (transfer
 * full); NULL where it says nothing of kinds. */
static DomDef *
guest_before(const XlcDoc *implicit, const XlcDoc *shown)
{
    const XlcKey *type = xlc_key_find("type");
    const XlcEntry *entry = said_before(type, implicit, shown);
    XlcReader quiet = { 0 };
    DomDef *before = entry != NULL ? dom_def_new() : NULL;

    if (before != NULL)
        xlc_key_parse(&quiet, type, entry, before);
    return before;
}

/* Finds what did nothing for such a guest, and would for the one that the elements say. */
static void
find_woken(XlcReader *reader, const XlcDoc *implicit, const XlcDoc *shown, const DomDef *def)
{
    g_autoptr(DomDef) before = guest_before(implicit, shown);

    for (guint i = 0; before != NULL && i < xlc_doc_n_entries(reader->doc); i++) {
        const XlcKey *key = xlc_key_find(xlc_doc_entry(reader->doc, i)->key);

        if (key == NULL || xlc_key_is_read(key, before) || !xlc_key_is_read(key, def))
            continue;
        g_hash_table_add(reader->woken, (gpointer)key);
        g_hash_table_add(reader->outdated, (gpointer)key);
    }
}

/* Looks at the elements before anything of the text is read. The attributes may be NULL. */
static void
find_changes(XlcReader *reader, const XlcDoc *implicit, const XlcDoc *shown, const DomDef *def)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    const Side now = { def, writer };

    xlc_writer_set_lenient(writer);
    for (guint i = 0; i < xlc_doc_n_entries(reader->doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(reader->doc, i);
        const XlcKey *key = xlc_key_find(entry->key);

        if (key != NULL && is_outdated(key, entry, implicit, shown, &now))
            g_hash_table_add(reader->outdated, (gpointer)key);
    }
}

/* Puts the devices that the elements showed when the text was written in the place of those that
 * they show, for all lists of @before (may be NULL) that are not in @begun (may be NULL). */
static void
begin_merges(GPtrArray *merges, const XlcDoc *before, const XlcDoc *begun, DomDef *def)
{
    for (guint i = 0; before != NULL && i < xlc_doc_n_entries(before); i++) {
        const XlcEntry *entry = xlc_doc_entry(before, i);
        const XlcKey *key = xlc_key_find(entry->key);
        XlcMerge *merge = NULL;

        if (key != NULL && has_elements(key) &&
            (begun == NULL || xlc_doc_get(begun, entry->key) == NULL))
            merge = xlc_merge_begin(key, before, entry, def);
        if (merge != NULL)
            g_ptr_array_add(merges, merge);
    }
}

/* The keys that did nothing beside a framebuffer whose element is gone would make another one. */
static void
drop_heads(XlcReader *reader, DomDef *def)
{
    for (guint i = 0; i < xlc_doc_n_entries(reader->doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(reader->doc, i);
        const XlcKey *key = xlc_key_find(entry->key);

        if (key == NULL || !(key->flags & XLC_HEAD))
            continue;
        xlc_key_report_outdated(reader, key, entry);
        g_hash_table_add(reader->outdated, (gpointer)key);
        xlc_key_clear(key, def);
    }
}

static XlcDoc *
parse_attribute(const char *text, DomReport *report)
{
    return text != NULL ? xlc_doc_parse(text, strlen(text), report, NULL) : NULL;
}

/* Where the text says what counts of it. In its first line nobody knows the column, see
 * report_text() in conf. */
static void
note_keys(const XlcReader *reader, DomDef *def)
{
    for (guint i = 0; i < xlc_doc_n_entries(reader->doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(reader->doc, i);
        const XlcPosition *at = &entry->value->start;

        if (!g_hash_table_contains(reader->outdated, xlc_key_find(entry->key)))
            dom_rest_note(&def->metadata.rest, entry->key, reader->line + at->line,
                          at->line > 1 ? at->column : 0);
    }
}

static gboolean
apply(DomDef *def, const DomResidual *residual)
{
    g_autoptr(DomReport) found = dom_report_new(NULL);
    g_autoptr(XlcDoc) doc = xlc_doc_parse(residual->text, strlen(residual->text), found, NULL);
    g_autoptr(XlcDoc) shown = parse_attribute(residual->shown, residual->shown_report);
    g_autoptr(XlcDoc) implicit = parse_attribute(residual->implicit, residual->implicit_report);
    g_autoptr(GHashTable) emptied = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) stale = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) outdated = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) woken = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) items = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) merges = g_ptr_array_new();
    XlcReader reader = { .doc = doc,
                         .report = residual->report,
                         .patch = TRUE,
                         .line = residual->line > 0 ? residual->line - 1 : 0,
                         .emptied = emptied,
                         .stale = stale,
                         .outdated = outdated,
                         .woken = woken,
                         .items = items };

    dom_report_append(residual->report, found, reader.line);
    if (doc == NULL || (residual->implicit != NULL && implicit == NULL))
        return FALSE;
    /* until they end, lists of devices are as the elements said them, and so not outdated */
    begin_merges(merges, implicit, NULL, def);
    begin_merges(merges, shown, implicit, def);
    find_changes(&reader, implicit, shown, def);
    find_woken(&reader, implicit, shown, def);
    if (implicit != NULL)
        take_back(&reader, implicit, def);
    xlc_read(&reader, def);
    for (guint i = 0; i < merges->len; i++)
        xlc_merge_end(merges->pdata[i], &reader, def);
    if (xlc_vfb_is_to_make(def))
        drop_heads(&reader, def);
    if (residual->placed)
        note_keys(&reader, def);
    return TRUE;
}

const DomDefOps xlc_def_ops = { residual, apply, .hosted = FALSE };
