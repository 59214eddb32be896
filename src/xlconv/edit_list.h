/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/doc.h"
#include "xlconv/splice.h"

/*
 * Makes the list @entry of a file hold what @want holds, item by item. @meant is what it means, in
 * the words of @want; FALSE, and nothing is changed, when its items are not those of the file one
 * by one. What is left empty of what += adds goes to @emptied, a set of XlcAssignment, for the caller
 * to take out.
 */
gboolean xlc_edit_list(XlcSplices *splices, const XlcEntry *entry, const XlcValue *meant,
                       const XlcValue *want, gboolean in_order, GHashTable *emptied);

/* @text, a value as the writer spells it, in the quotes that @old of the assignment @entry has in
 * the file (transfer full). What is only kept is not read as a number where it is quoted: such
 * a key keeps its numbers as they are. */
char *xlc_spell_like(const XlcSplices *splices, const char *key, const XlcValue *old,
                     const char *text);
