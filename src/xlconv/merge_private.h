/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sides of a merge, and who is whose successor: between merge.c and merge_match.c. */
#pragma once

#include "xlconv/devices.h"

/* A device of the elements that was not there before. */
#define XLC_MERGE_NOBODY -1

/* One side that was read from items: records, NULL for an item that can say none, which is its name
 * then, or nothing. */
typedef struct {
    XlcDoc *doc;          /* owned; NULL: the items are somebody else's */
    const XlcValue *list; /* NULL: it is empty */
    GPtrArray *records;
} XlcMergeSide;

/* "" for an item that says none. */
const char *xlc_merge_text(const XlcMergeSide *side, guint i);
/* The name in @text, where that is all that an item could say, of @member; else NULL. Borrowed. */
const char *xlc_merge_named(const char *text, const char *member);

/* Of each of @now its index in @before, or XLC_MERGE_NOBODY (transfer full). */
int *xlc_merge_match(const XlcDevices *devices, const XlcMergeSide *before,
                     const XlcMergeSide *now);
/* Of twins, some of which are gone, nobody knows which: where not the same was @said of all of them
 * (a record for each of @before), the others have no @predecessors any more. */
void xlc_merge_part_twins(const XlcDevices *devices, const XlcMergeSide *before,
                          const XlcMergeSide *now, const GPtrArray *said, int *predecessors);

/* The names (xlc_devices_name()) that devices of @side have, a set of texts (transfer full). */
GHashTable *xlc_merge_names(const XlcDevices *devices, const XlcMergeSide *side);
