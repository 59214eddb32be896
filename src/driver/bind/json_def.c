/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From libxl's JSON to models: finds the configurations in a text, reads each, and computes what
 * the model cannot hold by binding it again.
 */
#include "driver/bind/json_read.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A comparison reports at the text it came from, which has other nodes than what libxl writes. */
typedef struct {
    BindJsonReader *reader;
    const BindJsonNode *place; /* the nearest value of the text */
    GPtrArray *lost;           /* of char *; gets what xl.cfg cannot say */
    gsize base;                /* of the guest in the reader's path */
} Comparison;

static gboolean
is_container(const BindJsonNode *node)
{
    return node->type == BIND_JSON_LIST || node->type == BIND_JSON_MAP;
}

/* The item of @node that @like is of its own list or map; NULL for none. */
static const BindJsonNode *
counterpart(const BindJsonNode *node, const BindJsonNode *like, guint index)
{
    if (like->name != NULL)
        return bind_json_member(node, like->name);
    return node->type == BIND_JSON_LIST && index < node->items->len
               ? g_ptr_array_index(node->items, index)
               : NULL;
}

typedef void (*CompareFunc)(const Comparison *at, const BindJsonNode *given,
                            const BindJsonNode *other);

/* Calls @compare for each item of @given, with what @other has in its place, which may be NULL. */
static void
compare_items(const Comparison *at, const BindJsonNode *given, const BindJsonNode *other,
              CompareFunc compare)
{
    for (guint i = 0; i < given->items->len; i++) {
        const BindJsonNode *item = g_ptr_array_index(given->items, i);
        const BindJsonNode *found =
            is_container(at->place) ? counterpart(at->place, item, i) : NULL;
        Comparison inner = { at->reader, found != NULL ? found : at->place, at->lost, at->base };
        gsize length = bind_json_enter(at->reader, item, i);

        compare(&inner, item, counterpart(other, item, i));
        bind_json_leave(at->reader, length);
    }
}

static gboolean
same_value(const BindJsonNode *a, const BindJsonNode *b)
{
    return a->type == b->type && a->on == b->on && g_strcmp0(a->text, b->text) == 0;
}

static void
append_value(GString *text, const BindJsonNode *node)
{
    if (node->name != NULL)
        g_string_append_printf(text, "%s: ", node->name);
    if (node->type == BIND_JSON_BOOL)
        g_string_append(text, node->on ? "true" : "false");
    else if (!is_container(node))
        g_string_append(text, node->text != NULL ? node->text : "null");
    for (guint i = 0; is_container(node) && i < node->items->len; i++) {
        g_string_append(text, i > 0 ? ", " : "");
        append_value(text, g_ptr_array_index(node->items, i));
    }
}

/* "b_info.PLACE: VALUE" */
static void
note_lost(const Comparison *at, const BindJsonNode *given)
{
    const char *path = at->reader->path->str + at->base;
    const char *dot = strrchr(path, '.');
    GString *text = g_string_new_len(path, dot != NULL ? dot + 1 - path : 0);

    if (given->name == NULL)
        g_string_append_printf(text, "%s: ", dot != NULL ? dot + 1 : path);
    append_value(text, given);
    g_ptr_array_add(at->lost, g_string_free(text, FALSE));
}

static void
report_lost(const Comparison *at, const BindJsonNode *given, const BindJsonNode *kept)
{
    if (is_container(given) && kept != NULL && kept->type == given->type) {
        compare_items(at, given, kept, report_lost);
        return;
    }
    if (kept == NULL || !same_value(given, kept))
        note_lost(at, given);
    if (kept == NULL)
        bind_json_report(at->reader, DOM_SEVERITY_WARNING, at->place,
                         _("xl.cfg has no way to say this; it is left out"));
    else if (!same_value(given, kept))
        bind_json_report(at->reader, DOM_SEVERITY_WARNING, at->place,
                         _("xl.cfg has no way to say this; xl would make it %s"),
                         kept->text != NULL ? kept->text : _("something else"));
}

static void
report_added(const Comparison *at, const BindJsonNode *kept, const BindJsonNode *given)
{
    if (given == NULL)
        bind_json_report(at->reader, DOM_SEVERITY_NOTE, at->place,
                         _("not in the JSON; xl will make it %s"),
                         kept->text != NULL ? kept->text : _("what it makes by itself"));
    else if (is_container(kept) && given->type == kept->type)
        compare_items(at, kept, given, report_added);
}

/* The tree of what libxl writes for @config; NULL when it cannot. */
static BindJsonNode *
config_tree(libxl_domain_config *config)
{
    g_autofree char *json = bind_config_to_json(config, NULL);
    guint line, column;

    return json != NULL ? bind_json_parse(json, strlen(json), &line, &column, NULL) : NULL;
}

static void
compare_configs(BindJsonReader *reader, const BindJsonNode *node, libxl_domain_config *given,
                libxl_domain_config *kept, GPtrArray *lost)
{
    g_autoptr(BindJsonNode) given_tree = config_tree(given);
    g_autoptr(BindJsonNode) kept_tree = config_tree(kept);
    gsize length = reader->path->len;
    Comparison at = { reader, node, lost, length > 0 ? length + 1 : 0 };

    if (given_tree == NULL || kept_tree == NULL)
        return;
    report_lost(&at, given_tree, kept_tree);
    report_added(&at, kept_tree, given_tree);
}

/* What becomes of @def must be what @config was. */
static void
check_kept(BindJsonReader *reader, const BindJsonNode *node, libxl_domain_config *config,
           const DomDef *def, GPtrArray *lost)
{
    g_autoptr(GError) error = NULL;
    libxl_domain_config again;

    if (bind_domain_config(def, NULL, &again, &error)) {
        compare_configs(reader, node, config, &again, lost);
        libxl_domain_config_dispose(&again);
    } else {
        bind_json_report(reader, DOM_SEVERITY_WARNING, node, _("xl would not start this guest: %s"),
                         error->message);
    }
}

static void
free_guest(gpointer data)
{
    BindJsonGuest *guest = data;

    dom_def_free(guest->def);
    g_ptr_array_unref(guest->lost);
    g_free(guest);
}

static void
add_guest(GPtrArray *guests, DomDef *def, GPtrArray *lost)
{
    BindJsonGuest *guest = g_new0(BindJsonGuest, 1);

    guest->def = def;
    guest->lost = lost;
    g_ptr_array_add(guests, guest);
}

/* The name of the guest that @node describes is empty, which no domain XML can say. */
static void
report_empty_name(BindJsonReader *reader, const BindJsonNode *node)
{
    const BindJsonNode *info = bind_json_member(node, "c_info");
    const BindJsonNode *name = bind_json_member(info, "name");
    gsize length = bind_json_enter(reader, info, 0);

    bind_json_enter(reader, name, 0);
    bind_json_report(reader, DOM_SEVERITY_ERROR, name,
                     _("the guest's name is empty: expected \"name\": \"NAME\""));
    bind_json_leave(reader, length);
}

/* Adds the guest that @node describes to @guests, unless there are errors. */
static void
read_guest(BindJsonReader *reader, const BindJsonNode *node, GPtrArray *guests)
{
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(g_free);
    guint before = dom_report_count(reader->report, DOM_SEVERITY_ERROR);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = NULL;
    libxl_domain_config config;

    bind_json_read_config(reader, node, &config);
    if (dom_report_count(reader->report, DOM_SEVERITY_ERROR) == before) {
        def = bind_def_from_config(&config, &error);
        if (def == NULL || def->general.name == NULL)
            bind_json_report(reader, DOM_SEVERITY_ERROR, node, "%s",
                             error != NULL ? error->message : _("the guest has no c_info.name"));
        else if (*def->general.name == '\0')
            report_empty_name(reader, node);
        else
            check_kept(reader, node, &config, def, lost);
    }
    if (dom_report_count(reader->report, DOM_SEVERITY_ERROR) == before)
        add_guest(guests, g_steal_pointer(&def), g_steal_pointer(&lost));
    libxl_domain_config_dispose(&config);
}

static gboolean
is_control_domain(const BindJsonNode *entry)
{
    const BindJsonNode *domid = bind_json_member(entry, "domid");

    return domid != NULL && domid->type == BIND_JSON_NUMBER && g_str_equal(domid->text, "0");
}

/* An entry of `xl list -l`; its domid is of the running guest and says nothing of the next one. */
static void
read_entry(BindJsonReader *reader, const BindJsonNode *entry, GPtrArray *guests)
{
    const BindJsonNode *config = bind_json_member(entry, "config");
    gsize length;

    if (config == NULL) {
        read_guest(reader, entry, guests);
        return;
    }
    if (is_control_domain(entry)) {
        bind_json_report(reader, DOM_SEVERITY_NOTE, entry,
                         _("domain 0 is no guest; it is left out"));
        return;
    }
    if (config->type == BIND_JSON_NULL) {
        bind_json_report(reader, DOM_SEVERITY_WARNING, entry,
                         _("libxl keeps no configuration of this guest; it is left out"));
        return;
    }
    length = bind_json_enter(reader, config, 0);
    read_guest(reader, config, guests);
    bind_json_leave(reader, length);
}

static void
read_text(BindJsonReader *reader, const BindJsonNode *root, GPtrArray *guests)
{
    if (root->type != BIND_JSON_LIST) {
        read_entry(reader, root, guests);
        return;
    }
    for (guint i = 0; i < root->items->len; i++) {
        const BindJsonNode *entry = g_ptr_array_index(root->items, i);
        gsize length = bind_json_enter(reader, entry, i);

        read_entry(reader, entry, guests);
        bind_json_leave(reader, length);
    }
}

static BindJsonNode *
parse_text(const char *text, gsize length, DomReport *report)
{
    g_autoptr(GError) error = NULL;
    guint line, column;
    BindJsonNode *root = bind_json_parse(text, length, &line, &column, &error);

    if (root == NULL)
        dom_report_add(report, DOM_SEVERITY_ERROR, line, column, NULL, "%s", error->message);
    return root;
}

GPtrArray *
bind_guests_from_json(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    g_autoptr(GString) path = g_string_new(NULL);
    BindJsonReader reader = { .report = report != NULL ? report : own, .path = path };
    guint before = dom_report_count(reader.report, DOM_SEVERITY_ERROR);
    g_autoptr(GPtrArray) guests = g_ptr_array_new_with_free_func(free_guest);
    g_autoptr(BindJsonNode) root = parse_text(text, length, reader.report);

    if (root != NULL)
        read_text(&reader, root, guests);
    dom_report_sort(reader.report);
    if (dom_report_count(reader.report, DOM_SEVERITY_ERROR) > before) {
        g_autofree char *lines = dom_report_format(reader.report, DOM_SEVERITY_ERROR);

        g_set_error_literal(error, DOM_ERROR, root == NULL ? DOM_ERROR_SYNTAX : DOM_ERROR_INVALID,
                            lines);
        return NULL;
    }
    return g_steal_pointer(&guests);
}

GPtrArray *
bind_defs_from_json(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(GPtrArray) guests = bind_guests_from_json(text, length, report, error);
    GPtrArray *defs;

    if (guests == NULL)
        return NULL;
    defs = g_ptr_array_new_with_free_func((GDestroyNotify)dom_def_free);
    for (guint i = 0; i < guests->len; i++)
        g_ptr_array_add(defs, g_steal_pointer(&((BindJsonGuest *)guests->pdata[i])->def));
    return defs;
}

DomDef *
bind_def_from_json(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(GPtrArray) defs = bind_defs_from_json(text, length, report, error);

    if (defs == NULL)
        return NULL;
    if (defs->len != 1) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("the text describes %u guests; expected one"), defs->len);
        return NULL;
    }
    return g_ptr_array_steal_index(defs, 0);
}
