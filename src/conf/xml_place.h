/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the elements and attributes of a document stand in its text. libxml2 keeps a line, and that
 * of the end of a start tag; so the text is read once more, as far as places are asked for.
 *
 * Private to src/conf.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

typedef struct DomXmlPlaces DomXmlPlaces;

/* The start tags of @source, the text that @doc was read from without a DOCTYPE. Both are borrowed,
 * and no element of @doc may go until dom_xml_places_complete() was called. */
DomXmlPlaces *dom_xml_places_new(const char *source, xmlDocPtr doc);

/* Looks through what is left of the text. NULL is fine. */
void dom_xml_places_complete(DomXmlPlaces *places);

/* NULL is fine. */
void dom_xml_places_free(DomXmlPlaces *places);

/*
 * The line and column, from 1 and in bytes, of the start tag of @node, or of its attribute @attr
 * (NULL: none) when it has that.
 */
void dom_xml_places_find(DomXmlPlaces *places, xmlNodePtr node, const char *attr, guint *ret_line,
                         guint *ret_column);

/* The '<' of the next start tag from @at on; NULL at the end of the text. */
const char *dom_xml_next_tag(const char *at);

/* Behind the name of the element whose '<' @tag is, and behind its last attribute. */
const char *dom_xml_behind_name(const char *tag);
const char *dom_xml_skip_tag(const char *tag);

/*
 * One step through the attributes of a start tag: @at is behind the element's name or the last
 * attribute. Sets where the name begins and how long it is; returns behind the value, or NULL at
 * the tag's end.
 */
const char *dom_xml_next_attribute(const char *at, const char **ret_name, gsize *ret_length);
