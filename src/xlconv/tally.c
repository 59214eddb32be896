/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/tally.h"

static guint
count_of(GHashTable *tally, const char *text)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(tally, text));
}

GHashTable *
xlc_tally_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void
xlc_tally_add(GHashTable *tally, char *text)
{
    guint count = count_of(tally, text);

    g_hash_table_insert(tally, text, GUINT_TO_POINTER(count + 1));
}

gboolean
xlc_tally_take(GHashTable *tally, const char *text)
{
    guint count = count_of(tally, text);

    if (count > 0)
        g_hash_table_insert(tally, g_strdup(text), GUINT_TO_POINTER(count - 1));
    return count > 0;
}
