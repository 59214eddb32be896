/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * Memory that is freed all at once: a document's tree is made of many small pieces that live and
 * die together, and may nest so deep that freeing it piece by piece would recurse too far. Belongs
 * to one thread.
 */

typedef struct _XlcArena XlcArena;

XlcArena *xlc_arena_new(void);

void xlc_arena_free(XlcArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcArena, xlc_arena_free)

/* Frees all pieces at once, and keeps some memory for the next ones. */
void xlc_arena_reset(XlcArena *arena);

/* @size zeroed bytes, aligned for any type; never NULL */
gpointer xlc_arena_alloc(XlcArena *arena, gsize size);

/* A NUL-terminated copy of @length bytes */
char *xlc_arena_strndup(XlcArena *arena, const char *bytes, gsize length);

#define xlc_arena_new0(arena, type, n) ((type *)xlc_arena_alloc((arena), sizeof(type) * (gsize)(n)))
