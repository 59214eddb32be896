/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as an xl.cfg file; what is accepted must come back from the writer as the same values.
 */

#include <stdint.h>
#include <string.h>

#include "xlconv/doc.h"
#include "xlconv/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_value(const XlcValue *a, const XlcValue *b)
{
    g_assert_true((a->kind == XLC_VALUE_LIST) == (b->kind == XLC_VALUE_LIST));
    if (a->kind != XLC_VALUE_LIST) {
        g_assert_cmpmem(a->text, a->length, b->text, b->length);
        return;
    }
    g_assert_cmpuint(a->n_items, ==, b->n_items);
    for (guint i = 0; i < a->n_items; i++)
        same_value(a->items[i], b->items[i]);
}

static void
locate_all(const XlcDoc *doc, const XlcValue *value)
{
    for (gsize i = 0; i <= value->length; i++) {
        XlcPosition at = xlc_doc_locate(doc, value, i);

        g_assert_cmpuint(at.offset, >=, value->start.offset);
        g_assert_cmpuint(at.offset, <=, value->end.offset);
    }
}

static void
rewrite(const XlcDoc *doc)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcDoc) again = NULL;
    g_autofree char *text = NULL;
    gsize length;

    for (guint i = 0; i < xlc_doc_n_assignments(doc); i++) {
        const XlcAssignment *assignment = xlc_doc_assignment(doc, i);

        xlc_writer_value(writer, assignment->key, assignment->op, assignment->value);
        if (assignment->value->length < 1000)
            locate_all(doc, assignment->value);
    }
    text = xlc_writer_finish(writer, &length, &error);
    g_assert_no_error(error);
    again = xlc_doc_parse(text, length, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(xlc_doc_n_assignments(doc), ==, xlc_doc_n_assignments(again));
    g_assert_cmpuint(xlc_doc_n_entries(doc), ==, xlc_doc_n_entries(again));
    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *a = xlc_doc_entry(doc, i);
        const XlcEntry *b = xlc_doc_entry(again, i);

        g_assert_cmpstr(a->key, ==, b->key);
        g_assert_cmpint(a->no_number, ==, b->no_number);
        same_value(a->value, b->value);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(DomReport) report = dom_report_new("fuzz.cfg");
    g_autoptr(XlcDoc) partial = NULL;
    gboolean broken;

    partial = xlc_doc_parse_partial((const char *)data, size, report, &broken);
    g_assert_cmpint(broken, ==, dom_report_count(report, DOM_SEVERITY_ERROR) > 0);
    rewrite(partial);
    return 0;
}
