/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/doc.h"
#include "xlconv/splice.h"

/*
 * Makes the list @old of a file hold what @want holds, item by item. @meant is what @old means, in
 * the words of @want; FALSE, and nothing is changed, when its items are not those of @old one by
 * one.
 */
gboolean xlc_edit_list(XlcSplices *splices, const XlcValue *old, const XlcValue *meant,
                       const XlcValue *want);

/* @text, a value as the writer spells it, in the quotes that @old has in the file (transfer full)
 */
char *xlc_spell_like(const XlcSplices *splices, const XlcValue *old, const char *text);
