/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places in a tree, for who looks for one after the other: what a step of a path means is looked
 * up, where xml.h walks over all the siblings before it.
 *
 *     g_auto(DomXmlIndex) index = { NULL };
 *     for (...)
 *         node = dom_xml_index_ensure(&index, root, "devices/interface[7]/source");
 *
 * Meanwhile elements may be added behind those that are there. Who takes others away or changes
 * their attributes says so. One thread at a time.
 *
 * Private to src/conf.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

typedef struct {
    GHashTable *parents; /* xmlNodePtr to its children; NULL: none has many */
} DomXmlIndex;

void dom_xml_index_clear(DomXmlIndex *index);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DomXmlIndex, dom_xml_index_clear)

/* As dom_xml_find(), of a path without an @attribute, and as dom_xml_ensure(). */
xmlNodePtr dom_xml_index_find(DomXmlIndex *index, xmlNodePtr base, const char *path);
xmlNodePtr dom_xml_index_ensure(DomXmlIndex *index, xmlNodePtr base, const char *path);

/* To be called before all that is in @node goes, and before its attributes change. */
void dom_xml_index_forget_content(DomXmlIndex *index, xmlNodePtr node);
void dom_xml_index_forget_attribute(DomXmlIndex *index, xmlNodePtr node, const char *attr);
