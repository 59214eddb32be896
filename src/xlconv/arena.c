/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/arena.h"

#include <string.h>

/* The first chunk suits a usual file; each later one is twice as large, up to a bound. */
#define FIRST_CHUNK   512
#define LARGEST_CHUNK (1024 * 1024)
#define ALIGNMENT     sizeof(gpointer)

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *next;
    gsize used;
    gsize size;
    /* the data follows */
};

struct _XlcArena {
    Chunk *chunks;    /* the first one is being filled */
    gsize chunk_size; /* of the next one */
};

XlcArena *
xlc_arena_new(void)
{
    XlcArena *arena = g_new0(XlcArena, 1);

    arena->chunk_size = FIRST_CHUNK;
    return arena;
}

static void
free_chunks(Chunk *chunk)
{
    while (chunk) {
        Chunk *next = chunk->next;

        g_free(chunk);
        chunk = next;
    }
}

void
xlc_arena_free(XlcArena *arena)
{
    if (!arena)
        return;
    free_chunks(arena->chunks);
    g_free(arena);
}

void
xlc_arena_reset(XlcArena *arena)
{
    Chunk *kept = arena->chunks;

    if (!kept)
        return;
    free_chunks(g_steal_pointer(&kept->next));
    memset(kept + 1, 0, kept->used);
    kept->used = 0;
}

static char *
chunk_take(Chunk *chunk, gsize size)
{
    char *place = (char *)(chunk + 1) + chunk->used;

    chunk->used += size;
    return place;
}

static Chunk *
chunk_new(gsize size)
{
    Chunk *chunk = g_malloc0(sizeof(Chunk) + size);

    chunk->size = size;
    return chunk;
}

gpointer
xlc_arena_alloc(XlcArena *arena, gsize size)
{
    Chunk *current = arena->chunks;
    Chunk *chunk;

    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (current && current->size - current->used >= size)
        return chunk_take(current, size);

    if (current && size > FIRST_CHUNK / 4) {
        /* a large piece gets a chunk of its own behind the one being filled */
        chunk = chunk_new(size);
        chunk->next = current->next;
        current->next = chunk;
        return chunk_take(chunk, size);
    }
    chunk = chunk_new(MAX(size, arena->chunk_size));
    chunk->next = current;
    arena->chunks = chunk;
    arena->chunk_size = MIN(arena->chunk_size * 2, LARGEST_CHUNK);
    return chunk_take(chunk, size);
}

char *
xlc_arena_strndup(XlcArena *arena, const char *bytes, gsize length)
{
    char *copy = xlc_arena_alloc(arena, length + 1);

    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}
