/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/merge.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/merge_private.h"

struct XlcMerge {
    const XlcKey *key;
    const XlcDevices *devices;
    GPtrArray
        *elements;    /* the devices as they were read from elements: what comes of it is these */
    XlcMergeSide now; /* the same as items say them, so that it can be held against before */
    XlcMergeSide before;
    GPtrArray *was;    /* borrowed: the copies of before that @def got */
    int *predecessors; /* of each of now its index in before, or XLC_MERGE_NOBODY */
};

static void
side_clear(XlcMergeSide *side, const XlcDevices *devices)
{
    for (guint i = 0; i < side->records->len; i++)
        xlc_devices_discard(devices, side->records->pdata[i]);
    g_ptr_array_unref(side->records);
    g_clear_pointer(&side->doc, xlc_doc_free);
}

/* NULL for an item that could not be written as it is, and for one that is none. */
static gpointer
read_item(const XlcKey *key, XlcReader *quiet, const XlcValue *item)
{
    const XlcDevices *devices = key->codec->devices;
    gpointer record = item->kind != XLC_VALUE_LIST && *item->text != '\0'
                          ? xlc_devices_parse_item(devices, quiet, key, item)
                          : NULL;

    if (record != NULL && !xlc_devices_can_say(devices, record)) {
        xlc_devices_discard(devices, record);
        return NULL;
    }
    return record;
}

static void
read_items(XlcMergeSide *side, const XlcKey *key, const XlcDoc *doc)
{
    XlcReader quiet = { .doc = doc };

    for (guint i = 0; side->list != NULL && i < side->list->n_items; i++)
        g_ptr_array_add(side->records, read_item(key, &quiet, side->list->items[i]));
}

static void
read_before(XlcMergeSide *side, const XlcKey *key, const XlcDoc *doc, const XlcValue *list)
{
    *side = (XlcMergeSide){ .list = list, .records = g_ptr_array_new() };
    read_items(side, key, doc);
}

/* What the elements say goes the way that before has gone: into items, and back. A list that holds
 * what no xl.cfg can say has none. */
static void
read_now(XlcMergeSide *side, const XlcKey *key, const DomDef *def)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    const XlcEntry *entry;
    const char *text;

    xlc_writer_set_lenient(writer);
    xlc_key_format(key, def, writer);
    text = xlc_writer_peek(writer);
    *side = (XlcMergeSide){ .records = g_ptr_array_new() };
    side->doc = text != NULL ? xlc_doc_parse(text, strlen(text), NULL, NULL) : NULL;
    entry = side->doc != NULL ? xlc_doc_get(side->doc, key->key) : NULL;
    side->list = entry != NULL ? entry->value : NULL;
    read_items(side, key, side->doc);
    while (side->records->len < xlc_devices_list(key->codec->devices, def)->len)
        g_ptr_array_add(side->records, NULL);
}

static gpointer
copy_of(const XlcDevices *devices, gconstpointer record)
{
    gpointer copy = dom_record_new(devices->record);

    dom_record_copy(devices->record, copy, record);
    return copy;
}

/* Gives @record the name that @text is, if it is one. */
static void
set_name(const XlcDevices *devices, gpointer record, const char *text)
{
    for (const char *const *member = devices->names; *member != NULL; member++) {
        const char *said = xlc_merge_named(text, *member);
        char **name = DOM_MEMBER(record, dom_record_find(devices->record, *member), char *);

        if (said == NULL)
            continue;
        g_free(*name);
        *name = g_strdup(said);
    }
}

/* What no item could say, then or now. What the element is as little able to say now is taken for
 * what it was: nobody knows better. */
static void
fill_gaps(XlcMerge *merge)
{
    GPtrArray *now = merge->now.records, *before = merge->before.records;

    for (guint i = 0; i < now->len; i++) {
        int was = merge->predecessors[i];

        if (now->pdata[i] != NULL)
            continue;
        now->pdata[i] = copy_of(merge->devices, merge->elements->pdata[i]);
        if (was == XLC_MERGE_NOBODY || before->pdata[was] != NULL)
            continue;
        before->pdata[was] = copy_of(merge->devices, merge->elements->pdata[i]);
        set_name(merge->devices, before->pdata[was], xlc_merge_text(&merge->before, (guint)was));
    }
    for (guint i = 0; i < before->len; i++) {
        if (before->pdata[i] != NULL)
            continue;
        before->pdata[i] = dom_record_new(merge->devices->record);
        set_name(merge->devices, before->pdata[i], xlc_merge_text(&merge->before, i));
    }
}

XlcMerge *
xlc_merge_begin(const XlcKey *key, const XlcDoc *doc, const XlcEntry *before, DomDef *def)
{
    GPtrArray *list = xlc_devices_list(key->codec->devices, def);
    XlcMerge *merge;

    if (before->value->kind != XLC_VALUE_LIST)
        return NULL;
    merge = g_new0(XlcMerge, 1);
    *merge = (XlcMerge){ .key = key, .devices = key->codec->devices, .was = g_ptr_array_new() };
    read_before(&merge->before, key, doc, before->value);
    if (merge->devices->part != NULL)
        merge->devices->part(list, merge->before.records);
    read_now(&merge->now, key, def);
    merge->elements = g_ptr_array_copy(list, NULL, NULL);
    merge->predecessors = xlc_merge_match(merge->devices, &merge->before, &merge->now);
    fill_gaps(merge);
    g_ptr_array_set_size(list, 0);
    for (guint i = 0; i < merge->before.records->len; i++) {
        gpointer copy = copy_of(merge->devices, merge->before.records->pdata[i]);

        g_ptr_array_add(list, copy);
        g_ptr_array_add(merge->was, copy);
    }
    return merge;
}

/* --- what comes of it --- */

/* The devices that were said and had elements, in the order of those; fewer where nobody can tell
 * (transfer container). */
static GPtrArray *
shown_of(const XlcMerge *merge, const DomDef *def, gboolean odd)
{
    const DomSection *section = xlc_devices_section(merge->devices);
    GPtrArray *list = xlc_devices_list(merge->devices, def);
    GPtrArray *shown = g_ptr_array_new();

    for (guint i = 0; i < list->len; i++) {
        if (dom_section_shows(section, def, list->pdata[i], odd))
            g_ptr_array_add(shown, list->pdata[i]);
    }
    return shown;
}

/* The devices that @def got for before, NULL for one that it has not any more (transfer container).
 */
static GPtrArray *
left_of_before(const XlcMerge *merge, const DomDef *def)
{
    GPtrArray *list = xlc_devices_list(merge->devices, def);
    g_autoptr(GHashTable) left = g_hash_table_new(NULL, NULL);
    GPtrArray *said = g_ptr_array_new();

    for (guint i = 0; i < list->len; i++)
        g_hash_table_add(left, list->pdata[i]);
    for (guint i = 0; i < merge->was->len; i++)
        g_ptr_array_add(said, g_hash_table_lookup(left, merge->was->pdata[i]));
    return said;
}

/* What was said of each of before. Where the text was the whole list it is told by who has
 * elements. */
static GPtrArray *
said_of_before(const XlcMerge *merge, const XlcReader *reader, const DomDef *def)
{
    GPtrArray *said;

    if (!g_hash_table_contains(reader->emptied, merge->key))
        return left_of_before(merge, def);
    said = shown_of(merge, def, FALSE);
    if (said->len != merge->before.records->len) {
        g_ptr_array_unref(said);
        said = shown_of(merge, def, TRUE);
    }
    g_ptr_array_set_size(said, (gint)merge->before.records->len);
    return said;
}

static void
report_at(XlcReader *reader, const XlcMerge *merge, gconstpointer said, const char *text)
{
    const XlcEntry *entry = xlc_doc_get(reader->doc, merge->key->key);
    const XlcValue *item = g_hash_table_lookup(reader->items, said);

    if (item != NULL || entry != NULL)
        xlc_report(reader, DOM_SEVERITY_WARNING, merge->key, item != NULL ? item : entry->value,
                   "%s", text);
}

/* Of a member of a part ("head.vnclisten") an item says the last word alone. What the text says by
 * leaving it out is nothing that anybody could miss. */
static void
report_overruled(XlcReader *reader, const XlcMerge *merge, gconstpointer said,
                 const DomField *field)
{
    const char *dot = strrchr(field->name, '.');
    g_autofree char *text =
        g_strdup_printf(_("an element says otherwise, and counts: %s is left out"),
                        dot != NULL ? dot + 1 : field->name);

    if (dom_field_is_set(field, said))
        report_at(reader, merge, said, text);
}

/* Whether what is said of @field goes with an element that says something else now. */
static gboolean
is_untied(const XlcDevices *devices, const DomField *field, gconstpointer now, gconstpointer before)
{
    for (const XlcTie *tie = devices->ties; tie != NULL && tie->member != NULL; tie++) {
        if (g_str_equal(tie->member, field->name) &&
            !dom_field_equal(dom_record_find(devices->record, tie->of), now, before))
            return TRUE;
    }
    return FALSE;
}

/* Adds to element @i what was @said beyond what the elements said before. */
static void
add_said(const XlcMerge *merge, XlcReader *reader, guint i, gconstpointer said)
{
    const XlcDevices *devices = merge->devices;
    gconstpointer before = merge->before.records->pdata[merge->predecessors[i]];
    gconstpointer now = merge->now.records->pdata[i];

    for (guint f = 0; f < devices->record->n_fields; f++) {
        const DomField *field = &devices->record->fields[f];

        if (dom_field_equal(field, said, before) || dom_field_equal(field, said, now))
            continue;
        if (dom_field_equal(field, now, before) && !is_untied(devices, field, now, before))
            dom_field_copy(field, merge->elements->pdata[i], said);
        else
            report_overruled(reader, merge, said, field);
    }
}

/* Whether anything goes with a device that @said is of: what it leaves out is nothing that anybody
 * could miss. */
static gboolean
says_more(const XlcDevices *devices, gconstpointer said, gconstpointer before)
{
    for (guint i = 0; i < devices->record->n_fields; i++) {
        const DomField *field = &devices->record->fields[i];

        if (dom_field_is_set(field, said) && !dom_field_equal(field, said, before))
            return TRUE;
    }
    return FALSE;
}

/* @names: those of now. */
static void
report_lost(XlcReader *reader, const XlcMerge *merge, gconstpointer said, gconstpointer before,
            GHashTable *names)
{
    const DomField *field = xlc_devices_naming_field(merge->devices, said);
    g_autofree char *name =
        field != NULL ? xlc_devices_name(merge->devices, field->name, said) : NULL;

    if (!says_more(merge->devices, said, before))
        return;
    report_at(reader, merge, said,
              name != NULL && !g_hash_table_contains(names, name)
                  ? _("no device has this name any more; the item is left out")
                  : _("the devices are others now, and nothing tells which one this is said "
                      "of; the item is left out"));
}

/* A list that is put together: what it is made of, and what stands behind each of these. */
typedef struct {
    GHashTable *behind; /* device to the GPtrArray of those behind it */
    GPtrArray *first;   /* before all others */
} Chain;

static void
chain_init(Chain *chain)
{
    *chain = (Chain){ g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref),
                      g_ptr_array_new() };
}

static void
chain_clear(Chain *chain)
{
    g_hash_table_unref(chain->behind);
    g_ptr_array_unref(chain->first);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chain, chain_clear)

/* @anchor: NULL for the first place. */
static void
chain_add(Chain *chain, gpointer anchor, gpointer device)
{
    GPtrArray *list = anchor != NULL ? g_hash_table_lookup(chain->behind, anchor) : chain->first;

    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(chain->behind, anchor, list);
    }
    g_ptr_array_add(list, device);
}

/* Appends what stands behind @anchor (NULL: before all). */
static void
chain_append(const Chain *chain, gpointer anchor, GPtrArray *list)
{
    GPtrArray *behind = anchor != NULL ? g_hash_table_lookup(chain->behind, anchor) : chain->first;

    for (guint i = 0; behind != NULL && i < behind->len; i++)
        g_ptr_array_add(list, behind->pdata[i]);
}

/* What has become of each device. */
typedef struct {
    GHashTable *element; /* one that was said to its element; to NULL when it is gone */
    GHashTable *kept;    /* the elements that stay, to what was said of each; NULL for a new one */
} Fates;

static void
fates_clear(Fates *fates)
{
    g_hash_table_unref(fates->element);
    g_hash_table_unref(fates->kept);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fates, fates_clear)

static void
decide(const XlcMerge *merge, XlcReader *reader, GPtrArray *said, Fates *fates)
{
    GPtrArray *before = merge->before.records;

    *fates = (Fates){ g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL) };
    for (guint i = 0; i < said->len; i++) {
        if (said->pdata[i] != NULL)
            g_hash_table_insert(fates->element, said->pdata[i], NULL);
    }
    for (guint i = 0; i < merge->elements->len; i++) {
        gpointer element = merge->elements->pdata[i];
        int was = merge->predecessors[i];
        gpointer it = was != XLC_MERGE_NOBODY ? said->pdata[was] : NULL;

        if (it != NULL) {
            g_hash_table_insert(fates->element, it, element);
            add_said(merge, reader, i, it);
        }
        /* the text can only have taken it out; who has changed it since wants it */
        if (it != NULL || was == XLC_MERGE_NOBODY ||
            !xlc_devices_equal(merge->devices, merge->now.records->pdata[i], before->pdata[was]))
            g_hash_table_insert(fates->kept, element, it);
    }
}

/* Says what was said of devices that are gone. */
static void
report_gone(const XlcMerge *merge, XlcReader *reader, const GPtrArray *said, const Fates *fates)
{
    g_autoptr(GHashTable) names = xlc_merge_names(merge->devices, &merge->now);

    for (guint i = 0; i < said->len; i++) {
        gpointer it = said->pdata[i];

        if (it != NULL && g_hash_table_lookup(fates->element, it) == NULL)
            report_lost(reader, merge, it, merge->before.records->pdata[i], names);
    }
}

/* Whether those of now that have predecessors stand as those did. */
static gboolean
is_in_order(const XlcMerge *merge)
{
    int last = XLC_MERGE_NOBODY;

    for (guint i = 0; i < merge->elements->len; i++) {
        if (merge->predecessors[i] == XLC_MERGE_NOBODY)
            continue;
        if (merge->predecessors[i] < last)
            return FALSE;
        last = merge->predecessors[i];
    }
    return TRUE;
}

/* In the order that was said: elements that are new stand behind the one before them. */
static void
list_as_said(const XlcMerge *merge, const Fates *fates, const GPtrArray *list, GPtrArray *result)
{
    g_auto(Chain) chain = { 0 };
    gpointer anchor = NULL;

    chain_init(&chain);
    for (guint i = 0; i < merge->elements->len; i++) {
        gpointer element = merge->elements->pdata[i];
        gpointer it;

        if (!g_hash_table_lookup_extended(fates->kept, element, NULL, &it))
            continue;
        if (it != NULL)
            anchor = element;
        else
            chain_add(&chain, anchor, element);
    }
    chain_append(&chain, NULL, result);
    for (guint i = 0; i < list->len; i++) {
        gpointer element;

        if (!g_hash_table_lookup_extended(fates->element, list->pdata[i], NULL, &element)) {
            g_ptr_array_add(result, list->pdata[i]);
        } else if (element != NULL) {
            g_ptr_array_add(result, element);
            chain_append(&chain, element, result);
        }
    }
}

/* In the order of the elements: those without stand behind the one before them. */
static void
list_as_now(const XlcMerge *merge, const Fates *fates, const GPtrArray *list, GPtrArray *result)
{
    g_auto(Chain) chain = { 0 };
    gpointer anchor = NULL;

    chain_init(&chain);
    for (guint i = 0; i < list->len; i++) {
        gpointer element;

        if (!g_hash_table_lookup_extended(fates->element, list->pdata[i], NULL, &element))
            chain_add(&chain, anchor, list->pdata[i]);
        else if (element != NULL)
            anchor = element;
    }
    chain_append(&chain, NULL, result);
    for (guint i = 0; i < merge->elements->len; i++) {
        gpointer element = merge->elements->pdata[i];

        if (!g_hash_table_contains(fates->kept, element))
            continue;
        g_ptr_array_add(result, element);
        chain_append(&chain, element, result);
    }
}

static void
free_merge(XlcMerge *merge)
{
    side_clear(&merge->now, merge->devices);
    side_clear(&merge->before, merge->devices);
    g_ptr_array_unref(merge->elements);
    g_ptr_array_unref(merge->was);
    g_free(merge->predecessors);
    g_free(merge);
}

void
xlc_merge_end(XlcMerge *merge, XlcReader *reader, DomDef *def)
{
    GPtrArray *list = xlc_devices_list(merge->devices, def);
    g_autoptr(GPtrArray) said = said_of_before(merge, reader, def);
    g_autoptr(GPtrArray) result = g_ptr_array_new();
    g_auto(Fates) fates = { 0 };

    xlc_merge_part_twins(merge->devices, &merge->before, &merge->now, said, merge->predecessors);
    decide(merge, reader, said, &fates);
    report_gone(merge, reader, said, &fates);
    (is_in_order(merge) ? list_as_said : list_as_now)(merge, &fates, list, result);
    for (guint i = 0; i < list->len; i++) {
        if (g_hash_table_contains(fates.element, list->pdata[i]))
            xlc_devices_discard(merge->devices, list->pdata[i]);
    }
    for (guint i = 0; i < merge->elements->len; i++) {
        if (!g_hash_table_contains(fates.kept, merge->elements->pdata[i]))
            xlc_devices_discard(merge->devices, merge->elements->pdata[i]);
    }
    g_ptr_array_set_size(list, 0);
    for (guint i = 0; i < result->len; i++)
        g_ptr_array_add(list, result->pdata[i]);
    free_merge(merge);
}
