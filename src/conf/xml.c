/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml.h"

#include <string.h>

/* A piece of a path, not copied. */
typedef struct {
    const char *text;
    gsize length;
} Slice;

/* One step of a path: name, [@attr='value'] or [position], or a final @attr. */
typedef struct {
    Slice name;
    guint prefix;   /* bytes of @name up to and with its colon, or 0 */
    guint position; /* from 1 */
    Slice attr;     /* text NULL: none */
    Slice value;
} Step;

/* Names are short, and most differ in their first byte. */
static gboolean
slice_is(Slice slice, const xmlChar *text)
{
    for (gsize i = 0; i < slice.length; i++) {
        if (text[i] != (xmlChar)slice.text[i])
            return FALSE;
    }
    return text[slice.length] == '\0';
}

static char *
slice_dup(Slice slice)
{
    return g_strndup(slice.text, slice.length);
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
    step->attr = (Slice){ text + 1, (gsize)(equals - text) - 1 };
    step->value = (Slice){ equals + 2, (gsize)(text + length - equals) - 3 };
}

/*
 * Reads the step at @path and moves on to the next one; FALSE at the end. Paths are ours, written
 * in tables or made by node_step(): they are of the form.
 */
static gboolean
step_next(const char **path, Step *ret_step)
{
    const char *begin = *path, *at = begin;

    if (*at == '\0')
        return FALSE;
    *ret_step = (Step){ .position = 1 };
    for (; *at != '\0' && *at != '/' && *at != '['; at++) {
        if (*at == ':')
            ret_step->prefix = (guint)(at - begin) + 1;
    }
    ret_step->name = (Slice){ begin, (gsize)(at - begin) };
    if (*at == '[') {
        const char *end = strchr(at, ']');

        step_set_predicate(ret_step, at + 1, (gsize)(end - at) - 1);
        at = end + 1;
    }
    *path = *at == '/' ? at + 1 : at;
    return TRUE;
}

/* Whether it is a final @attr, and which. */
static gboolean
step_is_attribute(const Step *step, Slice *ret_name)
{
    *ret_name = (Slice){ step->name.text + 1, step->name.length - 1 };
    return *step->name.text == '@';
}

static gboolean
node_is(xmlNodePtr node, const Step *step)
{
    Slice local = { step->name.text + step->prefix, step->name.length - step->prefix };

    return node->type == XML_ELEMENT_NODE && (step->prefix == 0 || node->ns != NULL) &&
           slice_is(local, node->name);
}

/* @node or the first after it that has the step's name. */
static xmlNodePtr
first_named(xmlNodePtr node, const Step *step)
{
    while (node != NULL && !node_is(node, step))
        node = node->next;
    return node;
}

/* @node or the first element after it that has the name; any, for NULL. */
static xmlNodePtr
first_element(xmlNodePtr node, const char *name)
{
    const char *colon = name != NULL ? strchr(name, ':') : NULL;
    Step step = { .prefix = colon != NULL ? (guint)(colon - name) + 1 : 0 };

    if (name != NULL) {
        step.name = (Slice){ name, strlen(name) };
        return first_named(node, &step);
    }
    while (node != NULL && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

xmlNodePtr
dom_xml_child(xmlNodePtr parent, const char *name)
{
    return first_element(parent->children, name);
}

xmlNodePtr
dom_xml_next(xmlNodePtr node, const char *name)
{
    return first_element(node->next, name);
}

/* The attribute of no namespace that a predicate names. */
static xmlAttrPtr
attr_named(xmlNodePtr node, Slice name)
{
    xmlAttrPtr attr = node->properties;

    while (attr != NULL && (attr->ns != NULL || !slice_is(name, attr->name)))
        attr = attr->next;
    return attr;
}

/* The text of an element or attribute that holds nothing but one text (borrowed), or NULL. */
static const xmlChar *
plain_content(xmlNodePtr node)
{
    xmlNodePtr only = node->children;

    return only != NULL && only->next == NULL && only->type == XML_TEXT_NODE ? only->content : NULL;
}

static char *
content_of(xmlNodePtr node)
{
    const xmlChar *plain = plain_content(node);
    xmlChar *content = plain == NULL ? xmlNodeGetContent(node) : NULL;
    char *text = g_strdup((const char *)(plain != NULL     ? plain
                                         : content != NULL ? content
                                                           : BAD_CAST ""));

    xmlFree(content);
    return text;
}

static gboolean
attr_is(xmlNodePtr node, Slice name, Slice value)
{
    xmlAttrPtr attr = attr_named(node, name);
    g_autofree char *text = attr != NULL ? content_of((xmlNodePtr)attr) : NULL;

    return text != NULL && slice_is(value, BAD_CAST text);
}

static xmlNodePtr
step_find(xmlNodePtr base, const Step *step)
{
    guint position = 0;

    for (xmlNodePtr node = first_named(base->children, step); node != NULL;
         node = first_named(node->next, step)) {
        if (step->attr.text != NULL ? attr_is(node, step->attr, step->value)
                                    : ++position == step->position)
            return node;
    }
    return NULL;
}

/* The element that @path names, the last @attr step left alone; @ret_attr: that attribute. */
static xmlNodePtr
path_find(xmlNodePtr base, const char *path, xmlAttrPtr *ret_attr)
{
    xmlNodePtr node = base;
    Step step;

    *ret_attr = NULL;
    while (node != NULL && step_next(&path, &step)) {
        Slice attribute;

        if (step_is_attribute(&step, &attribute)) {
            *ret_attr = attr_named(node, attribute);
            return *ret_attr != NULL ? node : NULL;
        }
        node = step_find(node, &step);
    }
    return node;
}

xmlNodePtr
dom_xml_find(xmlNodePtr base, const char *path)
{
    xmlAttrPtr attr;

    return path_find(base, path, &attr);
}

char *
dom_xml_peek(xmlNodePtr base, const char *path)
{
    xmlAttrPtr attr;
    xmlNodePtr node = path_find(base, path, &attr);

    if (node == NULL)
        return NULL;
    return content_of(attr != NULL ? (xmlNodePtr)attr : node);
}

/* What a tree's elements and attributes are marked with, in the member that libxml2 leaves to its
 * users. */
static const char claimed[] = "claimed", owned[] = "owned";

static void
claim(void **mark)
{
    if (*mark == NULL)
        *mark = (void *)claimed;
}

void
dom_xml_claim_node(DomXml *xml, xmlNodePtr node)
{
    claim(&node->_private);
}

void
dom_xml_claim_attr(DomXml *xml, xmlAttrPtr attr)
{
    if (attr != NULL)
        claim(&attr->_private);
}

void
dom_xml_own_node(DomXml *xml, xmlNodePtr node)
{
    node->_private = (void *)owned;
}

gboolean
dom_xml_is_claimed(xmlNodePtr node)
{
    return node->_private != NULL;
}

gboolean
dom_xml_is_owned(xmlNodePtr node)
{
    return node->_private == owned;
}

void
dom_xml_claim(DomXml *xml, xmlNodePtr base, const char *path)
{
    xmlNodePtr node = base;
    Step step;

    while (step_next(&path, &step)) {
        Slice attribute;

        if (step_is_attribute(&step, &attribute)) {
            dom_xml_claim_attr(xml, attr_named(node, attribute));
            return;
        }
        node = step_find(node, &step);
        if (node == NULL)
            return;
        dom_xml_claim_node(xml, node);
        if (step.attr.text != NULL)
            dom_xml_claim_attr(xml, attr_named(node, step.attr));
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
    g_autofree char *name = slice_dup(step->name);
    xmlNodePtr node = xmlNewChild(base, NULL, BAD_CAST name, NULL);

    if (step->attr.text != NULL) {
        g_autofree char *attr = slice_dup(step->attr);
        g_autofree char *value = slice_dup(step->value);

        xmlNewProp(node, BAD_CAST attr, BAD_CAST value);
    }
    return node;
}

xmlNodePtr
dom_xml_ensure(xmlNodePtr base, const char *path)
{
    xmlNodePtr node = base;
    Step step;

    while (step_next(&path, &step)) {
        xmlNodePtr found = step_find(node, &step);

        node = found != NULL ? found : step_make(node, &step);
    }
    return node;
}

xmlNodePtr
dom_xml_append(xmlNodePtr base, const char *path)
{
    xmlNodePtr node = base;
    Step step;

    while (step_next(&path, &step)) {
        xmlNodePtr found = *path != '\0' ? step_find(node, &step) : NULL;

        node = found != NULL ? found : step_make(node, &step);
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
