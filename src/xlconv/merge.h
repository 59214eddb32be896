/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list of devices of which residual text and elements both tell, once somebody may have edited
 * the elements: three sides of it, as in any merge.
 *
 *     before   what the elements said when the text was written ("shown" or "implicit" has it)
 *     said     the same with what the text makes of it
 *     now      what the elements say
 *
 *     merge = xlc_merge_begin(key, doc, entry, def);    def has the devices of before
 *     ... the text is read into def ...                 def has those that were said
 *     xlc_merge_end(merge, reader, def);                def has those of now, with what the text
 * adds
 *
 * A member that an element says otherwise now counts, and so does a device that is gone or new.
 * What the text said of it is left out, with a warning each. One device is another one's successor
 * when it says the same, has the same name, or stands in its place while there are as many as
 * before; and the only new one is that of the only one that is gone, when all but a name is the same,
 * as are several that stand where those stood.
 */
#pragma once

#include "xlconv/key.h"

typedef struct XlcMerge XlcMerge;

/* Takes the devices of @key out of @def, and puts those of @before, an entry of @doc, in their
 * place. NULL, with nothing changed, when that is no list. Both are borrowed until the end. */
XlcMerge *xlc_merge_begin(const XlcKey *key, const XlcDoc *doc, const XlcEntry *before,
                          DomDef *def);
/* Consumes @merge. */
void xlc_merge_end(XlcMerge *merge, XlcReader *reader, DomDef *def);
