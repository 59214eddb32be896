/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How one list of texts becomes another: which items stay, which change, which come and go. Two
 * items are the nearer the more of their comma-separated options are the same.
 */
#pragma once

#include <glib.h>

typedef enum {
    XLC_ALIGN_SAME,
    XLC_ALIGN_CHANGED,
    XLC_ALIGN_REMOVED, /* @b is the item of the new list it stood in front of */
    XLC_ALIGN_ADDED,   /* @a is the item of the old list it comes in front of */
} XlcAlignKind;

typedef struct {
    XlcAlignKind kind;
    guint a; /* index in the old list */
    guint b; /* index in the new list */
} XlcAlignStep;

/*
 * Steps (transfer full) in order of both lists. A removal never stands beside an addition: the two
 * are a change.
 */
GArray *xlc_align(GPtrArray *a, GPtrArray *b);

#define XLC_ALIGN_NOWHERE (-1)

/*
 * Of each of @b its index in @a (transfer full), wherever it stands there: of one that says the
 * same, or of the only one that says the same but for an option; XLC_ALIGN_NOWHERE for none.
 */
int *xlc_align_find(GPtrArray *a, GPtrArray *b);
