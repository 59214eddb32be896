/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unknown XML: collected after a parse, put back by a format. */
#include "conf/xml.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

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

/* A path step that finds @node again: @position counts its siblings of that name, from 1. */
static char *
node_step(const char *path, xmlNodePtr node, guint position)
{
    const char *slash = *path != '\0' ? "/" : "";
    g_autofree char *name = qualified_name(node->ns, node->name);

    if (position == 1)
        return g_strdup_printf("%s%s%s", path, slash, name);
    return g_strdup_printf("%s%s%s[%u]", path, slash, name, position);
}

static char *
node_text(xmlNodePtr node)
{
    xmlDocPtr doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr copy = xmlDocCopyNode(node, doc, 1);
    char *text;

    xmlDocSetRootElement(doc, copy);
    xmlReconciliateNs(doc, copy);
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

static void
collect_attributes(Collector *c, xmlNodePtr node, const char *path)
{
    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next) {
        g_autofree char *name = qualified_name(attr->ns, attr->name);
        g_autofree char *element = key_of(c, path);
        g_autofree char *key = g_strdup_printf("%s/@%s", element, name);
        xmlChar *value;

        if (dom_xml_is_claimed((xmlNodePtr)attr))
            continue;
        value = xmlNodeGetContent((xmlNodePtr)attr);
        dom_rest_add(c->rest, path, name, value != NULL ? (const char *)value : "");
        xmlFree(value);
        dom_xml_report(
            c->xml, DOM_SEVERITY_WARNING, node, key,
            _("this attribute is not known here, or not with this value; it is kept as it "
              "is"));
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
        if (!dom_xml_is_owned(child) && (!dom_xml_is_claimed(child) || holds_unknown(child)))
            return TRUE;
    }
    return FALSE;
}

static void collect_children(Collector *c, xmlNodePtr node, const char *path);

static void
keep_node(Collector *c, xmlNodePtr node, const char *path, guint position)
{
    g_autofree char *text = node_text(node);
    g_autofree char *place = node_step(path, node, position);
    g_autofree char *key = key_of(c, place);

    dom_rest_add(c->rest, path, NULL, text);
    /* what stands in <metadata> is for other programs */
    if (g_str_equal((const char *)node->parent->name, "metadata"))
        return;
    dom_xml_report(c->xml, DOM_SEVERITY_WARNING, node, key,
                   _("this element is not known here; it is kept as it is"));
}

static void
collect_node(Collector *c, xmlNodePtr node, const char *path, guint position)
{
    if (dom_xml_is_owned(node) || (dom_xml_is_claimed(node) && !holds_unknown(node)))
        return;
    if (dom_xml_is_claimed(node)) {
        g_autofree char *below = node_step(path, node, position);

        collect_attributes(c, node, below);
        collect_children(c, node, below);
        return;
    }
    keep_node(c, node, path, position);
}

static void
collect_children(Collector *c, xmlNodePtr node, const char *path)
{
    g_autoptr(GHashTable) positions = g_hash_table_new(g_str_hash, g_str_equal);

    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL)) {
        guint position =
            GPOINTER_TO_UINT(g_hash_table_lookup(positions, (const char *)child->name)) + 1;

        g_hash_table_insert(positions, (gpointer)child->name, GUINT_TO_POINTER(position));
        collect_node(c, child, path, position);
    }
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

gboolean
dom_xml_add_element(xmlNodePtr parent, const char *text)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc != NULL && doc->intSubset == NULL ? xmlDocGetRootElement(doc) : NULL;

    if (root != NULL) {
        xmlNodePtr copy = xmlDocCopyNode(root, parent->doc, 1);

        xmlAddChild(parent, copy);
        xmlReconciliateNs(parent->doc, copy);
    }
    xmlFreeDoc(doc);
    return root != NULL;
}

void
dom_xml_restore_rest(xmlNodePtr base, const DomRest *rest)
{
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);
        xmlNodePtr parent = dom_xml_ensure(base, item->path);

        if (item->attr != NULL)
            xmlSetProp(parent, BAD_CAST item->attr, BAD_CAST item->text);
        else
            dom_xml_add_element(parent, item->text);
    }
}
