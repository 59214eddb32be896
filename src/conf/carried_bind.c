/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "conf/carried_place.h"
#include "conf/xml.h"

/* What tells the kind of an element, which what else it says depends on. */
static const char *const kinds[] = { "@type", "@protocol", "@bridge", "@offset", "@name" };

/* Elements of which what is carried depends on nothing else that they say. */
static const char *const independent[] = { "cpu", "driver", "type" };

/* The same of pieces: elements that may be in one of any kind. */
static const char *const of_any_kind[] = { "address",   "alias",   "backingStore", "bandwidth",
                                           "boot",      "driver",  "iotune",       "link",
                                           "product",   "serial",  "shareable",    "target",
                                           "transient", "teaming", "timer",        "vendor",
                                           "vlan",      "wwn" };

static gboolean
is_among(const char *const *names, gsize n, const char *name)
{
    for (gsize i = 0; i < n; i++) {
        if (strncmp(name, names[i], strlen(names[i])) == 0 &&
            strchr("/", name[strlen(names[i])]) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* "[@type='qxl']" (transfer full); NULL when @node does not say @path. */
static char *
condition(xmlNodePtr node, const char *path)
{
    g_autofree char *value = dom_xml_peek(node, path);

    if (value == NULL || strpbrk(value, "']\n") != NULL || strstr(value, ": ") != NULL)
        return NULL;
    return g_strdup_printf("[%s='%s']", path, value);
}

/* NULL for an element of no kind. The guest's is os/type. */
static char *
kind_of(const DomCarriedTree *tree, xmlNodePtr node)
{
    char *kind = NULL;

    if (node->parent == tree->root && g_str_equal((const char *)node->name, "os"))
        return condition(node, "type");
    for (guint i = 0; kind == NULL && i < G_N_ELEMENTS(kinds); i++)
        kind = condition(node, kinds[i]);
    return kind;
}

/* Appends what has to hold of @node, which @bound ends with, for @piece to go there: the next step
 * behind it. @needed: whether it has to be there at least. */
static void
append_condition(GString *bound, const DomCarriedTree *tree, xmlNodePtr node, const char *piece,
                 gboolean needed)
{
    gboolean numbered = g_str_has_suffix(bound->str, "]");
    g_autofree char *kind = NULL;

    if (is_among(independent, G_N_ELEMENTS(independent), (const char *)node->name))
        return;
    kind = is_among(of_any_kind, G_N_ELEMENTS(of_any_kind), piece) ? NULL : kind_of(tree, node);
    if (!numbered && (kind != NULL || needed))
        g_string_append(bound, "[1]");
    if (kind != NULL)
        g_string_append(bound, kind);
}

/* Appends the kind of a device. One that is found by an attribute has another one below its type;
 * one that is found by its number may be any other one later. */
static void
append_kind(GString *bound, const DomCarriedTree *tree, xmlNodePtr node, const char *piece)
{
    gboolean named = strchr(bound->str, '=') != NULL;
    g_autofree char *model = NULL;

    if (strstr(bound->str, "[@") == NULL) {
        append_condition(bound, tree, node, named ? piece : "", FALSE);
    } else {
        model = condition(node, "@model");
        g_string_append(bound, model != NULL ? model : "");
    }
}

/* The device that @place begins with, of the kind that it is; *@node is it. */
static GString *
bind_device(DomCarriedTree *tree, const char *place, gsize length, xmlNodePtr *node)
{
    g_autofree char *device = g_strndup(place, length);
    GString *bound = g_string_new(device);
    const char *steps;

    *node = dom_carried_resolve(tree, device, &steps);
    if (length > 0 && *node != NULL && g_str_has_prefix(place, "devices/"))
        append_kind(bound, tree, *node, place + length + 1);
    return bound;
}

/* Whether the piece @last would not stand alone in @node: elements in those at the top do. */
static gboolean
is_part(const DomCarriedTree *tree, xmlNodePtr node, const char *last)
{
    return *last == '@' || node->parent != tree->root;
}

/* Appends the last step. An element (@element) that has others of its name before it says so. */
static void
append_last(GString *bound, xmlNodePtr node, const char *last, gboolean element)
{
    guint before = 0;

    g_string_append_printf(bound, "%s%s", bound->len > 0 ? "/" : "", last);
    if (node == NULL || !element || strchr(last, '[') != NULL ||
        strcmp((const char *)node->name, "devices") == 0 || dom_carried_may_be_several(last))
        return;
    for (xmlNodePtr child = dom_xml_child(node, last); child != NULL;
         child = dom_xml_next(child, last))
        before++;
    if (before > 0)
        g_string_append_printf(bound, "[%u]", before + 1);
}

/* (transfer full) */
static char *
bind_place(DomCarriedTree *tree, const DomCarried *item)
{
    const char *place = item->place;
    const char *last = dom_carried_last_step(place);
    g_autofree char *above = g_strndup(place, last > place ? (gsize)(last - place) - 1 : 0);
    gsize length = dom_carried_exact_length(above);
    const char *at = above + length;
    xmlNodePtr node;
    GString *bound = bind_device(tree, place, length, &node);

    while (node != NULL && *at != '\0') {
        const char *step = *at == '/' ? at + 1 : at;
        gsize size = dom_carried_step_length(step);
        g_autofree char *text = g_strndup(step, size);

        node = dom_xml_index_find(&tree->index, node, text);
        at = step + size;
        g_string_append_printf(bound, "%s%s", bound->len > 0 ? "/" : "", text);
        if (node != NULL)
            append_condition(bound, tree, node, *at == '\0' ? last : at + 1,
                             *at == '\0' && is_part(tree, node, last));
    }
    g_string_append(bound, at);
    append_last(bound, node, last, dom_carried_is_element(item));
    return g_string_free(bound, FALSE);
}

static void
bind_all(DomCarriedTree *tree, GPtrArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        DomCarried *item = items->pdata[i];
        char *bound = bind_place(tree, item);

        g_free(item->place);
        item->place = bound;
    }
}

void
dom_carried_bind(GPtrArray *items, const DomDef *def, const DomDefOps *ops)
{
    g_autofree char *text = items->len > 0 ? dom_carried_base(def, ops, NULL) : NULL;
    xmlDocPtr doc =
        text != NULL ? xmlReadMemory(text, (int)strlen(text), NULL, NULL, DOM_CARRIED_READ) : NULL;
    DomCarriedTree tree;

    if (doc == NULL)
        return;
    dom_carried_tree_init(&tree, xmlDocGetRootElement(doc));
    bind_all(&tree, items);
    dom_carried_tree_clear(&tree);
    xmlFreeDoc(doc);
}
