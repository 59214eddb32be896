/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/uncarried.h"

#include "conf/def.h"

typedef struct {
    const XlcDoc *doc;
    DomSeverity severity;
    DomReport *report;
    gboolean found;
} Walk;

static void
look_at(Walk *walk, const char *key, const XlcValue *value)
{
    const char *byte = value->text != NULL ? dom_xml_uncarried(value->text) : NULL;
    XlcPosition at;

    for (guint i = 0; i < value->n_items; i++)
        look_at(walk, key, value->items[i]);
    if (byte == NULL)
        return;
    at = xlc_doc_locate(walk->doc, value, (gsize)(byte - value->text));
    dom_report_add(walk->report, walk->severity, at.line, at.column, key, "%s",
                   dom_xml_uncarried_text(byte));
    walk->found = TRUE;
}

gboolean
xlc_report_uncarried(const XlcDoc *doc, DomSeverity severity, DomReport *report)
{
    Walk walk = { doc, severity, report, FALSE };

    for (guint i = 0; i < xlc_doc_n_entries(doc); i++)
        look_at(&walk, xlc_doc_entry(doc, i)->key, xlc_doc_entry(doc, i)->value);
    return walk.found;
}
