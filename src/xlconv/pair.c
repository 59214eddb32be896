/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/pair.h"

#define ONE(pair, def)  (*(char **)((char *)(def) + (pair)->one))
#define LIST(pair, def) (*(char ***)((char *)(def) + (pair)->list))

void
xlc_pair_clear(const XlcPair *pair, DomDef *def)
{
    g_clear_pointer(&ONE(pair, def), g_free);
    g_clear_pointer(&LIST(pair, def), g_strfreev);
}

gboolean
xlc_pair_same(const XlcPair *pair, const DomDef *a, const DomDef *b)
{
    char **list = LIST(pair, a), **other = LIST(pair, b);

    return g_strcmp0(ONE(pair, a), ONE(pair, b)) == 0 && (list == NULL) == (other == NULL) &&
           (list == NULL || g_strv_equal((const char *const *)list, (const char *const *)other));
}

gboolean
xlc_pair_parse(const XlcPair *pair, XlcReader *reader, const XlcKey *key, const XlcEntry *entry,
               DomDef *def)
{
    char **list;

    if (entry->value->kind != XLC_VALUE_LIST) {
        xlc_pair_clear(pair, def);
        ONE(pair, def) = g_strdup(entry->value->text);
        return TRUE;
    }
    list = xlc_take_strv(reader, key, entry->value);
    if (list == NULL)
        return FALSE;
    xlc_pair_clear(pair, def);
    LIST(pair, def) = list;
    return TRUE;
}

void
xlc_pair_format(const XlcPair *pair, const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    const char *one = ONE(pair, def);
    char **list = LIST(pair, def);

    if (one != NULL)
        xlc_writer_string(writer, key->key, one);
    if (list == NULL)
        return;
    xlc_writer_open(writer, key->key);
    for (char **item = list; *item != NULL; item++)
        xlc_writer_item_string(writer, *item);
    xlc_writer_close(writer);
}
