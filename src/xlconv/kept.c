/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/kept.h"

#include <string.h>

#include "xlconv/doc.h"

static gboolean
write_line(const char *line, XlcWriter *writer, GError **error)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(line, strlen(line), NULL, error);

    if (doc == NULL)
        return FALSE;
    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);

        xlc_writer_value(writer, entry->key, entry->no_number ? XLC_OP_APPEND : XLC_OP_ASSIGN,
                         entry->value);
    }
    return TRUE;
}

gboolean
xlc_kept_write(char **lines, XlcWriter *writer, GError **error)
{
    for (char **line = lines; line != NULL && *line != NULL; line++) {
        if (!write_line(*line, writer, error))
            return FALSE;
    }
    return TRUE;
}
