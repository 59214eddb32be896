/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assignments that no row understands, carried as text. */
#pragma once

#include "conf/def.h"
#include "xlconv/writer.h"

/* The key of one of them (transfer full). */
char *xlc_kept_key(const char *line);

/*
 * Whether @def says @key itself. What is kept of that key is then something that xl ignored: it
 * stands before the assignment that counts, since xl takes the last one.
 */
gboolean xlc_kept_is_beaten(const DomDef *def, const char *key);

/* Writes the assignments that @def keeps: those that are beaten, or all others. Fails when one of
 * them is no assignment. */
gboolean xlc_kept_write(const DomDef *def, gboolean beaten, XlcWriter *writer, GError **error);
