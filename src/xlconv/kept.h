/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assignments that no row understands, carried as text. */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"
#include "xlconv/writer.h"

/* The key of one of them (transfer full). */
char *xlc_kept_key(const char *line);

/*
 * Whether @def says @key itself. What is kept of that key is then something that xl ignored: it
 * stands before the assignment that counts, since xl takes the last one.
 */
gboolean xlc_kept_is_beaten(const DomDef *def, const char *key);

/* Writes @entry with the value that counts. A number that xl would take is written as +=, of which
 * it takes none, where that is what made it; otherwise += means no more than =. */
void xlc_kept_put(XlcWriter *writer, const XlcEntry *entry);

/* Writes the assignments that @def keeps: those that are beaten, or all others. Fails when one of
 * them is no assignment. */
gboolean xlc_kept_write(const DomDef *def, gboolean beaten, XlcWriter *writer, GError **error);
