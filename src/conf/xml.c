/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml.h"

#include <string.h>

/*
 * A path is read where it stands, step by step: name, name[@attr='value'], name[position], or a
 * final @attr. Paths are ours, written in tables or made by node_step(): they are of the form.
 */

/* A piece of a path, not copied. */
typedef struct {
    const char *text;
    gsize length;
} Slice;

/* What stands in a step behind its name. */
typedef struct {
    Slice attr; /* text NULL: none */
    Slice value;
    guint position;   /* from 1 */
    const char *next; /* the next step */
} Predicate;

static gboolean
slice_is(Slice slice, const xmlChar *text)
{
    return strncmp(slice.text, (const char *)text, slice.length) == 0 && text[slice.length] == '\0';
}

static char *
slice_dup(Slice slice)
{
    return g_strndup(slice.text, slice.length);
}

/* @brackets: [@name='tsc'] or [2]. Returns what follows. */
static const char *
predicate_parse(Predicate *predicate, const char *brackets)
{
    const char *end = strchr(brackets, ']');
    const char *equals = memchr(brackets, '=', (gsize)(end - brackets));

    if (brackets[1] == '@' && equals != NULL) {
        predicate->attr = (Slice){ brackets + 2, (gsize)(equals - brackets) - 2 };
        predicate->value = (Slice){ equals + 2, (gsize)(end - equals) - 3 };
    } else {
        predicate->position = (guint)g_ascii_strtoull(brackets + 1, NULL, 10);
    }
    return end + 1;
}

/* @behind: what follows a step's name; seldom a predicate. */
static inline void
predicate_read(Predicate *predicate, const char *behind)
{
    predicate->attr.text = NULL;
    predicate->position = 1;
    if (*behind == '[')
        behind = predicate_parse(predicate, behind);
    predicate->next = *behind == '/' ? behind + 1 : behind;
}

/* "prefix:name", as node_step() writes it, is found by its name. */
static const char *
skip_prefix(const char *step)
{
    gsize length = strcspn(step, ":/[");

    return step[length] == ':' ? step + length + 1 : step;
}

/* What follows the first step's name in @path when it is the name of @node, else NULL. */
static G_ALWAYS_INLINE inline const char *
behind_name(const char *path, xmlNodePtr node)
{
    const char *at = path;
    const xmlChar *name = node->name;

    if (node->type != XML_ELEMENT_NODE)
        return NULL;
    if (node->ns != NULL)
        at = skip_prefix(path);
    for (; *name == (xmlChar)*at && *name != '\0'; name++)
        at++;
    return *name == '\0' && (*at == '\0' || *at == '/' || *at == '[') ? at : NULL;
}

/* @node or the first element after it that has the name; any, for NULL. */
static xmlNodePtr
first_named(xmlNodePtr node, const char *name)
{
    for (; node != NULL; node = node->next) {
        const char *behind = name != NULL ? behind_name(name, node) : NULL;

        if (name == NULL ? node->type == XML_ELEMENT_NODE : behind != NULL && *behind == '\0')
            return node;
    }
    return NULL;
}

xmlNodePtr
dom_xml_child(xmlNodePtr parent, const char *name)
{
    return first_named(parent->children, name);
}

xmlNodePtr
dom_xml_next(xmlNodePtr node, const char *name)
{
    return first_named(node->next, name);
}

/* The attribute of no namespace that has the name. */
static xmlAttrPtr
attr_named(xmlNodePtr node, Slice name)
{
    xmlAttrPtr attr = node->properties;

    while (attr != NULL && (attr->ns != NULL || !slice_is(name, attr->name)))
        attr = attr->next;
    return attr;
}

/* The one that a final @attr means. */
static xmlAttrPtr
attr_meant(xmlNodePtr node, const char *step)
{
    xmlAttrPtr attr = node->properties;

    while (attr != NULL && (attr->ns != NULL || !g_str_equal(step + 1, (const char *)attr->name)))
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

static gboolean
is_text(xmlNodePtr node)
{
    return node->type != XML_ELEMENT_NODE && node->type != XML_COMMENT_NODE &&
           node->type != XML_PI_NODE;
}

/* The same of any, borrowed from the tree or from what it was put together in. An element that
 * stands inside of a text is none of it, and the blanks between such elements are no text. */
static const char *
content_of(xmlNodePtr node, char **ret_made)
{
    const xmlChar *plain = plain_content(node);
    GString *text;

    *ret_made = NULL;
    if (plain != NULL || node->children == NULL)
        return plain != NULL ? (const char *)plain : "";
    text = g_string_new(NULL);
    for (xmlNodePtr part = node->children; part != NULL; part = part->next) {
        xmlChar *content = is_text(part) ? xmlNodeGetContent(part) : NULL;

        if (content != NULL)
            g_string_append(text, (const char *)content);
        xmlFree(content);
    }
    if (dom_xml_child(node, NULL) != NULL && text->str[strspn(text->str, " \t\r\n")] == '\0')
        g_string_truncate(text, 0);
    *ret_made = g_string_free(text, FALSE);
    return *ret_made;
}

static gboolean
is_meant(xmlNodePtr node, const Predicate *predicate)
{
    xmlAttrPtr attr = attr_named(node, predicate->attr);
    g_autofree char *made = NULL;

    return attr != NULL && slice_is(predicate->value, BAD_CAST content_of((xmlNodePtr)attr, &made));
}

/* The child that the first step of @path means, and what that was; NULL when it is not there. */
static xmlNodePtr
step_find(xmlNodePtr base, const char *path, Predicate *ret_predicate)
{
    guint position = 0;

    for (xmlNodePtr node = base->children; node != NULL; node = node->next) {
        const char *behind = behind_name(path, node);

        if (behind == NULL)
            continue;
        predicate_read(ret_predicate, behind);
        if (ret_predicate->attr.text != NULL ? is_meant(node, ret_predicate)
                                             : ++position == ret_predicate->position)
            return node;
    }
    return NULL;
}

/* The element that @path names, a final @attr left alone; @ret_attr: that attribute. */
static xmlNodePtr
path_find(xmlNodePtr base, const char *path, xmlAttrPtr *ret_attr)
{
    xmlNodePtr node = base;
    Predicate predicate;

    *ret_attr = NULL;
    for (; *path != '\0' && *path != '@'; path = predicate.next) {
        node = step_find(node, path, &predicate);
        if (node == NULL)
            return NULL;
    }
    if (*path == '\0')
        return node;
    *ret_attr = attr_meant(node, path);
    return *ret_attr != NULL ? node : NULL;
}

xmlNodePtr
dom_xml_find(xmlNodePtr base, const char *path)
{
    xmlAttrPtr attr;

    return path_find(base, path, &attr);
}

/* The text at @path, borrowed as by content_of(); NULL when it is not there. @ret_found: the
 * element or attribute that has it. */
static const char *
path_text(xmlNodePtr base, const char *path, xmlNodePtr *ret_found, char **ret_made)
{
    xmlAttrPtr attr;
    xmlNodePtr node = path_find(base, path, &attr);

    *ret_made = NULL;
    *ret_found = attr != NULL ? (xmlNodePtr)attr : node;
    return node != NULL ? content_of(*ret_found, ret_made) : NULL;
}

char *
dom_xml_peek(xmlNodePtr base, const char *path)
{
    xmlNodePtr found;
    char *made;
    const char *text = path_text(base, path, &found, &made);

    return made != NULL ? made : g_strdup(text);
}

gboolean
dom_xml_is(xmlNodePtr base, const char *path, const char *text)
{
    xmlNodePtr found;
    g_autofree char *made = NULL;

    return g_strcmp0(path_text(base, path, &found, &made), text) == 0;
}

void
dom_xml_claim(DomXml *xml, xmlNodePtr base, const char *path)
{
    xmlNodePtr node = base;
    Predicate predicate;

    for (; *path != '\0' && *path != '@'; path = predicate.next) {
        node = step_find(node, path, &predicate);
        if (node == NULL)
            return;
        dom_xml_claim_node(xml, node);
        if (predicate.attr.text != NULL)
            dom_xml_claim_attr(xml, attr_named(node, predicate.attr));
    }
    if (*path == '@')
        dom_xml_claim_attr(xml, attr_meant(node, path));
}

void
dom_xml_claim_all(DomXml *xml, xmlNodePtr node, const char *const *places)
{
    dom_xml_claim_node(xml, node);
    for (; *places != NULL; places++)
        dom_xml_claim(xml, node, *places);
}

/* Whether one of @places is @path, or is below it. */
static gboolean
leads_to(const char *path, const char *const *places)
{
    gsize length = strlen(path);

    for (; *places != NULL; places++) {
        if (strncmp(*places, path, length) == 0 && strchr("/", (*places)[length]) != NULL)
            return TRUE;
    }
    return FALSE;
}

static gboolean
holds_only(xmlNodePtr node, const char *above, const char *const *places)
{
    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next) {
        g_autofree char *path = g_strconcat(above, "@", (const char *)attr->name, NULL);

        if (!leads_to(path, places))
            return FALSE;
    }
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL)) {
        g_autofree char *path = g_strconcat(above, (const char *)child->name, NULL);
        g_autofree char *below = g_strconcat(path, "/", NULL);

        if (!leads_to(path, places) || !holds_only(child, below, places))
            return FALSE;
    }
    return TRUE;
}

gboolean
dom_xml_holds_only(xmlNodePtr node, const char *const *places)
{
    return holds_only(node, "", places);
}

/* The same of a place that was found: from there up, where no predicate is to be marked too. */
static void
claim_found(DomXml *xml, xmlNodePtr base, const char *path, xmlNodePtr found)
{
    if (strchr(path, '[') != NULL) {
        dom_xml_claim(xml, base, path);
        return;
    }
    for (; found != base; found = found->parent)
        dom_xml_claim_node(xml, found);
}

char *
dom_xml_take(DomXml *xml, xmlNodePtr base, const char *path)
{
    xmlNodePtr found;
    char *made;
    const char *text = path_text(base, path, &found, &made);

    if (text != NULL)
        claim_found(xml, base, path, found);
    return made != NULL ? made : g_strdup(text);
}

xmlNodePtr
dom_xml_take_parent(DomXml *xml, xmlNodePtr base, const char *path)
{
    xmlNodePtr node = base;
    Predicate predicate;

    for (; node != NULL && strchr(path, '/') != NULL; path = predicate.next) {
        node = step_find(node, path, &predicate);
        if (node != NULL)
            dom_xml_claim_node(xml, node);
    }
    return node;
}

/* The element that the first step of @*path means, which is taken off it; the base where that step
 * is the only one, or says more than a name. */
static xmlNodePtr
enter_step(DomXmlReader *reader, const char **path)
{
    gsize length = **path != '@' ? strcspn(*path, "/[") : 0;
    Predicate predicate;

    if ((*path)[length] != '/')
        return reader->base;
    if (reader->length != length || strncmp(reader->step, *path, length) != 0) {
        reader->node = step_find(reader->base, *path, &predicate);
        reader->step = *path;
        reader->length = length;
    }
    *path += length + 1;
    return reader->node;
}

const char *
dom_xml_read(DomXmlReader *reader, const char *path)
{
    xmlNodePtr node = enter_step(reader, &path);

    g_clear_pointer(&reader->made, g_free);
    return node != NULL ? path_text(node, path, &reader->found, &reader->made) : NULL;
}

void
dom_xml_reader_claim(DomXmlReader *reader, DomXml *xml, const char *path)
{
    claim_found(xml, reader->base, path, reader->found);
}

void
dom_xml_reader_clear(DomXmlReader *reader)
{
    g_clear_pointer(&reader->made, g_free);
}

/*
 * The element that @key means, as far as it is there, and the attribute that its last step names:
 * "disk/target/@dev" of a <disk> is the dev of its <target>; without a <target> it is the <disk>.
 */
static xmlNodePtr
find_place(xmlNodePtr node, const char *key, const char **ret_attr)
{
    const char *slash = strrchr(key, '/');
    const char *last = slash != NULL ? slash + 1 : key;
    g_auto(GStrv) steps = g_strsplit(key, "/", -1);
    Predicate predicate;

    for (guint i = 0; steps[i] != NULL; i++) {
        gboolean whole = strchr(steps[i], '[') == NULL || strchr(steps[i], ']') != NULL;
        xmlNodePtr child = whole ? step_find(node, steps[i], &predicate) : NULL;

        /* keys of devices begin with the device's own name */
        if (child == NULL && i == 0 && g_str_equal((const char *)node->name, steps[i]))
            continue;
        if (child == NULL)
            break;
        node = child;
    }
    *ret_attr = *last == '@' ? last + 1 : NULL;
    return node;
}

void
dom_xml_locate(DomXml *xml, xmlNodePtr node, const char *key, guint *ret_line, guint *ret_column)
{
    const char *attr;

    *ret_line = *ret_column = 0;
    node = find_place(node, key, &attr);
    if (xml->places == NULL && xml->source != NULL)
        xml->places = dom_xml_places_new(xml->source, xml->doc);
    if (xml->places != NULL)
        dom_xml_places_find(xml->places, node, attr, ret_line, ret_column);
}

void
dom_xml_report(DomXml *xml, DomSeverity severity, xmlNodePtr node, const char *key,
               const char *format, ...)
{
    guint line, column;
    g_autofree char *text = NULL;
    va_list args;

    dom_xml_locate(xml, node, key, &line, &column);
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dom_report_add(xml->report, severity, line, column, key, "%s", text);
}

/* With the name that the first bytes of @path are. */
static xmlNodePtr
child_make(xmlNodePtr base, const char *path, gsize length)
{
    xmlChar *name = xmlStrndup(BAD_CAST path, (int)length);

    return xmlAddChild(base, xmlNewDocNodeEatName(base->doc, base->ns, name, NULL));
}

static xmlNodePtr
step_make(xmlNodePtr base, const char *path, Predicate *ret_predicate)
{
    gsize length = strcspn(path, "/[");
    xmlNodePtr node = child_make(base, path, length);

    predicate_read(ret_predicate, path + length);
    if (ret_predicate->attr.text != NULL) {
        g_autofree char *attr = slice_dup(ret_predicate->attr);
        g_autofree char *value = slice_dup(ret_predicate->value);

        xmlNewProp(node, BAD_CAST attr, BAD_CAST value);
    }
    return node;
}

/* The element that the steps of @path name which begin before @end (NULL: all), made where it is
 * missing. A final @attr is left alone; @ret_rest: what is left of the path. */
static xmlNodePtr
path_make(xmlNodePtr base, const char *path, const char *end, const char **ret_rest)
{
    xmlNodePtr node = base;
    Predicate predicate;

    for (; *path != '\0' && *path != '@' && (end == NULL || path < end); path = predicate.next) {
        xmlNodePtr found = step_find(node, path, &predicate);

        node = found != NULL ? found : step_make(node, path, &predicate);
    }
    *ret_rest = path;
    return node;
}

xmlNodePtr
dom_xml_ensure(xmlNodePtr base, const char *path)
{
    const char *rest;

    return path_make(base, path, NULL, &rest);
}

xmlNodePtr
dom_xml_append(xmlNodePtr base, const char *path)
{
    const char *slash = strrchr(path, '/'), *last;
    xmlNodePtr parent = path_make(base, path, slash != NULL ? slash : path, &last);
    Predicate predicate;

    return step_make(parent, last, &predicate);
}

/* Unknown elements may stand in the text's element; they stay. xmlNodeSetContent would take them
 * out, and wants escaped text. */
static void
set_content(xmlNodePtr node, const char *text)
{
    xmlNodePtr next;

    for (xmlNodePtr child = node->children; child != NULL; child = next) {
        next = child->next;
        if (child->type == XML_ELEMENT_NODE)
            continue;
        xmlUnlinkNode(child);
        xmlFreeNode(child);
    }
    if (*text == '\0')
        return;
    if (node->children != NULL)
        xmlAddPrevSibling(node->children, xmlNewText(BAD_CAST text));
    else
        xmlAddChild(node, xmlNewText(BAD_CAST text));
}

void
dom_xml_set(xmlNodePtr base, const char *path, const char *text)
{
    const char *rest;
    xmlNodePtr node;

    if (text == NULL)
        return;
    node = path_make(base, path, NULL, &rest);
    if (*rest == '@')
        xmlSetProp(node, BAD_CAST(rest + 1), BAD_CAST text);
    else
        set_content(node, text);
}

void
dom_xml_set_uint(xmlNodePtr base, const char *path, guint64 value)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, value);
    dom_xml_set(base, path, text);
}
