/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unknown XML: collected after a parse, put back by a format. */
#include "conf/xml.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#include "conf/elements.h"
#include "conf/metadata.h"
#include "conf/xml_bounds.h"
#include "conf/xml_text.h"

typedef struct {
    DomXml *xml;
    xmlNodePtr base;
    DomRest *rest;
} Collector;

static char *
qualified_name(xmlNsPtr ns, const xmlChar *name)
{
    if (ns != NULL && ns->prefix != NULL)
        return g_strdup_printf("%s:%s", (const char *)ns->prefix, (const char *)name);
    return g_strdup((const char *)name);
}

/* A path step; @predicate: what stands behind the name, or "". */
static char *
node_step(const char *path, xmlNodePtr node, const char *predicate)
{
    g_autofree char *name = qualified_name(node->ns, node->name);

    return g_strconcat(path, *path != '\0' ? "/" : "", name, predicate, NULL);
}

/* For messages: @position counts the siblings of that name, from 1. */
static char *
node_place(const char *path, xmlNodePtr node, guint position)
{
    g_autofree char *predicate = position > 1 ? g_strdup_printf("[%u]", position) : g_strdup("");

    return node_step(path, node, predicate);
}

/* Whether an element comes back by what was understood of it, outside the lists of devices. */
static gboolean
is_written(xmlNodePtr node)
{
    return dom_xml_is_claimed(node) && !dom_xml_is_owned(node) && !dom_xml_is_waived(node);
}

/* The children of an element by their kinds. They are not written in the order in which they were
 * read, so twins are told from each other by their type, and by their place only among those that
 * share it. What comes from lists of devices, or is kept whole, is written behind them. */
typedef struct {
    GHashTable *all;   /* name to number of those so far */
    GHashTable *lists; /* the same of those that lists of devices write */
    GHashTable *names; /* the same of those that are written */
    GHashTable *kinds; /* name to number of all that are not kept whole; name and type to number of
                          all that are written */
} Children;

static guint
count_one(GHashTable *counts, char *key)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key)) + 1;

    g_hash_table_insert(counts, key, GUINT_TO_POINTER(number));
    return number;
}

/* "[@type='spicevmc']", or for a timer of the clock "[@name='tsc']" (transfer full); NULL for one
 * that has none, or none that a path can say. */
static char *
type_predicate(xmlNodePtr node)
{
    const char *attr = g_str_equal((const char *)node->name, "timer") ? "@name" : "@type";
    g_autofree char *type = dom_xml_peek(node, attr);

    return type != NULL && dom_xml_is_word(type, "-") ? g_strdup_printf("[%s='%s']", attr, type)
                                                      : NULL;
}

static void
children_init(Children *children, xmlNodePtr parent)
{
    children->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    children->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    children->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    children->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (xmlNodePtr node = dom_xml_child(parent, NULL); node != NULL;
         node = dom_xml_next(node, NULL)) {
        g_autofree char *type = is_written(node) ? type_predicate(node) : NULL;

        if (is_written(node) || dom_xml_is_owned(node))
            count_one(children->kinds, g_strdup((const char *)node->name));
        if (type != NULL)
            count_one(children->kinds, node_step("", node, type));
    }
}

static void
children_clear(Children *children)
{
    g_hash_table_unref(children->all);
    g_hash_table_unref(children->lists);
    g_hash_table_unref(children->names);
    g_hash_table_unref(children->kinds);
}

static gboolean
is_only(const Children *children, const char *kind)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(children->kinds, kind)) == 1;
}

/* A path step that finds @node, the one at @place of its name, again where it is written. */
static char *
written_step(const Children *children, const char *path, xmlNodePtr node, guint place)
{
    g_autofree char *type = strchr(path, '[') == NULL ? type_predicate(node) : NULL;
    g_autofree char *kind = type != NULL ? node_step("", node, type) : NULL;

    if (kind == NULL || dom_xml_is_view(node) || is_only(children, (const char *)node->name) ||
        !is_only(children, kind))
        return node_place(path, node, place);
    return node_step(path, node, type);
}

/* In the name of a namespace libxml2 writes a line break or a tab as it is, and reads a blank. */
static void
settle_namespaces(xmlNodePtr node)
{
    for (xmlNsPtr ns = node->nsDef; ns != NULL; ns = ns->next) {
        if (ns->href != NULL)
            g_strdelimit((char *)ns->href, "\t\n\r", ' ');
    }
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL))
        settle_namespaces(child);
}

char *
dom_xml_element_text(xmlNodePtr node)
{
    xmlDocPtr doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr copy = xmlDocCopyNode(node, doc, 1);
    char *text;

    xmlDocSetRootElement(doc, copy);
    xmlReconciliateNs(doc, copy);
    settle_namespaces(copy);
    text = dom_xml_text(copy, 0);
    xmlFreeDoc(doc);
    return text;
}

/* The place for a message: below a device the path begins at its element. */
static char *
key_of(const Collector *c, const char *path)
{
    const char *base = (const char *)c->base->name;

    if (c->base->parent == (xmlNodePtr)c->base->doc && *path != '\0')
        return g_strdup(path);
    return *path != '\0' ? g_strconcat(base, "/", path, NULL) : g_strdup(base);
}

void
dom_xml_note(DomXml *xml, xmlNodePtr node, const char *key, DomRest *rest, const char *name)
{
    gboolean root = node->parent == (xmlNodePtr)node->doc;
    g_autofree char *path =
        root ? g_strdup(key) : g_strconcat((const char *)node->name, "/", key, NULL);
    guint line, column;

    if (!xml->placed)
        return;
    dom_xml_locate(xml, node, path, &line, &column);
    if (line > 0)
        dom_rest_note(rest, name, line, column);
}

void
dom_xml_keep(DomXml *xml, xmlNodePtr node, const char *key, DomRest *rest, const char *path,
             const char *attr, const char *text)
{
    DomRestItem *item = dom_rest_add(rest, path, attr, text);

    if (xml->placed)
        dom_xml_locate(xml, node, key, &item->line, &item->column);
}

void
dom_xml_keep_none(DomXml *xml, xmlNodePtr node, DomRest *rest, const char *path)
{
    dom_xml_keep(xml, node, (const char *)node->name, rest, path, NULL, DOM_REST_NONE);
}

static void
keep_attr(Collector *c, xmlNodePtr node, xmlAttrPtr attr, const char *path, const char *element)
{
    g_autofree char *name = qualified_name(attr->ns, attr->name);
    g_autofree char *key = g_strdup_printf("%s/@%s", element, name);
    g_autofree char *hint = dom_attribute_hint(node, attr);
    xmlChar *value = xmlNodeGetContent((xmlNodePtr)attr);

    dom_xml_keep(c->xml, node, key, c->rest, path, name, value != NULL ? (const char *)value : "");
    xmlFree(value);
    dom_xml_report(
        c->xml, DOM_SEVERITY_WARNING, node, key,
        _("this attribute is not known here, or not with this value; it is kept as it is%s"), hint);
}

void
dom_xml_keep_attr(DomXml *xml, xmlNodePtr node, const char *attr, const char *path, DomRest *rest)
{
    xmlAttrPtr found = xmlHasProp(node, BAD_CAST attr);
    Collector c = { xml, node, rest };

    if (found == NULL)
        return;
    dom_xml_claim_attr(xml, found);
    keep_attr(&c, node, found, path, path);
}

void
dom_xml_keep_known_attr(DomXml *xml, xmlNodePtr node, const char *attr, const char *path,
                        DomRest *rest)
{
    g_autofree char *place = g_strconcat("@", attr, NULL);
    g_autofree char *key = g_strconcat(path, "/", place, NULL);
    g_autofree char *value = dom_xml_take(xml, node, place);

    if (value != NULL)
        dom_xml_keep(xml, node, key, rest, path, attr, value);
}

static void
collect_attributes(Collector *c, xmlNodePtr node, const char *path)
{
    g_autofree char *element = key_of(c, path);

    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next) {
        if (!dom_xml_is_claimed((xmlNodePtr)attr))
            keep_attr(c, node, attr, path, element);
    }
}

/* Whether there is anything to keep in @node; usually there is not, and no place is to be named. */
static gboolean
holds_unknown(xmlNodePtr node)
{
    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next) {
        if (!dom_xml_is_claimed((xmlNodePtr)attr))
            return TRUE;
    }
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL)) {
        if (!dom_xml_is_claimed(child) || (is_written(child) && holds_unknown(child)))
            return TRUE;
    }
    return FALSE;
}

static void collect_children(Collector *c, xmlNodePtr node, const char *path);

static gboolean
is_said(xmlNodePtr node)
{
    return node != NULL && node->type != XML_ELEMENT_NODE && !xmlIsBlankNode(node);
}

static void
keep_node(Collector *c, xmlNodePtr node, const char *path, guint position)
{
    g_autofree char *text = dom_xml_element_text(node);
    g_autofree char *place = node_place(path, node, position);
    g_autofree char *key = key_of(c, place);
    g_autofree char *hint = dom_element_hint(node);

    /* the first one of the name may be nothing that is written again, nor a text around it */
    c->xml->doubtful |= position > 1 || is_said(node->prev) || is_said(node->next);
    dom_xml_keep(c->xml, node, key, c->rest, path, NULL, text);
    /* what stands in <metadata> is for other programs */
    if (g_str_equal((const char *)node->parent->name, "metadata") || dom_xml_is_known(node))
        return;
    dom_xml_report(c->xml, DOM_SEVERITY_WARNING, node, key,
                   _("this element is not known here; it is kept as it is%s"), hint);
}

/* Among the written ones of its name. Topics write none of those that have views. */
static guint
place_of(const Children *children, xmlNodePtr node)
{
    GHashTable *counts = dom_xml_is_view(node) ? children->lists : children->names;

    return count_one(counts, g_strdup((const char *)node->name));
}

static void
collect_written(Collector *c, const Children *children, xmlNodePtr node, const char *path)
{
    guint place = place_of(children, node);
    g_autofree char *below = NULL;

    if (!holds_unknown(node))
        return;
    below = written_step(children, path, node, place);
    collect_attributes(c, node, below);
    collect_children(c, node, below);
}

static void
collect_children(Collector *c, xmlNodePtr node, const char *path)
{
    Children children;

    children_init(&children, node);
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL)) {
        guint position = count_one(children.all, g_strdup((const char *)child->name));

        if (is_written(child))
            collect_written(c, &children, child, path);
        else if (dom_xml_is_owned(child))
            count_one(children.lists, g_strdup((const char *)child->name));
        else if (!dom_xml_is_claimed(child))
            keep_node(c, child, path, position);
    }
    children_clear(&children);
}

void
dom_xml_collect_rest(DomXml *xml, xmlNodePtr base, DomRest *rest)
{
    Collector c = { xml, base, rest };

    if (!holds_unknown(base))
        return;
    collect_attributes(&c, base, "");
    collect_children(&c, base, "");
}

static xmlDocPtr
read_element(const char *text)
{
    return dom_xml_check_bounds(text, NULL)
               ? xmlReadMemory(text, (int)strlen(text), NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
               : NULL;
}

xmlDocPtr
dom_xml_rest_doc(const DomRestItem *item, const char *path, const char *name)
{
    return dom_rest_is_element(item, path, name) ? read_element(item->text) : NULL;
}

gboolean
dom_xml_add_element(xmlNodePtr parent, const char *text)
{
    xmlDocPtr doc = read_element(text);
    xmlNodePtr root = doc != NULL && doc->intSubset == NULL ? xmlDocGetRootElement(doc) : NULL;

    if (root != NULL) {
        xmlNodePtr copy = xmlDocCopyNode(root, parent->doc, 1);

        xmlAddChild(parent, copy);
        xmlReconciliateNs(parent->doc, copy);
    }
    xmlFreeDoc(doc);
    return root != NULL;
}

static void
take_out(xmlNodePtr node)
{
    if (node == NULL)
        return;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

static void
restore_items(xmlNodePtr base, const DomRest *rest)
{
    g_auto(DomXmlIndex) index = { NULL };

    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);
        xmlNodePtr parent =
            !dom_rest_is_none(item) ? dom_xml_index_ensure(&index, base, item->path) : NULL;

        if (parent == NULL)
            continue;
        if (item->attr == NULL) {
            dom_xml_add_element(parent, item->text);
            continue;
        }
        dom_xml_index_forget_attribute(&index, parent, item->attr);
        xmlSetProp(parent, BAD_CAST item->attr, BAD_CAST item->text);
    }
}

void
dom_xml_restore_rest(xmlNodePtr base, const DomRest *rest)
{
    restore_items(base, rest);
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);

        if (dom_rest_is_none(item))
            take_out(dom_xml_find(base, item->path));
    }
}

static gboolean
is_residual(xmlNodePtr node)
{
    return node->ns != NULL && g_str_equal((const char *)node->ns->href, DOM_METADATA_NS) &&
           g_str_equal((const char *)node->name, "cfg");
}

GPtrArray *
dom_xml_residuals(xmlNodePtr root)
{
    GPtrArray *found = g_ptr_array_new();

    for (xmlNodePtr metadata = dom_xml_child(root, "metadata"); metadata != NULL;
         metadata = dom_xml_next(metadata, "metadata")) {
        for (xmlNodePtr node = dom_xml_child(metadata, NULL); node != NULL;
             node = dom_xml_next(node, NULL)) {
            if (is_residual(node))
                g_ptr_array_add(found, node);
        }
    }
    return found;
}
