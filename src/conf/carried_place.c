/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/carried_place.h"

#include <string.h>

#include "conf/xml.h"

#define DEVICES  "devices/"
#define LETTER   "A-Za-z_\\x{80}-\\x{10ffff}"
#define NAME     "[:" LETTER "][0-9.:" LETTER "-]*"
#define POSITION "\\[[1-9][0-9]{0,8}\\]"
#define VALUE    "='[^'\\]]*'\\]"
#define NAMING   "\\[(?:" NAME "/)*@?" NAME VALUE
#define STEP     NAME "(?:(?:" POSITION "|\\[@" NAME VALUE ")(?:" NAMING ")?)?"
#define NAMED    "(?:" NAME "/)*" NAME NAMING "(?:" NAMING ")?"
#define PLACE    "^(?:" NAMED "(?:/|$))?(?:(?:" STEP "/)*(?:" STEP "|@" NAME "))?$"
#define KIND     "(?<=\\])" NAMING

void
dom_carried_tree_init(DomCarriedTree *tree, xmlNodePtr root)
{
    GDestroyNotify unref = (GDestroyNotify)g_hash_table_unref;

    *tree = (DomCarriedTree){ .root = root };
    tree->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref);
    tree->texts = g_hash_table_new_full(NULL, NULL, NULL, unref);
}

void
dom_carried_tree_clear(DomCarriedTree *tree)
{
    g_hash_table_unref(tree->named);
    g_hash_table_unref(tree->texts);
    dom_xml_index_clear(&tree->index);
}

/* Each kind of name takes a look at all elements; a conversion writes fewer kinds. */
#define MAX_KINDS 64

/* The elements of @path by what stands at @name in each; of twins the first. */
static GHashTable *
index_elements(xmlNodePtr root, const char *path, const char *name)
{
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *slash = strrchr(path, '/');
    g_autofree char *above = g_strndup(path, slash != NULL ? (gsize)(slash - path) : 0);
    const char *last = slash != NULL ? slash + 1 : path;
    xmlNodePtr parent = dom_xml_find(root, above);

    for (xmlNodePtr node = parent != NULL ? dom_xml_child(parent, last) : NULL; node != NULL;
         node = dom_xml_next(node, last)) {
        g_autofree char *value = dom_xml_peek(node, name);

        if (value != NULL && !g_hash_table_contains(found, value))
            g_hash_table_insert(found, g_steal_pointer(&value), node);
    }
    return found;
}

xmlNodePtr
dom_carried_named(DomCarriedTree *tree, const char *path, const char *name, const char *value)
{
    g_autofree char *kind = g_strconcat(path, "[", name, NULL);
    GHashTable *found = g_hash_table_lookup(tree->named, kind);

    if (found == NULL && g_hash_table_size(tree->named) >= MAX_KINDS)
        return NULL;
    if (found == NULL) {
        found = index_elements(tree->root, path, name);
        g_hash_table_insert(tree->named, g_steal_pointer(&kind), found);
    }
    return g_hash_table_lookup(found, value);
}

/* Where brackets with a name begin *@path, their element; goes behind them. */
static xmlNodePtr
take_named(DomCarriedTree *tree, const char *bracket, const char **path)
{
    const char *equals = strchr(bracket, '=');
    const char *end = strchr(equals, ']');
    g_autofree char *elements = g_strndup(*path, (gsize)(bracket - *path));
    g_autofree char *name = g_strndup(bracket + 1, (gsize)(equals - bracket) - 1);
    g_autofree char *value = g_strndup(equals + 2, (gsize)(end - equals) - 3);

    *path = end + 1;
    return dom_carried_named(tree, elements, name, value);
}

gsize
dom_carried_step_length(const char *path)
{
    gsize length = strcspn(path, "/[");

    return path[length] == '[' ? (gsize)(strchr(path, ']') - path) + 1 : length;
}

/* The child of @node that the first step of *@path names; goes behind it. */
static xmlNodePtr
take_step(DomCarriedTree *tree, xmlNodePtr node, const char **path)
{
    gsize length = dom_carried_step_length(*path);
    g_autofree char *step = g_strndup(*path, length);

    *path += length;
    return dom_xml_index_find(&tree->index, node, step);
}

/* @node (NULL is fine) if it is of the kind "[@attr='value']" that *@path may begin with; goes
 * behind it, and a slash. */
static xmlNodePtr
take_kind(xmlNodePtr node, const char **path)
{
    const char *equals = strchr(*path, '='), *end = strchr(*path, ']');
    g_autofree char *name = NULL, *value = NULL;

    if (**path == '[') {
        name = g_strndup(*path + 1, (gsize)(equals - *path) - 1);
        value = g_strndup(equals + 2, (gsize)(end - equals) - 3);
        *path = end + 1;
    }
    *path += **path == '/' ? 1 : 0;
    return node != NULL && (name == NULL || dom_xml_is(node, name, value)) ? node : NULL;
}

gsize
dom_carried_exact_length(const char *path)
{
    const char *bracket = strrchr(path, ']');

    if (bracket != NULL)
        return (gsize)(bracket - path) + 1;
    if (!g_str_has_prefix(path, DEVICES))
        return 0;
    return strlen(DEVICES) + strcspn(path + strlen(DEVICES), "/");
}

xmlNodePtr
dom_carried_resolve(DomCarriedTree *tree, const char *path, const char **ret_steps)
{
    const char *exact = path + dom_carried_exact_length(path);
    const char *bracket = strchr(path, '[');
    xmlNodePtr node = tree->root;

    if (bracket != NULL && !g_ascii_isdigit(bracket[1]))
        node = take_kind(take_named(tree, bracket, &path), &path);
    while (node != NULL && path < exact)
        node = take_kind(take_step(tree, node, &path), &path);
    *ret_steps = path;
    return node;
}

char *
dom_carried_unbound(const char *place)
{
    return g_regex_replace(DOM_XML_REGEX(KIND), place, -1, 0, "", 0, NULL);
}

const char *
dom_carried_last_step(const char *place)
{
    const char *last = place;

    for (const char *at = place; *at != '\0'; at++) {
        if (*at == '[')
            at = strchr(at, ']');
        else if (*at == '/')
            last = at + 1;
    }
    return last;
}

/* Of these an element has several, or one of ours makes way for one that came. */
static const char *const several[] = { "entry",   "feature",     "host",    "listen",
                                       "memnode", "seclabel",    "sysinfo", "timer",
                                       "vcpupin", "virtualport", NULL };

gboolean
dom_carried_may_be_several(const char *name)
{
    return g_strv_contains(several, name);
}

gboolean
dom_carried_is_none(const DomCarried *item)
{
    return g_str_equal(item->text, DOM_REST_NONE) && *dom_carried_last_step(item->place) != '@';
}

gboolean
dom_carried_is_element(const DomCarried *item)
{
    return *item->text == '<' && !dom_carried_is_none(item) &&
           *dom_carried_last_step(item->place) != '@';
}

gboolean
dom_carried_is_place(const char *text)
{
    return g_regex_match(DOM_XML_REGEX(PLACE), text, 0, NULL);
}
