/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/uncarried.h"

#include "xlconv/convert.h"
#include "xlconv/key.h"

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

/* The entries that rows know, in the order of rows (transfer container): those that say what kind
 * of guest it is come first. */
static GPtrArray *
known_entries(const XlcDoc *doc)
{
    guint n_rows;
    const XlcKey *const *rows = xlc_key_all(&n_rows);
    GPtrArray *entries = g_ptr_array_new();

    for (guint i = 0; i < n_rows; i++) {
        const XlcEntry *entry = xlc_doc_get(doc, rows[i]->key);

        if (entry != NULL)
            g_ptr_array_add(entries, (gpointer)entry);
    }
    return entries;
}

/* Whether XML can be written of @def when those from @first on do not count. */
static gboolean
is_said_without(const DomDef *def, GPtrArray *entries, guint first)
{
    g_autoptr(DomDef) rest = dom_def_copy(def);
    g_autofree char *xml = NULL;

    for (guint i = first; i < entries->len; i++)
        xlc_key_clear(xlc_key_find(((const XlcEntry *)entries->pdata[i])->key), rest);
    xml = dom_def_format_xml(rest, DOM_FORMAT_SECURE, &xlc_def_ops, NULL);
    return xml != NULL;
}

/* By halves, since a guest may take long to write. */
const XlcEntry *
xlc_find_unsaid(const XlcDoc *doc, const DomDef *def)
{
    g_autoptr(GPtrArray) entries = known_entries(doc);
    guint first = 0, too_few = entries->len;

    if (!is_said_without(def, entries, first))
        return NULL;
    while (too_few - first > 1) {
        guint middle = first + (too_few - first) / 2;

        if (is_said_without(def, entries, middle))
            first = middle;
        else
            too_few = middle;
    }
    return entries->len > 0 ? entries->pdata[first] : NULL;
}
