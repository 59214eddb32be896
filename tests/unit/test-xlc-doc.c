/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/doc.h"
#include "xlconv/error.h"

/* A value as text: "x", [a, b]; numbers bare. */
static void
show(GString *out, const XlcValue *value)
{
    if (value->kind == XLC_VALUE_NUMBER) {
        g_string_append(out, value->text);
    } else if (value->kind == XLC_VALUE_STRING) {
        g_string_append_printf(out, "'%s'", value->text);
    } else {
        g_string_append_c(out, '[');
        for (guint i = 0; i < value->n_items; i++) {
            if (i > 0)
                g_string_append_c(out, ' ');
            show(out, value->items[i]);
        }
        g_string_append_c(out, ']');
    }
}

static char *
show_all(const XlcDoc *doc)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);

        g_string_append_printf(out, "%s%s=", i > 0 ? " " : "", entry->key);
        show(out, entry->value);
    }
    return g_string_free(out, FALSE);
}

static void
test_values(void)
{
    static const struct {
        const char *text;
        const char *values;
    } rows[] = {
        { "", "" },
        { ";;\n;", "" },
        { "# only a comment\n", "" },
        { "a=1", "a=1" },
        { "a=1;b='x';\n c = \"y\"", "a=1 b='x' c='y'" },
        { "a=007\nb=0x1f\nc=1abc", "a=007 b=0x1f c=1abc" },
        { "a=1\na=2\n", "a=2" },
        { "b=1\na=2\nb=3\n", "b=3 a=2" },
        { "a=[]", "a=[]" },
        { "a=['x',]", "a=['x']" },
        { "a=[ # first\n 'x', # second\n\n 2\n, ]\n", "a=['x' 2]" },
        { "a=[1,['x',[]],'y']", "a=[1 ['x' []] 'y']" },
        { "a='x'\na+='y'", "a='xy'" },
        { "a='x'\na+=5", "a='x5'" },
        { "a=1\na+=2", "a='12'" },
        { "a+='x'", "a='x'" },
        { "a=['x']\na+=['y',['z']]\na+=[]", "a=['x' 'y' ['z']]" },
        { "a=['x']\na=['y']\na+=['z']", "a=['y' 'z']" },
        { "a=['x']\na='y'", "a='y'" },
        { "a=['x']\na='y'\na+='z'", "a='yz'" },
        { "a='\\n\\\"\\\\'", "a='\n\"\\'" },
        { "a=1\n-", "a=1" }, /* one stray byte at the end passes */
        { "a=1\n#", "a=1" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcDoc) doc = xlc_doc_parse(rows[i].text, strlen(rows[i].text), NULL, &error);
        g_autofree char *values = NULL;

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_no_error(error);
        values = show_all(doc);
        g_assert_cmpstr(values, ==, rows[i].values);
    }
}

/* "line:column line:column ..." of the errors */
static char *
places_of(const DomReport *report)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(report, i);

        if (diagnostic->severity == DOM_SEVERITY_ERROR)
            g_string_append_printf(out, "%s%u:%u", out->len > 0 ? " " : "", diagnostic->line,
                                   diagnostic->column);
    }
    return g_string_free(out, FALSE);
}

static void
test_errors(void)
{
    static const struct {
        const char *text;
        const char *places;
        const char *first; /* pattern of the first message */
        const char *rest;  /* what could still be understood */
    } rows[] = {
        { "a", "1:2", "*expected = or +=*", "" },
        { "a=", "1:3", "*expected a value*", "" },
        { "a=\n1\n", "1:3 2:1", "*expected a value*", "" },
        { "a=True\nb=1\n", "1:3", "*quotes*", "b=1" },
        { "a=yes", "1:3", "*must be in quotes*", "" },
        { "a=-5\nb=1.5\nc=5M\nd=2", "1:3 2:3 3:3", "*quotes*", "d=2" },
        { "a='x' 'y'", "1:7", "*do not join*", "" },
        { "a=1 b=2\nc=3", "1:5", "*newline or ;*", "c=3" },
        { "a=1,b=2", "1:4", NULL, "" },
        { "= 5", "1:1", "*expected a key*", "" },
        { "A = 5\nb = 6", "1:1", "*lower-case*", "b=6" },
        { "a=[,]", "1:4", "*item*", "" },
        { "a=['x',,'y']", "1:8", "*item*", "" },
        { "a=['x' 'y']", "1:8", "*comma*", "" },
        { "a=['x';]", "1:7", "*comma*", "" },
        { "a=[ True,\n 'x',\n -1,\n]\nb=1", "1:5 3:2", "*quotes*", "b=1" },
        { "a=['x',\n 'y'\nb=1\nc=2\n", "1:3", "*no end*", "b=1 c=2" },
        { "a=[", "1:3", "*no end*", "" },
        { "a=1\n# no newline", "2:1", "*newline*", "a=1" },
        { "a=1\r\nb=2\r\n", "1:4 2:4", "*newline*", "" },
        { "a='x\nb=1", "1:3", "*string*", "b=1" },
        { "a=['x']\na+='y'\nb=1", "2:1", "*cannot join*", "a=['x'] b=1" },
        { "a b = [\n 'x',\n 'y'\n]\nc=1", "1:3", "*expected = or +=*", "c=1" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize length = strlen(rows[i].text);
        g_autoptr(DomReport) report = dom_report_new("x.cfg");
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcDoc) partial = NULL;
        g_autofree char *places = NULL;
        g_autofree char *rest = NULL;
        gboolean broken = FALSE;

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_null(xlc_doc_parse(rows[i].text, length, NULL, &error));
        g_assert_error(error, XLC_ERROR, XLC_ERROR_SYNTAX);
        partial = xlc_doc_parse_partial(rows[i].text, length, report, &broken);
        g_assert_true(broken);
        places = places_of(report);
        g_assert_cmpstr(places, ==, rows[i].places);
        if (rows[i].first)
            g_assert_true(g_pattern_match_simple(rows[i].first, dom_report_get(report, 0)->text));
        rest = show_all(partial);
        g_assert_cmpstr(rest, ==, rows[i].rest);
    }
}

static void
test_summary(void)
{
    g_autoptr(DomReport) report = dom_report_new("x.cfg");
    g_autoptr(GError) error = NULL;

    /* errors of an earlier reader are not this file's */
    dom_report_add(report, DOM_SEVERITY_ERROR, 9, 9, NULL, "earlier");
    g_assert_null(xlc_doc_parse("a=\nb=\n", 6, report, &error));
    g_assert_true(
        g_pattern_match_simple("2 errors, the first in line 1, column 3: *", error->message));
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), ==, 3);
    g_assert_cmpstr(dom_report_get(report, 1)->key, ==, "a");
}

static void
test_places(void)
{
    static const char text[] = "# head\nmemory = 512 # why\ndisk = [\n  'a\\\\b' ]\n";
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    const XlcAssignment *memory = xlc_doc_assignment(doc, 0);
    const XlcValue *item = xlc_doc_get(doc, "disk")->value->items[0];

    g_assert_cmpuint(memory->start.line, ==, 2);
    g_assert_cmpuint(memory->start.column, ==, 1);
    g_assert_cmpmem(text + memory->start.offset, memory->end.offset - memory->start.offset,
                    "memory = 512", 12);
    g_assert_cmpuint(item->start.line, ==, 4);
    g_assert_cmpuint(item->start.column, ==, 3);
    g_assert_cmpstr(item->text, ==, "a\\b");
    g_assert_cmpuint(xlc_doc_locate(doc, item, 0).column, ==, 4);
    g_assert_cmpuint(xlc_doc_locate(doc, item, 1).column, ==, 5);
    g_assert_cmpuint(xlc_doc_locate(doc, item, 2).column, ==, 7); /* behind the two backslashes */
    g_assert_cmpuint(xlc_doc_locate(doc, item, 99).column, ==, 8);
    g_assert_cmpuint(xlc_doc_locate(doc, memory->value, 1).column, ==, 11);
    g_assert_cmpstr(xlc_doc_source(doc, NULL), ==, text);
}

static void
test_entries(void)
{
    static const char text[] = "a=1\na='x'\na+='y'\nb=2\na+='z'\nc+=3\nd+=1\nd=2";
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    const XlcEntry *a = xlc_doc_get(doc, "a");

    g_assert_cmpuint(xlc_doc_n_assignments(doc), ==, 8);
    g_assert_cmpuint(xlc_doc_n_entries(doc), ==, 4);
    g_assert_cmpuint(a->n_assignments, ==, 4);
    g_assert_cmpuint(a->first_used, ==, 1);
    g_assert_cmpstr(a->value->text, ==, "xyz");
    g_assert_true(a->value->joined);
    g_assert_true(a->no_number);
    g_assert_cmpuint(xlc_entry_last(a)->start.line, ==, 5);
    g_assert_false(xlc_doc_get(doc, "b")->no_number);
    g_assert_true(xlc_doc_get(doc, "c")->no_number);
    g_assert_false(xlc_doc_get(doc, "c")->value->joined);
    g_assert_false(xlc_doc_get(doc, "d")->no_number);
    g_assert_null(xlc_doc_get(doc, "e"));
}

static gboolean
nests(guint levels, const char *open, const char *inside)
{
    g_autoptr(GString) text = g_string_new("a=");
    g_autoptr(XlcDoc) doc = NULL;

    for (guint i = 0; i < levels; i++)
        g_string_append(text, open);
    g_string_append(text, inside);
    for (guint i = 0; i < levels; i++)
        g_string_append_c(text, ']');
    doc = xlc_doc_parse(text->str, text->len, NULL, NULL);
    return doc != NULL;
}

/* The figures are those of libxlutil. */
static void
test_depth(void)
{
    g_assert_true(nests(4995, "[", ""));
    g_assert_true(nests(4995, "[", "\n"));
    g_assert_false(nests(4997, "[", ""));
    g_assert_true(nests(1990, "[1,", ""));
    g_assert_false(nests(2000, "[1,", ""));
    g_assert_false(nests(100000, "[", ""));
}

static void
test_size(void)
{
    g_autoptr(GString) text = g_string_new("a=''\nl=[]\n");
    g_autoptr(XlcDoc) doc = NULL;

    for (guint i = 0; i < 20000; i++)
        g_string_append(text, "a+='0123456789'\nl+=['x']\n");
    doc = xlc_doc_parse(text->str, text->len, NULL, NULL);
    g_assert_nonnull(doc);
    g_assert_cmpuint(xlc_doc_get(doc, "a")->value->length, ==, 200000);
    g_assert_cmpuint(xlc_doc_get(doc, "l")->value->n_items, ==, 20000);
}

static void
test_error_limit(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(DomReport) report = dom_report_new(NULL);

    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "-\n");
    g_assert_null(xlc_doc_parse(text->str, text->len, report, NULL));
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), ==, 1000);
    g_assert_cmpuint(dom_report_size(report), <, 1010);
}

static void
test_python(void)
{
    static const char text[] = "import os\nmem = os.getenv('M')\n";
    g_autoptr(DomReport) report = dom_report_new(NULL);

    g_assert_null(xlc_doc_parse(text, strlen(text), report, NULL));
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), ==, 2);
    g_assert_cmpint(dom_report_get(report, dom_report_size(report) - 1)->severity, ==,
                    DOM_SEVERITY_NOTE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/doc/values", test_values);
    g_test_add_func("/xlc/doc/errors", test_errors);
    g_test_add_func("/xlc/doc/summary", test_summary);
    g_test_add_func("/xlc/doc/places", test_places);
    g_test_add_func("/xlc/doc/entries", test_entries);
    g_test_add_func("/xlc/doc/depth", test_depth);
    g_test_add_func("/xlc/doc/size", test_size);
    g_test_add_func("/xlc/doc/error-limit", test_error_limit);
    g_test_add_func("/xlc/doc/python", test_python);
    return g_test_run();
}
