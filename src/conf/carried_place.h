/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The places of carried pieces in a tree, see carried.h.
 *
 * Private to src/conf.
 */
#pragma once

#include <libxml/parser.h>

#include "conf/carried.h"
#include "conf/xml_index.h"

/* How the XML of a domain that we wrote is read. */
#define DOM_CARRIED_READ (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)

/* A tree, with its elements by what they are told from each other. */
typedef struct {
    xmlNodePtr root;
    GHashTable *named; /* "devices/disk[target/@dev" to a table: "xvda" to its element */
    GHashTable *texts; /* an element to a table: the texts of its children */
    DomXmlIndex index;
} DomCarriedTree;

void dom_carried_tree_init(DomCarriedTree *tree, xmlNodePtr root);
void dom_carried_tree_clear(DomCarriedTree *tree);

gboolean dom_carried_is_place(const char *text);

/* Whether @item says that there is no element at its place. */
gboolean dom_carried_is_none(const DomCarried *item);
/* Whether @item is an element that goes below the place's parent. */
gboolean dom_carried_is_element(const DomCarried *item);

/* Where the last step of @place begins; brackets may hold slashes. */
const char *dom_carried_last_step(const char *place);

/* How many bytes of @path name what has to be there: as far as brackets reach, and a device. */
gsize dom_carried_exact_length(const char *path);

/* The element that @path, a place without an attribute, says has to be there, if it is, and of the
 * kind that it says. @ret_steps: the steps behind it, in @path, which may be made. */
xmlNodePtr dom_carried_resolve(DomCarriedTree *tree, const char *path, const char **ret_steps);

/* The element of "devices/disk[target/@dev='xvda']", cut at its bracket, equals sign and end. */
xmlNodePtr dom_carried_named(DomCarriedTree *tree, const char *path, const char *name,
                             const char *value);

/* @place without what it says of kinds (transfer full). */
char *dom_carried_unbound(const char *place);

/* How long the first step of @path is, with its first bracket. */
gsize dom_carried_step_length(const char *path);

/* Whether an element may have several of @name, or one of ours makes way for one that comes. */
gboolean dom_carried_may_be_several(const char *name);
