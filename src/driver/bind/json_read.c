/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/json_read.h"
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
bind_json_report(BindJsonReader *reader, DomSeverity severity, const BindJsonNode *node,
                 const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    dom_report_add(reader->report, severity, node->line, node->column,
                   reader->path->len > 0 ? reader->path->str : NULL, "%s", text);
}

gboolean
bind_json_reserve(BindJsonReader *reader, const BindJsonNode *node, gsize bytes)
{
    if (bytes <= reader->memory) {
        reader->memory -= bytes;
        return TRUE;
    }
    bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("too large for a guest"));
    return FALSE;
}

gsize
bind_json_enter(BindJsonReader *reader, const BindJsonNode *node, guint index)
{
    gsize length = reader->path->len;

    if (node->name == NULL)
        g_string_append_printf(reader->path, "[%u]", index);
    else
        g_string_append_printf(reader->path, "%s%s", length > 0 ? "." : "", node->name);
    return length;
}

void
bind_json_leave(BindJsonReader *reader, gsize length)
{
    g_string_truncate(reader->path, length);
}

static const BindJsonRow *
find_row(const BindJsonRow *rows, guint n_rows, const char *name)
{
    for (guint i = 0; i < n_rows; i++) {
        if (g_str_equal(rows[i].name, name))
            return &rows[i];
    }
    return NULL;
}

/* One element after the other; the array grows, so that what libxl frees is whole at any time. */
static void
read_array(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node, gpointer data)
{
    gpointer *array = (gpointer *)((char *)data + row->place);
    int *count = (int *)((char *)data + row->count);

    if (node->type != BIND_JSON_LIST) {
        bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("expected a list"));
        return;
    }
    if (!bind_json_reserve(reader, node, node->items->len * row->size))
        return;
    for (guint i = 0; i < node->items->len; i++) {
        const BindJsonNode *item = g_ptr_array_index(node->items, i);
        gpointer element = bind_array_add(array, count, row->size);
        gsize length = bind_json_enter(reader, item, i);

        if (row->record != NULL)
            row->record->init(element);
        row->read(reader, row, item, element);
        bind_json_leave(reader, length);
    }
}

static void
read_row(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node, gpointer data)
{
    if (row->array)
        read_array(reader, row, node, data);
    else
        row->read(reader, row, node, (char *)data + row->place);
}

static void
report_unknown(BindJsonReader *reader, const BindJsonNode *node)
{
    bind_json_report(reader, DOM_SEVERITY_WARNING, node,
                     _("libxl of this version of Xen has no such member; it is left out"));
}

/* KEY.BRANCH of a union: the word chooses, and its row, where there is one, reads. */
static void
read_branch(BindJsonReader *reader, const BindJsonChoice *choice, const BindJsonNode *node,
            gpointer data)
{
    const char *word = node->name + strlen(choice->key) + 1;
    const BindJsonRow *row = find_row(choice->branches, choice->n_branches, word);
    int value;

    if (choice->words->parse(word, &value) != 0) {
        report_unknown(reader, node);
        return;
    }
    choice->choose(data, value);
    if (row != NULL)
        read_row(reader, row, node, data);
    else if (node->type != BIND_JSON_MAP || node->items->len > 0)
        report_unknown(reader, node);
}

static gboolean
is_branch(const BindJsonChoice *choice, const char *name)
{
    return choice != NULL && g_str_has_prefix(name, choice->key) &&
           name[strlen(choice->key)] == '.';
}

/* A union holds one thing: libxl's own function, which chooses it, wants to be called once. */
static gboolean
check_new(BindJsonReader *reader, const BindJsonNode *node, gboolean known)
{
    if (!known)
        return TRUE;
    bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("given twice; remove one"));
    return FALSE;
}

void
bind_json_read_record(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                      gpointer place)
{
    const BindJsonRecord *record = row->record;
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);

    if (node->type != BIND_JSON_MAP) {
        bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("expected an object"));
        return;
    }
    for (guint i = 0; i < node->items->len; i++) {
        const BindJsonNode *item = g_ptr_array_index(node->items, i);
        gsize length = bind_json_enter(reader, item, i);
        gboolean branch = is_branch(record->choice, item->name);
        const BindJsonRow *found = find_row(record->rows, record->n_rows, item->name);
        gconstpointer what = branch ? (gconstpointer)record->choice : found;

        if (what == NULL)
            report_unknown(reader, item);
        else if (check_new(reader, item, !g_hash_table_add(known, (gpointer)what))) {
            if (branch)
                read_branch(reader, record->choice, item, place);
            else
                read_row(reader, found, item, place);
        }
        bind_json_leave(reader, length);
    }
}

void
bind_json_read_config(BindJsonReader *reader, const BindJsonNode *node, libxl_domain_config *config)
{
    const BindJsonRow row = { .record = bind_json_config };
    libxl_domain_build_info *b_info = &config->b_info;
    guint errors;

    reader->memory = BIND_JSON_MEMORY_MAX;
    libxl_domain_config_init(config);
    bind_json_read_record(reader, &row, node, config);
    if (b_info->type == LIBXL_DOMAIN_TYPE_INVALID)
        libxl_domain_build_info_init_type(b_info, config->c_info.type);
    errors = dom_report_count(reader->report, DOM_SEVERITY_ERROR);
    /* each says which of the union's structs is there */
    if (errors == 0 && b_info->type != config->c_info.type)
        bind_json_report(reader, DOM_SEVERITY_ERROR, node,
                         _("c_info.type and the type in b_info differ; make them equal"));
}
