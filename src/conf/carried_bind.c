/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "conf/carried_place.h"
#include "conf/xml.h"

/* What tells the kind of an element, which what else it says depends on. */
static const char *const kinds[] = { "@type", "@protocol" };

/* Elements of which what is carried depends on nothing else that they say. */
static const char *const independent[] = { "cpu", "disk", "driver", "type" };

/* The same of pieces: elements that devices of each kind may have. */
static const char *const of_any_kind[] = {
    "alias", "bandwidth", "boot", "link", "teaming", "vlan"
};

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

/* "[@type='qxl']" (transfer full); NULL for an element of no kind. The guest's is os/type. */
static char *
kind_of(const DomCarriedTree *tree, xmlNodePtr node)
{
    const char *name = (const char *)node->name;
    gboolean os = node->parent == tree->root && g_str_equal(name, "os");

    for (guint i = 0; i < (os ? 1 : G_N_ELEMENTS(kinds)); i++) {
        const char *path = os ? "type" : kinds[i];
        g_autofree char *value = dom_xml_peek(node, path);

        if (value != NULL && strpbrk(value, "']\n") == NULL && strstr(value, ": ") == NULL)
            return g_strdup_printf("[%s='%s']", path, value);
    }
    return NULL;
}

/* Appends what has to hold of @node for the piece to go there. @needed: whether it has to be there
 * at least. */
static void
append_condition(GString *bound, const DomCarriedTree *tree, xmlNodePtr node, gboolean needed)
{
    g_autofree char *kind = NULL;

    if (is_among(independent, G_N_ELEMENTS(independent), (const char *)node->name))
        return;
    kind = kind_of(tree, node);
    if (kind != NULL)
        g_string_append(bound, kind);
    else if (needed)
        g_string_append(bound, "[1]");
}

/* The device that @place begins with, of the kind that it is; *@node is it. One that is found by
 * its kind needs no more. */
static GString *
bind_device(DomCarriedTree *tree, const char *place, gsize length, xmlNodePtr *node)
{
    g_autofree char *device = g_strndup(place, length);
    GString *bound = g_string_new(device);

    *node = length > 0 ? dom_carried_find(tree, device) : tree->root;
    if (length > 0 && *node != NULL && g_str_has_prefix(place, "devices/") &&
        strstr(device, "[@") == NULL &&
        !is_among(of_any_kind, G_N_ELEMENTS(of_any_kind), place + length + 1))
        append_condition(bound, tree, *node, FALSE);
    return bound;
}

static gsize
step_length(const char *path)
{
    gsize length = strcspn(path, "/[");

    return path[length] == '[' ? (gsize)(strchr(path, ']') - path) + 1 : length;
}

/* (transfer full) */
static char *
bind_place(DomCarriedTree *tree, const char *place)
{
    const char *last = dom_carried_last_step(place);
    g_autofree char *above = g_strndup(place, last > place ? (gsize)(last - place) - 1 : 0);
    gsize length = dom_carried_exact_length(above);
    const char *at = above + length;
    xmlNodePtr node;
    GString *bound = bind_device(tree, place, length, &node);

    while (node != NULL && *at != '\0') {
        const char *step = *at == '/' ? at + 1 : at;
        gsize size = step_length(step);
        g_autofree char *text = g_strndup(step, size);

        node = dom_xml_index_find(&tree->index, node, text);
        at = step + size;
        g_string_append_printf(bound, "%s%s", bound->len > 0 ? "/" : "", text);
        if (node != NULL)
            append_condition(bound, tree, node, *at == '\0' && *last == '@');
    }
    g_string_append_printf(bound, "%s%s%s", at, bound->len > 0 ? "/" : "", last);
    return g_string_free(bound, FALSE);
}

/* The devices whose kind itself is carried, and comes back after theirs (transfer container). */
static GHashTable *
unsettled_devices(GPtrArray *items)
{
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < items->len; i++) {
        const char *place = ((const DomCarried *)items->pdata[i])->place;

        if (g_str_has_suffix(place, "/@type"))
            g_hash_table_add(found, g_strndup(place, dom_carried_exact_length(place)));
    }
    return found;
}

static void
bind_all(DomCarriedTree *tree, GPtrArray *items)
{
    g_autoptr(GHashTable) unsettled = unsettled_devices(items);

    for (guint i = 0; i < items->len; i++) {
        DomCarried *item = items->pdata[i];
        g_autofree char *device = g_strndup(item->place, dom_carried_exact_length(item->place));
        char *bound;

        if (g_hash_table_contains(unsettled, device))
            continue;
        bound = bind_place(tree, item->place);
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
