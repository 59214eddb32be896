/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Xen's groups of Hyper-V interfaces (viridian= in list form) and libvirt's <hyperv>.
 *
 * A list names groups, "!" turns one off, "defaults" stands for what the plain switch offers, "all"
 * for everything. Facts: xl.cfg(5), libxl_viridian_enlightenment, hvm_set_viridian_features().
 */
#pragma once

#include "conf/record.h"

/*
 * The list in the one order that equal lists share (transfer full): defaults, groups that are on,
 * groups that are off. A list whose order counts, or with a name that is no group, stays as it is.
 */
char **dom_hyperv_sorted(char *const *list);

/*
 * @list with the items of @more that say nothing of a group that @list has already (transfer full).
 * With @wordless only those groups that <hyperv> has no element for.
 */
char **dom_hyperv_joined(char *const *list, char *const *more, gboolean wordless);

/* The word at @index that libxl takes in such a list; NULL behind the last one. */
const char *dom_hyperv_word(guint index);

/* Whether libxl takes @item in such a list. */
gboolean dom_hyperv_is_item(const char *item);

/* The items of @list that @other has not (transfer full). */
char **dom_hyperv_rest(char *const *list, char *const *other);

/* Reads <features><hyperv>; the list (transfer full) or NULL when it says nothing. @defaults:
 * whether <viridian/> stands beside it. Private to src/conf. */
char **dom_hyperv_parse(DomXml *xml, DomXmlNode *root, gboolean defaults, DomRest *rest);
/* Forgets what @rest keeps of the elements that are not there of groups that @list (NULL: none) does
 * not name: none are written of them. */
void dom_hyperv_settle(char *const *list, DomRest *rest);
/* Writes what <hyperv> and <viridian> can say of @list. */
void dom_hyperv_format(DomXmlNode *root, char *const *list);
