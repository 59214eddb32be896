/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml.h"

#include <string.h>

/* One step of a path: name, [@attr='value'] or [position], or a final @attr. */
typedef struct {
    char *name;
    char *attr;
    char *value;
    guint position; /* from 1 */
} Step;

static void
step_free(gpointer data)
{
    Step *step = data;

    g_free(step->name);
    g_free(step->attr);
    g_free(step->value);
    g_free(step);
}

/* Predicate text between the brackets: @name='tsc' or a number. */
static void
step_set_predicate(Step *step, const char *text, gsize length)
{
    const char *equals = memchr(text, '=', length);

    if (*text != '@' || equals == NULL) {
        step->position = (guint)g_ascii_strtoull(text, NULL, 10);
        return;
    }
    step->attr = g_strndup(text + 1, (gsize)(equals - text) - 1);
    step->value = g_strndup(equals + 2, (gsize)(text + length - equals) - 3);
}

/* Paths are ours, written in tables or made by node_step(): they are of the form. */
static const char *
step_parse(const char *path, Step **ret_step)
{
    Step *step = g_new0(Step, 1);
    gsize length = strcspn(path, "/[");

    step->position = 1;
    step->name = g_strndup(path, length);
    path += length;
    if (*path == '[') {
        const char *end = strchr(path, ']');

        step_set_predicate(step, path + 1, (gsize)(end - path) - 1);
        path = end + 1;
    }
    *ret_step = step;
    return *path == '/' ? path + 1 : path;
}

static GPtrArray *
path_split(const char *path)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);

    while (*path != '\0') {
        Step *step;

        path = step_parse(path, &step);
        g_ptr_array_add(steps, step);
    }
    return steps;
}

static gboolean
node_is(xmlNodePtr node, const char *name)
{
    const char *colon = strchr(name, ':');

    if (node->type != XML_ELEMENT_NODE)
        return FALSE;
    if (colon != NULL) /* prefix:name, as node_step() writes it */
        return node->ns != NULL && g_str_equal((const char *)node->name, colon + 1);
    return g_str_equal((const char *)node->name, name);
}

xmlNodePtr
dom_xml_child(xmlNodePtr parent, const char *name)
{
    for (xmlNodePtr node = parent->children; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && (name == NULL || node_is(node, name)))
            return node;
    }
    return NULL;
}

xmlNodePtr
dom_xml_next(xmlNodePtr node, const char *name)
{
    for (node = node->next; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && (name == NULL || node_is(node, name)))
            return node;
    }
    return NULL;
}

static gboolean
attr_is(xmlNodePtr node, const char *name, const char *value)
{
    xmlChar *text = xmlGetNoNsProp(node, BAD_CAST name);
    gboolean same = text != NULL && g_str_equal((const char *)text, value);

    xmlFree(text);
    return same;
}

static xmlNodePtr
step_find(xmlNodePtr base, const Step *step)
{
    guint position = 0;

    for (xmlNodePtr node = dom_xml_child(base, step->name); node != NULL;
         node = dom_xml_next(node, step->name)) {
        if (step->attr != NULL ? attr_is(node, step->attr, step->value)
                               : ++position == step->position)
            return node;
    }
    return NULL;
}

/* The element that @path names, the last @attr step left alone; @ret_attr: that attribute. */
static xmlNodePtr
path_find(xmlNodePtr base, GPtrArray *steps, xmlAttrPtr *ret_attr)
{
    xmlNodePtr node = base;

    *ret_attr = NULL;
    for (guint i = 0; node != NULL && i < steps->len; i++) {
        const Step *step = g_ptr_array_index(steps, i);

        if (step->name[0] == '@') {
            *ret_attr = xmlHasNsProp(node, BAD_CAST(step->name + 1), NULL);
            return *ret_attr != NULL ? node : NULL;
        }
        node = step_find(node, step);
    }
    return node;
}

xmlNodePtr
dom_xml_find(xmlNodePtr base, const char *path)
{
    g_autoptr(GPtrArray) steps = path_split(path);
    xmlAttrPtr attr;

    return path_find(base, steps, &attr);
}

static char *
content_of(xmlNodePtr node)
{
    xmlChar *content = xmlNodeGetContent(node);
    char *text = g_strdup(content != NULL ? (const char *)content : "");

    xmlFree(content);
    return text;
}

char *
dom_xml_peek(xmlNodePtr base, const char *path)
{
    g_autoptr(GPtrArray) steps = path_split(path);
    xmlAttrPtr attr;
    xmlNodePtr node = path_find(base, steps, &attr);

    if (node == NULL)
        return NULL;
    return content_of(attr != NULL ? (xmlNodePtr)attr : node);
}

void
dom_xml_claim_node(DomXml *xml, xmlNodePtr node)
{
    g_hash_table_add(xml->claims, node);
}

void
dom_xml_claim(DomXml *xml, xmlNodePtr base, const char *path)
{
    g_autoptr(GPtrArray) steps = path_split(path);
    xmlNodePtr node = base;

    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index(steps, i);

        if (step->name[0] == '@') {
            xmlAttrPtr attr = xmlHasNsProp(node, BAD_CAST(step->name + 1), NULL);

            if (attr != NULL)
                g_hash_table_add(xml->claims, attr);
            return;
        }
        node = step_find(node, step);
        if (node == NULL)
            return;
        dom_xml_claim_node(xml, node);
        if (step->attr != NULL)
            g_hash_table_add(xml->claims, xmlHasNsProp(node, BAD_CAST step->attr, NULL));
    }
}

char *
dom_xml_take(DomXml *xml, xmlNodePtr base, const char *path)
{
    char *text = dom_xml_peek(base, path);

    if (text != NULL)
        dom_xml_claim(xml, base, path);
    return text;
}

/*
 * The element that @key means, as far as it is there, and the attribute that its last step names:
 * "disk/target/@dev" of a <disk> is the dev of its <target>; without a <target> it is the <disk>.
 */
static xmlNodePtr
find_place(xmlNodePtr node, const char *key, const char **ret_attr)
{
    const char *attr = strrchr(key, '@');
    g_auto(GStrv) steps = g_strsplit(key, "/", -1);

    for (guint i = 0; steps[i] != NULL; i++) {
        xmlNodePtr child = dom_xml_child(node, steps[i]);

        /* keys of devices begin with the device's own name */
        if (child == NULL && i == 0 && g_str_equal((const char *)node->name, steps[i]))
            continue;
        if (child == NULL)
            break;
        node = child;
    }
    *ret_attr = attr != NULL ? attr + 1 : NULL;
    return node;
}

void
dom_xml_report(DomXml *xml, DomSeverity severity, xmlNodePtr node, const char *key,
               const char *format, ...)
{
    guint line = 0, column = 0;
    g_autofree char *text = NULL;
    const char *attr;
    va_list args;

    node = find_place(node, key, &attr);
    if (xml->places == NULL && xml->source != NULL)
        xml->places = dom_xml_places_new(xml->source, xml->doc);
    if (xml->places != NULL)
        dom_xml_places_find(xml->places, node, attr, &line, &column);
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dom_report_add(xml->report, severity, line, column, key, "%s", text);
}

static xmlNodePtr
step_make(xmlNodePtr base, const Step *step)
{
    xmlNodePtr node = xmlNewChild(base, NULL, BAD_CAST step->name, NULL);

    if (step->attr != NULL)
        xmlNewProp(node, BAD_CAST step->attr, BAD_CAST step->value);
    return node;
}

xmlNodePtr
dom_xml_ensure(xmlNodePtr base, const char *path)
{
    g_autoptr(GPtrArray) steps = path_split(path);
    xmlNodePtr node = base;

    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index(steps, i);
        xmlNodePtr found = step_find(node, step);

        node = found != NULL ? found : step_make(node, step);
    }
    return node;
}

xmlNodePtr
dom_xml_append(xmlNodePtr base, const char *path)
{
    g_autoptr(GPtrArray) steps = path_split(path);
    xmlNodePtr node = base;

    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index(steps, i);
        xmlNodePtr found = i + 1 < steps->len ? step_find(node, step) : NULL;

        node = found != NULL ? found : step_make(node, step);
    }
    return node;
}

/* xmlNodeSetContent wants escaped text; a text node does not. */
static void
set_content(xmlNodePtr node, const char *text)
{
    xmlNodeSetContent(node, NULL);
    if (*text != '\0')
        xmlAddChild(node, xmlNewText(BAD_CAST text));
}

void
dom_xml_set(xmlNodePtr base, const char *path, const char *text)
{
    const char *at = strrchr(path, '@');

    if (text == NULL)
        return;
    if (at != NULL && strchr(at, ']') == NULL) {
        g_autofree char *parent = g_strndup(path, at > path ? (gsize)(at - path) - 1 : 0);

        xmlSetProp(dom_xml_ensure(base, parent), BAD_CAST(at + 1), BAD_CAST text);
        return;
    }
    set_content(dom_xml_ensure(base, path), text);
}

void
dom_xml_set_uint(xmlNodePtr base, const char *path, guint64 value)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

    dom_xml_set(base, path, text);
}
