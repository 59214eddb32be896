/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the elements and attributes of a document stand in its text. libxml2 keeps a line, and that
 * of the end of a start tag; so the text is read once more, when the first place is asked for.
 *
 * Private to src/conf.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

typedef struct DomXmlPlaces DomXmlPlaces;

/* The start tags of @source (borrowed), the text that @doc was read from without a DOCTYPE. */
DomXmlPlaces *dom_xml_places_new(const char *source, xmlDocPtr doc);

/* NULL is fine. */
void dom_xml_places_free(DomXmlPlaces *places);

/*
 * The line and column, from 1 and in bytes, of the start tag of @node, or of its attribute @attr
 * (NULL: none) when it has that.
 */
void dom_xml_places_find(DomXmlPlaces *places, xmlNodePtr node, const char *attr, guint *ret_line,
                         guint *ret_column);
