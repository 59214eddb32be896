/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/carried.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#include "conf/xml.h"
#include "conf/xml_bounds.h"

#define LETTER   "A-Za-z_\\x{80}-\\x{10ffff}"
#define NAME     "[:" LETTER "][0-9.:" LETTER "-]*"
#define STEP     NAME "(?:\\[[1-9][0-9]{0,8}\\])?"
#define NAMED    "(?:" NAME "/)*" NAME "\\[(?:" NAME "/)*@?" NAME "='[^'\\]]*'\\]"
#define PLACE    "^(?:" NAMED "(?:/|$))?(?:(?:" STEP "/)*(?:" STEP "|@" NAME "))?$"
#define READ_XML (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
/* Without the indentation. */
#define READ_BARE (READ_XML | XML_PARSE_NOBLANKS)

DomCarried *
dom_carried_new(const char *place, const char *text)
{
    DomCarried *carried = g_new0(DomCarried, 1);

    carried->place = g_strdup(place);
    carried->text = g_strdup(text);
    return carried;
}

void
dom_carried_free(DomCarried *carried)
{
    if (carried == NULL)
        return;
    g_free(carried->place);
    g_free(carried->text);
    g_free(carried);
}

char *
dom_carried_escape(const char *text)
{
    GString *escaped = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text == '&')
            g_string_append(escaped, "&amp;");
        else if (*text == '<')
            g_string_append(escaped, "&lt;");
        else if (*text == '\r')
            g_string_append(escaped, "&#13;");
        else if (*text == '>' && g_str_has_suffix(escaped->str, "]]"))
            g_string_append(escaped, "&gt;");
        else
            g_string_append_c(escaped, *text);
    }
    return g_string_free(escaped, FALSE);
}

/* What the content @text means (transfer full), or NULL when it is none. */
static char *
unescape(const char *text)
{
    g_autofree char *whole = g_strconcat("<text>", text, "</text>", NULL);
    xmlDocPtr doc = dom_xml_check_bounds(whole, NULL)
                        ? xmlReadMemory(whole, (int)strlen(whole), NULL, NULL, READ_XML)
                        : NULL;
    xmlNodePtr root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    char *plain = root != NULL && dom_xml_child(root, NULL) == NULL ? dom_xml_peek(root, "") : NULL;

    xmlFreeDoc(doc);
    return plain;
}

/* A tree, with its elements by what they are told from each other. */
typedef struct {
    xmlNodePtr root;
    GHashTable *named; /* "devices/disk[target/@dev" to a table: "xvda" to its element */
    GHashTable *texts; /* an element to a table: the texts of its children */
    DomXmlIndex index;
} Tree;

static void
tree_init(Tree *tree, xmlNodePtr root)
{
    GDestroyNotify unref = (GDestroyNotify)g_hash_table_unref;

    *tree = (Tree){ .root = root };
    tree->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref);
    tree->texts = g_hash_table_new_full(NULL, NULL, NULL, unref);
}

static void
tree_clear(Tree *tree)
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

/* The element of "devices/disk[target/@dev='xvda']", cut at its bracket, equals sign and end. */
static xmlNodePtr
element_named(Tree *tree, const char *path, const char *name, const char *value)
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

/* Where brackets with a name begin the place, their element, and *@path behind it. */
static xmlNodePtr
base_of(Tree *tree, const char **path)
{
    const char *equals = strchr(*path, '=');
    const char *end = equals != NULL ? strchr(equals, ']') : NULL;
    const char *bracket = strchr(*path, '[');
    g_autofree char *elements = NULL, *name = NULL, *value = NULL;

    if (equals == NULL)
        return tree->root;
    elements = g_strndup(*path, (gsize)(bracket - *path));
    name = g_strndup(bracket + 1, (gsize)(equals - bracket) - 1);
    value = g_strndup(equals + 2, (gsize)(end - equals) - 3);
    *path = end[1] == '/' ? end + 2 : end + 1;
    return element_named(tree, elements, name, value);
}

#define DEVICES "devices/"

/* How much of @path has to be there: as far as brackets reach, and a device. */
static gsize
exact_length(const char *path)
{
    const char *bracket = strrchr(path, ']');

    if (bracket != NULL)
        return (gsize)(bracket - path) + 1;
    if (!g_str_has_prefix(path, DEVICES))
        return 0;
    return strlen(DEVICES) + strcspn(path + strlen(DEVICES), "/");
}

/* The element at @path. Steps behind what has to be there are made. */
static xmlNodePtr
element_at(Tree *tree, const char *path)
{
    xmlNodePtr base = base_of(tree, &path);
    gsize length = exact_length(path);
    g_autofree char *exact = length > 0 ? g_strndup(path, length) : NULL;

    if (base != NULL && exact != NULL && dom_xml_index_find(&tree->index, base, exact) == NULL)
        return NULL;
    return base != NULL ? dom_xml_index_ensure(&tree->index, base, path) : NULL;
}

/* Where the last step of @place begins; brackets may hold slashes. */
static const char *
last_step(const char *place)
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

static gboolean
set_content(Tree *tree, xmlNodePtr node, const char *attr, const char *text)
{
    g_autofree char *plain = unescape(text);

    if (*attr == '\0')
        dom_xml_index_forget_content(&tree->index, node);
    dom_xml_set(node, attr, plain);
    return plain != NULL;
}

/* What kind of piece an item is, and the element that has it or is to have it. */
typedef struct {
    xmlNodePtr node;
    const char *attr; /* "@name"; "" for the element's text */
    gboolean child;
} Target;

static Target
target_of(Tree *tree, const DomCarried *item)
{
    const char *last = last_step(item->place);
    gboolean attr = *last == '@';
    gboolean child = *item->text == '<' && !attr;
    g_autofree char *above =
        g_strndup(item->place, last > item->place ? (gsize)(last - item->place) - 1 : 0);

    return (Target){ element_at(tree, child || attr ? above : item->place), attr ? last : "",
                     child };
}

/* An element's place ends in its name. */
static gboolean
names_element(const DomCarried *item)
{
    const char *last = last_step(item->place), *name = item->text + 1;
    gsize length = strcspn(last, "[");

    return length == strcspn(name, " \t\r\n/>") && strncmp(last, name, length) == 0;
}

static gboolean
put(Tree *tree, const DomCarried *item)
{
    const Target target = target_of(tree, item);

    if (target.node == NULL || (target.child && !names_element(item)) ||
        (*target.attr != '\0' && dom_xml_is_full(target.node)))
        return FALSE;
    return target.child ? dom_xml_add_element(target.node, item->text)
                        : set_content(tree, target.node, target.attr, item->text);
}

static gboolean
put_all(Tree *tree, GPtrArray *items, GError **error)
{
    for (guint i = 0; i < items->len; i++) {
        const DomCarried *item = items->pdata[i];

        if (!g_regex_match(DOM_XML_REGEX(PLACE), item->place, 0, NULL) || !put(tree, item)) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("%s: there is no such place, or this is no XML for it"), item->place);
            return FALSE;
        }
    }
    return TRUE;
}

/* What elements for residual xl.cfg text @doc has, as text (transfer full). */
static char *
residuals_of(xmlDocPtr doc)
{
    xmlNodePtr root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    g_autoptr(GPtrArray) found = root != NULL ? dom_xml_residuals(root) : NULL;
    GString *text = g_string_new(NULL);

    for (guint i = 0; found != NULL && i < found->len; i++) {
        g_autofree char *element = dom_xml_element_text(found->pdata[i]);

        g_string_append(text, element);
    }
    return g_string_free(text, FALSE);
}

/* Those elements are keys and no unknown XML: none may come, go or change. It is the written text
 * that tells, since a name or an attribute may become a namespace in it. */
static gboolean
check_residuals(const char *text, const char *before, GError **error)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, READ_XML);
    g_autofree char *after = residuals_of(doc);
    gboolean same = doc != NULL && g_str_equal(before, after);

    xmlFreeDoc(doc);
    if (!same)
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("%s: there is no such place, or this is no XML for it"), "metadata/xl:cfg");
    return same;
}

static char *
put_in_text(const char *text, GPtrArray *items, GError **error)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, READ_XML);
    Tree tree;
    g_autofree char *before = residuals_of(doc);
    xmlChar *whole = NULL;
    char *result = NULL;
    int length;

    tree_init(&tree, xmlDocGetRootElement(doc));
    if (put_all(&tree, items, error)) {
        xmlDocDumpMemory(doc, &whole, &length);
        if (check_residuals((const char *)whole, before, error))
            result = g_strdup((const char *)whole);
        xmlFree(whole);
    }
    tree_clear(&tree);
    xmlFreeDoc(doc);
    return result;
}

char *
dom_carried_base(const DomDef *def, const DomDefOps *ops, GError **error)
{
    return dom_def_format_xml(def, DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE | DOM_FORMAT_ODD, ops,
                              error);
}

/* @text as it would be written. */
static char *
normal_text(const char *text)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, READ_BARE);
    xmlNodePtr root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    char *normal = root != NULL ? dom_xml_element_text(root) : NULL;

    xmlFreeDoc(doc);
    return normal;
}

static gboolean
has_child(Tree *tree, xmlNodePtr node, const char *text)
{
    g_autofree char *wanted = normal_text(text);
    GHashTable *texts = g_hash_table_lookup(tree->texts, node);

    if (texts == NULL) {
        texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(tree->texts, node, texts);
        for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
             child = dom_xml_next(child, NULL))
            g_hash_table_add(texts, dom_xml_element_text(child));
    }
    return wanted != NULL && g_hash_table_contains(texts, wanted);
}

static gboolean
is_in_place(Tree *tree, const DomCarried *item)
{
    const Target target = target_of(tree, item);
    g_autofree char *plain = target.child ? NULL : unescape(item->text);

    if (target.node == NULL)
        return FALSE;
    return target.child ? has_child(tree, target.node, item->text)
                        : dom_xml_is(target.node, target.attr, plain);
}

/* "@index=3" or "<serial>A</serial>" of each piece of unknown XML. */
static GHashTable *
rests_of(DomDef *def)
{
    g_autoptr(GPtrArray) rests = dom_def_rests(def);
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < rests->len; i++) {
        const GPtrArray *items = ((const DomRest *)rests->pdata[i])->items;

        for (guint j = 0; items != NULL && j < items->len; j++) {
            const DomRestItem *item = items->pdata[j];

            g_hash_table_add(found, item->attr != NULL
                                        ? g_strconcat("@", item->attr, "=", item->text, NULL)
                                        : g_strdup(item->text));
        }
    }
    return found;
}

static gboolean
is_rest(GHashTable *rests, const DomCarried *item)
{
    const char *last = last_step(item->place);
    g_autofree char *plain = *last == '@' ? unescape(item->text) : NULL;
    g_autofree char *said = plain != NULL ? g_strconcat(last, "=", plain, NULL) : NULL;

    return g_hash_table_contains(rests, said != NULL ? said : item->text);
}

/* The first of @items that is neither unknown to the model nor where it was put: an attribute may
 * be the very name by which others find its element. */
static const DomCarried *
find_missing(GPtrArray *items, DomDef *def, xmlNodePtr root)
{
    g_autoptr(GHashTable) rests = rests_of(def);
    const DomCarried *missing = NULL;
    Tree tree;

    tree_init(&tree, root);
    for (guint i = 0; i < items->len && missing == NULL; i++) {
        if (!is_rest(rests, items->pdata[i]) && !is_in_place(&tree, items->pdata[i]))
            missing = items->pdata[i];
    }
    tree_clear(&tree);
    return missing;
}

/* What residual text says, too, can be put where it would be, and is not kept. */
static gboolean
check_kept(GPtrArray *items, DomDef *def, const DomDefOps *ops, GError **error)
{
    g_autofree char *text = dom_carried_base(def, ops, error);
    xmlDocPtr doc =
        text != NULL ? xmlReadMemory(text, (int)strlen(text), NULL, NULL, READ_BARE) : NULL;
    const DomCarried *missing;

    if (doc == NULL)
        return FALSE;
    missing = find_missing(items, def, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    if (missing != NULL)
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("%s: there is no such place, or this is no XML for it"), missing->place);
    return missing == NULL;
}

DomDef *
dom_carried_put(const char *base, GPtrArray *items, const DomDefOps *ops, GError **error)
{
    g_autofree char *text = put_in_text(base, items, error);
    g_autoptr(DomDef) def = text != NULL ? dom_def_parse_xml(text, ops, NULL, error) : NULL;

    return def != NULL && check_kept(items, def, ops, error) ? g_steal_pointer(&def) : NULL;
}
