/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/kept.h"

#include <string.h>

#include "xlconv/compare.h"
#include "xlconv/numbers.h"

char *
xlc_kept_key(const char *line)
{
    return g_strndup(line, strcspn(line, " "));
}

gboolean
xlc_kept_is_beaten(const DomDef *def, const char *key)
{
    const XlcKey *row = xlc_key_find(key);

    return row != NULL && xlc_key_is_said(row, def);
}

static gboolean
would_be_number(const XlcEntry *entry)
{
    const XlcKey *row = xlc_key_find(entry->key);
    gint64 number;

    return row != NULL && xlc_key_holds_number(row) && entry->value->kind != XLC_VALUE_LIST &&
           xlc_number_parse(entry->value->text, G_MININT64, G_MAXINT64, &number, NULL);
}

void
xlc_kept_put(XlcWriter *writer, const XlcEntry *entry)
{
    xlc_writer_value(writer, entry->key,
                     entry->no_number && would_be_number(entry) ? XLC_OP_APPEND : XLC_OP_ASSIGN,
                     entry->value);
}

static gboolean
write_line(const char *line, const DomDef *def, gboolean beaten, XlcWriter *writer, GError **error)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(line, strlen(line), NULL, error);

    if (doc == NULL)
        return FALSE;
    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);

        if (xlc_kept_is_beaten(def, entry->key) == beaten)
            xlc_kept_put(writer, entry);
    }
    return TRUE;
}

gboolean
xlc_kept_write(const DomDef *def, gboolean beaten, XlcWriter *writer, GError **error)
{
    for (char **line = def->metadata.unmapped; line != NULL && *line != NULL; line++) {
        if (!write_line(*line, def, beaten, writer, error))
            return FALSE;
    }
    return TRUE;
}
