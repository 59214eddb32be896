/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The passwords of a guest: members that are marked so (DOM_FIELD_SECRET), and the passwd of screens
 * whose element is kept because Xen has none of that kind.
 */
#pragma once

#include "conf/def.h"

/* Forgets passwords: what may be shown to somebody who may not see secrets. */
void dom_def_clear_secrets(DomDef *def);
/* Whether that would change anything. */
gboolean dom_def_has_secrets(const DomDef *def);

/*
 * The same, and the XML says that there was a password, in <metadata>:
 *
 *     <xl:withheld xmlns:xl="urn:xlvirt:xl.cfg:1">password</xl:withheld>
 *
 * so that whoever makes something else of that XML can say so, too, instead of opening a screen
 * to all. A def that has a password has no use for the remark: settled, it has none.
 */
void dom_def_withhold_secrets(DomDef *def);
/* The remark (borrowed); NULL: there is none. */
const DomRestItem *dom_def_withheld(const DomDef *def);
void dom_def_settle_secrets(DomDef *def);

/* The same of one record. */
gboolean dom_record_has_secrets(const DomRecord *record, gconstpointer data);
void dom_record_clear_secrets(const DomRecord *record, gpointer data);

/* The kept element @item without its password (transfer full); NULL: it has none. */
char *dom_rest_without_secret(const DomRestItem *item);
