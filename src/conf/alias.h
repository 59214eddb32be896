/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The alias of a device: a name for clients, the same as long as the guest runs, shown in its live
 * XML. It follows from what names the device for the guest ("disk-xvda"), so that nobody has to
 * remember it; what is no device of a list is numbered ("serial-0"). An alias that a user gave
 * (ua-...) is the user's, and kept like any XML that the model does not know.
 */
#pragma once

#include "conf/record.h"

/* Whether @alias (NULL: none) is a user's; others mean nothing in a definition. */
gboolean dom_alias_is_given(const char *alias);

/* The alias of @data, a device of @record and the one at @place in its list (transfer full); NULL
 * for one that has none. Any thread. */
char *dom_alias_of(const DomRecord *record, gconstpointer data, guint place);
