/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pieces of domain XML that travel outside of it, each with its place:
 *
 *     devices/disk[target/@dev='xvda']/@snapshot          no
 *     devices/interface[1]/link                           <link state="down"/>
 *     memory[@unit='KiB']                                 524289
 *
 * A place is an XPath of a few forms: steps, with a position or a comparison in brackets, and maybe
 * an attribute at its end. What has brackets has to be there; a second pair says of what kind it has
 * to be. The text is XML: of an element, which goes below the place's parent, or the content of the
 * place; DOM_REST_NONE takes out the element there. An element with a position is one of several, any
 * other one the first of its name.
 */
#pragma once

#include "conf/def.h"

typedef struct {
    char *place;
    char *text;
} DomCarried;

DomCarried *dom_carried_new(const char *place, const char *text);
/* NULL is fine. */
void dom_carried_free(DomCarried *carried);

/* @text as XML content (transfer full): what dom_carried_put() takes for an attribute's value. */
char *dom_carried_escape(const char *text);

/*
 * Gives the places of @items (of DomCarried) what has to be as it is in @def, the domain without
 * them, for them to hold: an element's kind ("model[1][@type='qxl']/@ram"), or that it is there at
 * all ("outbound[1]/@burst"). Without it they would be put into whatever stands there later.
 */
void dom_carried_bind(GPtrArray *items, const DomDef *def, const DomDefOps *ops);

/* The XML of @def that such pieces have their places in (transfer full). */
char *dom_carried_base(const DomDef *def, const DomDefOps *ops, GError **error);

/*
 * The model of @base, what dom_carried_base() made, with @items (of DomCarried) in their places
 * (transfer full). All are looked for before any is put. NULL with DOM_ERROR_INVALID when one of
 * them has no place there or is no XML, when the whole is no longer a domain, or when the model has
 * no room for all of them.
 */
DomDef *dom_carried_put(const char *base, GPtrArray *items, const DomDefOps *ops, GError **error);
