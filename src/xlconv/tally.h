/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts, and how many there are of each: two that are alike are two. */
#pragma once

#include <glib.h>

/* An empty one (transfer full); g_hash_table_unref() frees it. */
GHashTable *xlc_tally_new(void);

/* One more of @text (transfer full). */
void xlc_tally_add(GHashTable *tally, char *text);

/* One less of @text; FALSE when none is left. */
gboolean xlc_tally_take(GHashTable *tally, const char *text);
