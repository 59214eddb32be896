/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml_place.h"

#include <string.h>

/* Most places that are asked for stand near the beginning, so the text is looked through only as
 * far as somebody asks. */
struct DomXmlPlaces {
    GHashTable *tags; /* xmlNodePtr -> pointer to the '<' of its start tag in the text */
    xmlNodePtr node;  /* the first element that is not in @tags; NULL: there is none */
    const char *tag;  /* its tag; NULL: none */
    GPtrArray *lines; /* where each line begins in the text */
    const char *line; /* the first one that is not in @lines; NULL: there is none */
};

/* What a text in angle brackets may be besides a start tag; each ends with its own mark. The one
 * that there are most of comes first. */
static const struct {
    const char *begin;
    const char *end;
} others[] = { { "</", ">" }, { "<?", "?>" }, { "<!--", "-->" }, { "<![CDATA[", "]]>" } };

static const char *
skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    return at;
}

/* Behind the end of what begins at @at; NULL when it is a start tag. */
static const char *
skip_other(const char *at)
{
    if (strchr("/?!", at[1]) == NULL)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_str_has_prefix(at, others[i].begin)) {
            const char *from = at + strlen(others[i].begin);
            const char *end = others[i].end[1] == '\0' ? strchr(from, *others[i].end)
                                                       : strstr(from, others[i].end);

            return end != NULL ? end + strlen(others[i].end) : at + strlen(at);
        }
    }
    return NULL;
}

const char *
dom_xml_next_attribute(const char *at, const char **ret_name, gsize *ret_length)
{
    const char *quote;

    at = skip_blanks(at);
    *ret_name = at;
    *ret_length = strcspn(at, " \t\r\n=/>");
    if (*ret_length == 0)
        return NULL;
    at = skip_blanks(at + *ret_length);
    if (*at != '=')
        return NULL;
    quote = skip_blanks(at + 1);
    at = *quote != '\0' ? strchr(quote + 1, *quote) : NULL;
    return at != NULL ? at + 1 : NULL;
}

const char *
dom_xml_behind_name(const char *tag)
{
    return tag + 1 + strcspn(tag + 1, " \t\r\n/>");
}

const char *
dom_xml_next_tag(const char *at)
{
    while ((at = strchr(at, '<')) != NULL) {
        const char *behind = skip_other(at);

        if (behind == NULL)
            return at;
        at = behind;
    }
    return NULL;
}

/* Values may hold '<' only escaped, but '>' freely: the tag is passed attribute by attribute. */
const char *
dom_xml_skip_tag(const char *tag)
{
    const char *at = dom_xml_behind_name(tag);
    const char *behind, *name;
    gsize length;

    while ((behind = dom_xml_next_attribute(at, &name, &length)) != NULL)
        at = behind;
    return at;
}

/* Elements and start tags are in the same order. */
static xmlNodePtr
next_element(xmlNodePtr node)
{
    xmlNodePtr next = xmlFirstElementChild(node);

    while (next == NULL && node != NULL && node->type == XML_ELEMENT_NODE) {
        next = xmlNextElementSibling(node);
        node = node->parent;
    }
    return next;
}

static const char *
next_line(const char *line)
{
    const char *newline = strchr(line, '\n');

    return newline != NULL ? newline + 1 : NULL;
}

DomXmlPlaces *
dom_xml_places_new(const char *source, xmlDocPtr doc)
{
    DomXmlPlaces *places = g_new0(DomXmlPlaces, 1);

    places->lines = g_ptr_array_new();
    places->line = source;
    places->tags = g_hash_table_new(NULL, NULL);
    places->node = xmlDocGetRootElement(doc);
    places->tag = dom_xml_next_tag(source);
    return places;
}

/* NULL for what is no element of the text. */
static const char *
tag_of(DomXmlPlaces *places, xmlNodePtr node)
{
    const char *tag = g_hash_table_lookup(places->tags, node);

    while (tag == NULL && places->node != NULL && places->tag != NULL) {
        tag = places->node == node ? places->tag : NULL;
        g_hash_table_insert(places->tags, places->node, (gpointer)places->tag);
        places->node = next_element(places->node);
        places->tag = dom_xml_next_tag(dom_xml_skip_tag(places->tag));
    }
    return tag;
}

void
dom_xml_places_complete(DomXmlPlaces *places)
{
    if (places != NULL)
        tag_of(places, NULL);
}

void
dom_xml_places_free(DomXmlPlaces *places)
{
    if (places == NULL)
        return;
    g_hash_table_unref(places->tags);
    g_ptr_array_unref(places->lines);
    g_free(places);
}

static const char *
find_attribute(const char *tag, const char *attr)
{
    const char *at = dom_xml_behind_name(tag);
    const char *name;
    gsize length;

    while ((at = dom_xml_next_attribute(at, &name, &length)) != NULL) {
        if (strlen(attr) == length && strncmp(name, attr, length) == 0)
            return name;
    }
    return tag;
}

/* The index of the line that @at stands in. */
static guint
line_of(DomXmlPlaces *places, const char *at)
{
    guint first = 0, behind;

    for (; places->line != NULL && places->line <= at; places->line = next_line(places->line))
        g_ptr_array_add(places->lines, (gpointer)places->line);
    behind = places->lines->len;
    while (behind - first > 1) {
        guint middle = first + (behind - first) / 2;

        if ((const char *)places->lines->pdata[middle] <= at)
            first = middle;
        else
            behind = middle;
    }
    return first;
}

void
dom_xml_places_find(DomXmlPlaces *places, xmlNodePtr node, const char *attr, guint *ret_line,
                    guint *ret_column)
{
    const char *tag = tag_of(places, node);
    const char *at = tag != NULL && attr != NULL ? find_attribute(tag, attr) : tag;
    guint line;

    *ret_line = *ret_column = 0;
    if (at == NULL)
        return;
    line = line_of(places, at);
    *ret_line = line + 1;
    *ret_column = (guint)(at - (const char *)places->lines->pdata[line]) + 1;
}
