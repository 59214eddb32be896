/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/arena.h"
#include "xlconv/doc.h"

/* What doc.c (storage, evaluation) and parser.c (grammar) share. */

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
