/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/devices.h"

#include <glib/gi18n-lib.h>

GPtrArray *
xlc_devices_list(const XlcDevices *devices, const DomDef *def)
{
    return *(GPtrArray *const *)((const char *)def + devices->list);
}

const DomSection *
xlc_devices_section(const XlcDevices *devices)
{
    const DomSection *section = dom_sections;

    while (!section->list || section->offset != devices->list)
        section++;
    return section;
}

static gboolean
parse_item(const XlcDevices *devices, XlcReader *reader, const XlcKey *key, const XlcValue *value,
           gpointer record)
{
    if (devices->parse != NULL)
        return devices->parse(reader, key, value, record);
    return xlc_options_parse(devices->options, reader, key, value, record);
}

static char *
format_item(const XlcDevices *devices, gconstpointer record)
{
    if (devices->format != NULL)
        return devices->format(record);
    return xlc_options_format(devices->options, record);
}

static gboolean
is_one_of(const char *const *names, const char *name)
{
    return names != NULL && g_strv_contains(names, name);
}

const DomField *
xlc_devices_naming_field(const XlcDevices *devices, gconstpointer record)
{
    for (const char *const *name = devices->names; *name != NULL; name++) {
        const DomField *field = dom_record_find(devices->record, *name);

        if (dom_field_is_set(field, record))
            return field;
    }
    return NULL;
}

/* The devices of a list as they were when it was looked at, by what names them. */
typedef struct {
    const XlcDevices *devices;
    GPtrArray *list;
    GHashTable *named; /* Name to the first device that has it */
} Index;

typedef struct {
    const DomField *field;
    const char *text;
} Name;

static guint
name_hash(gconstpointer key)
{
    const Name *name = key;

    return g_str_hash(name->text) ^ g_direct_hash(name->field);
}

static gboolean
name_equal(gconstpointer a, gconstpointer b)
{
    const Name *x = a, *y = b;

    return x->field == y->field && g_str_equal(x->text, y->text);
}

static Name *
name_new(const DomField *field, gconstpointer record)
{
    Name *name = g_new(Name, 1);

    *name = (Name){ field, g_strdup(*DOM_CONST_MEMBER(record, field, char *)) };
    return name;
}

static void
name_free(gpointer data)
{
    Name *name = data;

    g_free((char *)name->text);
    g_free(name);
}

static void
index_names(Index *index, gpointer record)
{
    for (const char *const *member = index->devices->names; *member != NULL; member++) {
        const DomField *field = dom_record_find(index->devices->record, *member);
        Name *name = dom_field_is_set(field, record) ? name_new(field, record) : NULL;

        if (name == NULL)
            continue;
        if (g_hash_table_contains(index->named, name))
            name_free(name);
        else
            g_hash_table_insert(index->named, name, record);
    }
}

/* @list: borrowed; its devices may change meanwhile. */
static void
index_init(Index *index, const XlcDevices *devices, GPtrArray *list)
{
    *index =
        (Index){ devices, list, g_hash_table_new_full(name_hash, name_equal, name_free, NULL) };
    for (guint i = 0; i < list->len; i++)
        index_names(index, list->pdata[i]);
}

static void
index_clear(Index *index)
{
    g_clear_pointer(&index->named, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Index, index_clear)

static gpointer
find_named(const Index *index, gconstpointer patch)
{
    const DomField *field = xlc_devices_naming_field(index->devices, patch);
    Name name;

    if (field == NULL)
        return NULL;
    name = (Name){ field, *DOM_CONST_MEMBER(patch, field, char *) };
    return g_hash_table_lookup(index->named, &name);
}

/* The device that an item of residual text means: the one it names, and of several with that name
 * the one in its place; else the one in its place when that has no such name to show. NULL for one
 * that is not there yet. */
static gpointer
find_meant(const Index *index, gconstpointer item, guint place)
{
    const DomField *name = xlc_devices_naming_field(index->devices, item);
    gpointer there = place < index->list->len ? index->list->pdata[place] : NULL;
    gpointer found;

    if (there != NULL && name != NULL && dom_field_equal(name, there, item))
        return there;
    found = find_named(index, item);
    if (found == NULL && there != NULL &&
        (name == NULL || xlc_devices_naming_field(index->devices, there) == NULL))
        found = there;
    return found;
}

static gboolean
is_carried(const XlcDevices *devices, const DomField *field, gconstpointer record)
{
    return is_one_of(devices->carried, field->name) &&
           (devices->spares == NULL || !devices->spares(record, field->name));
}

/* Whether what @shown has is as much as XML can show of @record's member. */
static gboolean
refines(const XlcDevices *devices, const DomField *field, gconstpointer record, gconstpointer shown)
{
    return devices->refines != NULL && devices->refines(record, shown, field->name);
}

static void
apply_patch(const XlcDevices *devices, gpointer to, gconstpointer patch)
{
    for (guint i = 0; i < devices->record->n_fields; i++) {
        const DomField *field = &devices->record->fields[i];
        gboolean changes = !is_carried(devices, field, patch) || refines(devices, field, patch, to);

        if (dom_field_is_set(field, patch) && (changes || !dom_field_is_set(field, to)))
            dom_field_copy(field, to, patch);
    }
}

void
xlc_devices_discard(const XlcDevices *devices, gpointer record)
{
    if (record == NULL)
        return;
    dom_record_clear(devices->record, record);
    g_free(record);
}

/* Whether XML has no element for such a device, so that residual text holds all of it. */
static gboolean
is_hidden(const XlcDevices *devices, const DomDef *def, gconstpointer record)
{
    return xlc_devices_naming_field(devices, record) == NULL ||
           (devices->record->shown != NULL && !devices->record->shown(def, record));
}

/* Makes a device of an item of residual text, in its place; of one that says too little for that
 * there is nothing to keep. */
static void
add_hidden(const XlcDevices *devices, XlcReader *reader, const XlcKey *key, const XlcValue *value,
           GPtrArray *list, gpointer record, guint place)
{
    g_autofree char *item = format_item(devices, record);

    if (item != NULL) {
        g_ptr_array_insert(list, (gint)MIN(place, list->len), record);
        g_hash_table_insert(reader->items, record, (gpointer)value);
        return;
    }
    xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
               _("this says too little for a device; the item is left out"));
    xlc_devices_discard(devices, record);
}

/* An item that names a device which is gone has nothing to change. @shown: the devices that the
 * elements showed. One that they could not show gets the place that it has in the text. */
static void
patch_or_add(const XlcDevices *devices, XlcReader *reader, const XlcKey *key, const XlcValue *value,
             DomDef *def, const Index *shown, gpointer record, guint place)
{
    gpointer there = find_meant(shown, record, place);

    if (g_hash_table_contains(reader->emptied, key) ||
        (there == NULL && is_hidden(devices, def, record))) {
        add_hidden(devices, reader, key, value, xlc_devices_list(devices, def), record, place);
        return;
    }
    if (there != NULL) {
        apply_patch(devices, there, record);
        g_hash_table_insert(reader->items, there, (gpointer)value);
    } else {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
                   _("no device has this name any more; the item is left out"));
    }
    xlc_devices_discard(devices, record);
}

gpointer
xlc_devices_parse_item(const XlcDevices *devices, XlcReader *reader, const XlcKey *key,
                       const XlcValue *item)
{
    gpointer record = dom_record_new(devices->record);

    if (parse_item(devices, reader, key, item, record))
        return record;
    xlc_devices_discard(devices, record);
    return NULL;
}

gboolean
xlc_devices_parse(const XlcDevices *devices, XlcReader *reader, const XlcKey *key,
                  const XlcEntry *entry, DomDef *def)
{
    GPtrArray *list = xlc_devices_list(devices, def);
    g_autoptr(GPtrArray) shown = g_ptr_array_copy(list, NULL, NULL);
    g_auto(Index) index = { 0 };
    gboolean all_taken = TRUE;

    if (entry->value->kind != XLC_VALUE_LIST) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
                   _("this is one value; expected a list [ ... ]; xl ignores this key"));
        return FALSE;
    }
    index_init(&index, devices, shown);
    for (guint i = 0; i < entry->value->n_items; i++) {
        const XlcValue *item = entry->value->items[i];
        gpointer record;

        if (item->kind == XLC_VALUE_LIST) {
            xlc_report(reader, DOM_SEVERITY_WARNING, key, item,
                       _("a list stands inside the list, and xl ignores it and all behind it"));
            break;
        }
        /* In residual text an empty item only holds the place of a device. */
        if (reader->patch && *item->text == '\0' && i < shown->len)
            continue;
        record = xlc_devices_parse_item(devices, reader, key, item);
        if (record == NULL)
            all_taken = FALSE;
        else if (reader->patch)
            patch_or_add(devices, reader, key, item, def, &index, record, i);
        else
            g_ptr_array_add(list, record);
    }
    /* a list is kept as a whole, or not at all */
    if (!all_taken && key->since != NULL) {
        xlc_devices_clear(devices, def);
        return FALSE;
    }
    return TRUE;
}

char *
xlc_devices_name(const XlcDevices *devices, const char *member, gconstpointer record)
{
    const DomField *field = record != NULL ? dom_record_find(devices->record, member) : NULL;

    return field != NULL && dom_field_is_set(field, record)
               ? g_strdup_printf("%s=%s", member, *DOM_CONST_MEMBER(record, field, char *))
               : NULL;
}

gboolean
xlc_devices_can_say(const XlcDevices *devices, gconstpointer record)
{
    g_autofree char *item = format_item(devices, record);

    return item != NULL;
}

/* A lenient writer gets its name at least. */
static void
refuse_item(const XlcDevices *devices, const XlcKey *key, gconstpointer device, guint place,
            XlcWriter *writer)
{
    g_autofree char *why = xlc_devices_why_refused(devices, device, place + 1);
    const DomField *field = xlc_devices_naming_field(devices, device);
    g_autofree char *name = field != NULL ? xlc_devices_name(devices, field->name, device) : NULL;

    xlc_writer_refuse_item(writer, key->key, why, name != NULL ? name : "");
}

void
xlc_devices_format(const XlcDevices *devices, const XlcKey *key, const DomDef *def,
                   XlcWriter *writer)
{
    GPtrArray *list = xlc_devices_list(devices, def);

    if (list->len == 0)
        return;
    xlc_writer_open(writer, key->key);
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *item = format_item(devices, list->pdata[i]);

        if (item != NULL)
            xlc_writer_item_string(writer, item);
        else
            refuse_item(devices, key, list->pdata[i], i, writer);
    }
    xlc_writer_close(writer);
}

void
xlc_devices_clear(const XlcDevices *devices, DomDef *def)
{
    GPtrArray *list = xlc_devices_list(devices, def);

    for (guint i = 0; i < list->len; i++)
        xlc_devices_discard(devices, list->pdata[i]);
    g_ptr_array_set_size(list, 0);
}

/* A record of what @record has and @projected has not, with what an item needs; NULL for none. */
static gpointer
difference(const XlcDevices *devices, gconstpointer record, gconstpointer projected)
{
    gpointer patch = dom_record_new(devices->record);
    gboolean differs = FALSE;

    for (guint i = 0; i < devices->record->n_fields; i++) {
        const DomField *field = &devices->record->fields[i];
        gboolean differs_here =
            dom_field_is_set(field, record) && !dom_field_equal(field, record, projected);

        if (differs_here || is_carried(devices, field, record))
            dom_field_copy(field, patch, record);
        differs |= differs_here;
    }
    if (differs)
        return patch;
    xlc_devices_discard(devices, patch);
    return NULL;
}

/* Whether a patch makes @record of what @projected shows of it: it can only set members, and of
 * those that are carried only the absent ones. */
static gboolean
patches(const XlcDevices *devices, gconstpointer record, gconstpointer projected)
{
    for (guint i = 0; i < devices->record->n_fields; i++) {
        const DomField *field = &devices->record->fields[i];
        gboolean fixed =
            !dom_field_is_set(field, record) ||
            (is_carried(devices, field, record) && !refines(devices, field, record, projected));

        if (fixed && dom_field_is_set(field, projected) &&
            !dom_field_equal(field, record, projected))
            return FALSE;
    }
    return TRUE;
}

/* Whether residual text finds device @i of @mine again, which shows as that of @shown. */
static gboolean
is_found(const Index *mine, const Index *shown, guint i)
{
    gpointer device = mine->list->pdata[i], first = find_named(mine, device);

    return (first == NULL || first == device) &&
           find_meant(shown, device, i) == shown->list->pdata[i];
}

gboolean
xlc_devices_whole(const XlcDevices *devices, const DomDef *def, const DomDef *projected)
{
    GPtrArray *mine = xlc_devices_list(devices, def);
    GPtrArray *shown = xlc_devices_list(devices, projected);
    g_auto(Index) named_mine = { 0 };
    g_auto(Index) named_shown = { 0 };

    if (mine->len != shown->len)
        return TRUE;
    index_init(&named_mine, devices, mine);
    index_init(&named_shown, devices, shown);
    for (guint i = 0; i < mine->len; i++) {
        if (!patches(devices, mine->pdata[i], shown->pdata[i]) ||
            !is_found(&named_mine, &named_shown, i))
            return TRUE;
    }
    return FALSE;
}

gboolean
xlc_devices_equal(const XlcDevices *devices, gconstpointer a, gconstpointer b)
{
    for (guint i = 0; i < devices->record->n_fields; i++) {
        if (!dom_field_equal(&devices->record->fields[i], a, b))
            return FALSE;
    }
    return TRUE;
}

gboolean
xlc_devices_same(const XlcDevices *devices, const DomDef *def, const DomDef *projected)
{
    GPtrArray *mine = xlc_devices_list(devices, def);
    GPtrArray *shown = xlc_devices_list(devices, projected);

    if (mine->len != shown->len)
        return FALSE;
    for (guint i = 0; i < mine->len; i++) {
        if (!xlc_devices_equal(devices, mine->pdata[i], shown->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* The item that makes @record of what @projected shows of it, in *@ret_item; NULL when nothing is
 * to do. FALSE when there is no such item. */
static gboolean
patch_item(const XlcDevices *devices, gconstpointer record, gconstpointer projected,
           char **ret_item)
{
    gpointer patch = difference(devices, record, projected);

    *ret_item = NULL;
    if (patch == NULL)
        return TRUE;
    *ret_item = format_item(devices, patch);
    xlc_devices_discard(devices, patch);
    return *ret_item != NULL;
}

/* Devices without a name are found by their place: an empty item holds it. */
static void
add_places(GPtrArray *items, guint count)
{
    while (items->len < count)
        g_ptr_array_add(items, g_strdup(""));
}

void
xlc_devices_patch(const XlcDevices *devices, const XlcKey *key, const DomDef *def,
                  const DomDef *projected, XlcWriter *writer)
{
    GPtrArray *list = xlc_devices_list(devices, def);
    GPtrArray *shown = xlc_devices_list(devices, projected);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    g_auto(Index) named = { 0 };

    if (xlc_devices_whole(devices, def, projected)) {
        xlc_devices_format(devices, key, def, writer);
        return;
    }
    index_init(&named, devices, shown);
    for (guint i = 0; i < list->len; i++) {
        char *item;

        if (!patch_item(devices, list->pdata[i], shown->pdata[i], &item))
            refuse_item(devices, key, list->pdata[i], i, writer);
        if (item == NULL)
            continue;
        if (find_named(&named, list->pdata[i]) == NULL)
            add_places(items, i);
        g_ptr_array_add(items, item);
    }
    if (items->len == 0)
        return;
    xlc_writer_open(writer, key->key);
    for (guint i = 0; i < items->len; i++)
        xlc_writer_item_string(writer, items->pdata[i]);
    xlc_writer_close(writer);
}
