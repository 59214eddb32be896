/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/record.h"

#include <string.h>

/* Every record struct begins with its rest, see DOM_RECORD. */
#define REST(data)       ((DomRest *)(data))
#define CONST_REST(data) ((const DomRest *)(data))

static void
rest_item_free(gpointer data)
{
    DomRestItem *item = data;

    g_free(item->path);
    g_free(item->attr);
    g_free(item->text);
    g_free(item);
}

void
dom_rest_put(DomRest *rest, DomRestItem *item)
{
    if (rest->items == NULL)
        rest->items = g_ptr_array_new_with_free_func(rest_item_free);
    g_ptr_array_add(rest->items, item);
}

DomRestItem *
dom_rest_add(DomRest *rest, const char *path, const char *attr, const char *text)
{
    DomRestItem *item = g_new0(DomRestItem, 1);

    item->path = g_strdup(path);
    item->attr = g_strdup(attr);
    item->text = g_strdup(text);
    dom_rest_put(rest, item);
    return item;
}

void
dom_rest_release(DomRest *rest)
{
    if (rest->items != NULL)
        g_ptr_array_set_free_func(rest->items, NULL);
    g_clear_pointer(&rest->items, g_ptr_array_unref);
}

/* A list without items would be unknown XML where only its being there is asked for. */
void
dom_rest_drop(DomRest *rest)
{
    g_ptr_array_set_size(rest->items, (gint)rest->items->len - 1);
    if (rest->items->len == 0)
        g_clear_pointer(&rest->items, g_ptr_array_unref);
}

gboolean
dom_rest_is_none(const DomRestItem *item)
{
    return item->attr == NULL && g_str_equal(item->text, DOM_REST_NONE);
}

void
dom_rest_forget_none(DomRest *rest, const char *path)
{
    for (guint i = rest->items != NULL ? rest->items->len : 0; i > 0; i--) {
        const DomRestItem *item = rest->items->pdata[i - 1];

        if (dom_rest_is_none(item) && g_str_equal(item->path, path))
            g_ptr_array_remove_index(rest->items, i - 1);
    }
    if (rest->items != NULL && rest->items->len == 0)
        g_clear_pointer(&rest->items, g_ptr_array_unref);
}

gboolean
dom_rest_is_element(const DomRestItem *item, const char *path, const char *name)
{
    gsize length = strlen(name);

    return item->attr == NULL && g_str_equal(item->path, path) && *item->text == '<' &&
           strncmp(item->text + 1, name, length) == 0 &&
           strchr(" />", item->text[1 + length]) != NULL;
}

gboolean
dom_rest_has_element(const DomRest *rest, const char *path, const char *name)
{
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        if (dom_rest_is_element(rest->items->pdata[i], path, name))
            return TRUE;
    }
    return FALSE;
}

void
dom_rest_clear(DomRest *rest)
{
    g_clear_pointer(&rest->items, g_ptr_array_unref);
    g_clear_pointer(&rest->places, g_hash_table_unref);
}

void
dom_rest_note(DomRest *rest, const char *key, guint line, guint column)
{
    guint *place = g_new(guint, 2);

    if (rest->places == NULL)
        rest->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    place[0] = line;
    place[1] = column;
    g_hash_table_insert(rest->places, g_strdup(key), place);
}

void
dom_rest_noted(const DomRest *rest, const char *key, guint *ret_line, guint *ret_column)
{
    const guint *place = rest->places != NULL ? g_hash_table_lookup(rest->places, key) : NULL;

    *ret_line = place != NULL ? place[0] : 0;
    *ret_column = place != NULL ? place[1] : 0;
}

void
dom_rest_copy(DomRest *to, const DomRest *from)
{
    dom_rest_clear(to);
    to->places = from->places != NULL ? g_hash_table_ref(from->places) : NULL;
    for (guint i = 0; from->items != NULL && i < from->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(from->items, i);
        DomRestItem *copy = dom_rest_add(to, item->path, item->attr, item->text);

        copy->line = item->line;
        copy->column = item->column;
    }
}

static int
compare_rest_items(gconstpointer a, gconstpointer b)
{
    const DomRestItem *x = *(const DomRestItem *const *)a;
    const DomRestItem *y = *(const DomRestItem *const *)b;
    int order = strcmp(x->path, y->path);

    if (order == 0)
        order = g_strcmp0(x->attr, y->attr);
    return order != 0 ? order : strcmp(x->text, y->text);
}

static GPtrArray *
sorted_rest(const DomRest *rest)
{
    GPtrArray *items = g_ptr_array_copy(rest->items, NULL, NULL);

    g_ptr_array_set_free_func(items, NULL);
    g_ptr_array_sort(items, compare_rest_items);
    return items;
}

/* The order may differ: writing sorts elements. */
gboolean
dom_rest_equal(const DomRest *a, const DomRest *b)
{
    guint n_a = a->items != NULL ? a->items->len : 0;
    guint n_b = b->items != NULL ? b->items->len : 0;
    g_autoptr(GPtrArray) mine = NULL;
    g_autoptr(GPtrArray) theirs = NULL;

    if (n_a != n_b || n_a == 0)
        return n_a == n_b;
    mine = sorted_rest(a);
    theirs = sorted_rest(b);
    for (guint i = 0; i < n_a; i++) {
        if (compare_rest_items(&mine->pdata[i], &theirs->pdata[i]) != 0)
            return FALSE;
    }
    return TRUE;
}

gpointer
dom_record_new(const DomRecord *record)
{
    return g_malloc0(record->size);
}

void
dom_record_clear(const DomRecord *record, gpointer data)
{
    for (guint i = 0; i < record->n_fields; i++)
        dom_field_clear(&record->fields[i], data);
    dom_rest_clear(REST(data));
}

void
dom_record_copy(const DomRecord *record, gpointer to, gconstpointer from)
{
    for (guint i = 0; i < record->n_fields; i++)
        dom_field_copy(&record->fields[i], to, from);
    dom_rest_copy(REST(to), CONST_REST(from));
}

gboolean
dom_record_equal(const DomRecord *record, gconstpointer a, gconstpointer b)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (!dom_field_equal(&record->fields[i], a, b))
            return FALSE;
    }
    return dom_rest_equal(CONST_REST(a), CONST_REST(b));
}

gboolean
dom_record_needs_xml(const DomRecord *record, gconstpointer data)
{
    gboolean needs = CONST_REST(data)->items != NULL;

    for (guint i = 0; !needs && i < record->n_fields; i++)
        needs = (record->fields[i].flags & DOM_FIELD_XML_ONLY) != 0 &&
                dom_field_is_set(&record->fields[i], data);
    return needs;
}

gboolean
dom_record_has_text(const DomRecord *record, gconstpointer data, const char *characters)
{
    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];

        if (field->kind == DOM_KIND_STRING && dom_field_is_set(field, data) &&
            strpbrk(*DOM_CONST_MEMBER(data, field, char *), characters) != NULL)
            return TRUE;
    }
    return FALSE;
}

const DomField *
dom_record_find(const DomRecord *record, const char *name)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (g_str_equal(record->fields[i].name, name))
            return &record->fields[i];
    }
    return NULL;
}

void
dom_complaint_free(DomComplaint *complaint)
{
    if (complaint == NULL)
        return;
    g_clear_error(&complaint->error);
    g_free(complaint);
}
