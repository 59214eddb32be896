/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody meant who mistyped an element of libvirt's, or a word that is kept unread. */
#pragma once

#include "conf/xml.h"

/* "; did you mean 'WORD'?" for @node, by the elements that libvirt's schema has below its parent; ""
 * when it is one of them, or nothing is near (transfer full). */
char *dom_element_hint(xmlNodePtr node);

/* The same for the value of @attr, which the model did not take. */
char *dom_attribute_hint(xmlNodePtr node, xmlAttrPtr attr);
