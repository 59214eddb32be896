/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/arena.h"
#include "xlconv/doc.h"

/* What doc.c (storage, evaluation), parser.c (grammar) and writer.c share. */

/*
 * xl's parser is made by bison and has room for this many symbols. It decides how deep lists may
 * nest, so what it would hold is counted here: that is the only way to accept and refuse the same
 * files.
 *
 * In front of a value: the start, the statements, the key, the operator. A list adds a bracket and
 * a slot for newlines, and after its first item also the items, a comma and another slot for
 * newlines.
 */
#define XLC_MAX_SYMBOLS        9999
#define XLC_SYMBOLS_TOP        4
#define XLC_SYMBOLS_FIRST_ITEM 2
#define XLC_SYMBOLS_LATER_ITEM 5
#define XLC_SYMBOLS_VALUE      2 /* the item itself, and the slot for newlines behind it */
#define XLC_SYMBOLS_CLOSE      4
#define XLC_SYMBOLS_NEWLINE    1

/**
 * XlcDoc:
 * @arena: holds the source, all values, assignments and entries
 * @assignments: (element-type XlcAssignment): in order of the text
 * @entries: (element-type XlcEntry): in order of first appearance
 * @by_key: key to entry
 */
struct _XlcDoc {
    XlcArena *arena;
    const char *source;
    gsize length;
    GPtrArray *assignments;
    GPtrArray *entries;
    GHashTable *by_key;
};

/*
 * Takes an assignment into the document (in order of the text).
 *
 * Returns: FALSE when a += joins a list and an atom; xl refuses the file then. Nothing has changed.
 */
gboolean xlc_doc_add(XlcDoc *doc, const XlcAssignment *assignment);

/* Makes the effective values; once, after the last xlc_doc_add(). */
void xlc_doc_evaluate(XlcDoc *doc);

/* Reads the source. Errors go to @report (nullable). Returns: whether there was none. */
gboolean xlc_doc_read(XlcDoc *doc, DomReport *report);
