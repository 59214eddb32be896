/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/spec.h"

/* key=value@column:value_column ... with flags as key@column */
static char *
show(const XlcSpecTokens *tokens)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < tokens->n_tokens; i++) {
        const XlcSpecToken *token = &tokens->tokens[i];

        if (i > 0)
            g_string_append_c(out, '|');
        if (token->value)
            g_string_append_printf(out, "%s=%s@%u:%u", token->key, token->value, token->column,
                                   token->value_column);
        else
            g_string_append_printf(out, "%s@%u", token->key, token->column);
    }
    return g_string_free(out, FALSE);
}

static void
test_split(void)
{
    static const struct {
        const char *spec;
        const char *tokens;
    } rows[] = {
        { "", "" },
        { ",,", "" },
        { "a=1", "a=1@1:3" },
        { ",a=1,, b=2=3 ,flag", "a=1@2:4|b=2=3 @8:10|flag@15" },
        { "a", "a@1" },
        { "a= ,=b,", "a= @1:3|=b@5:6" },
        { "\ta=1", "\ta=1@1:4" },
        { "a=, ", "a=@1:3|@5" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(XlcSpecTokens) tokens = xlc_spec_split(rows[i].spec);
        g_autofree char *shown = show(tokens);

        g_assert_cmpstr(shown, ==, rows[i].tokens);
    }
}

static void
test_pairs(void)
{
    static const struct {
        const char *spec;
        const char *tokens; /* NULL: refused */
    } rows[] = {
        { "name=a,path=/x", "name=a@1:6|path=/x@8:13" },
        { " name = a b\t, x=y", "name=a b@2:9|x=y@15:17" },
        { "a= ", "a=@1:4" },
        { "a=", NULL },
        { "a", NULL },
        { "", NULL },
        { ",", NULL },
        { "a=b,c", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcSpecTokens) tokens = xlc_spec_split_pairs(rows[i].spec, FALSE, &error);
        g_autofree char *shown = tokens ? show(tokens) : NULL;

        g_assert_cmpstr(shown, ==, rows[i].tokens);
        if (!tokens)
            g_assert_error(error, XLC_ERROR, XLC_ERROR_SYNTAX);
    }
}

static void
test_pairs_with_empties(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcSpecTokens) tokens = xlc_spec_split_pairs("tag=,path = /x", TRUE, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(tokens->n_tokens, ==, 2);
    g_assert_cmpstr(tokens->tokens[0].value, ==, "");
    g_assert_cmpstr(tokens->tokens[1].value, ==, "/x");
    g_assert_null(xlc_spec_split_pairs("tag,path=/x", TRUE, NULL));
}

static void
test_pair(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcSpecTokens) vcpus = xlc_spec_split_pair("vcpus = 0-3,5", &error);
    g_autofree char *shown = show(vcpus);

    g_assert_cmpstr(shown, ==, "vcpus=0-3,5@1:9");
    g_assert_null(xlc_spec_split_pair("size", &error));
    g_assert_error(error, XLC_ERROR, XLC_ERROR_SYNTAX);
}

static void
test_find(void)
{
    g_autoptr(XlcSpecTokens) tokens = xlc_spec_split("a=1,b=2,a=3");

    g_assert_cmpstr(xlc_spec_find(tokens, "a")->value, ==, "3");
    g_assert_null(xlc_spec_find(tokens, "c"));
}

static void
test_report(void)
{
    static const char text[] = "vif = [\n  'a\\\\,b' ]\n";
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    g_autoptr(DomReport) report = dom_report_new("x.cfg");
    g_autoptr(GPtrArray) issues = xlc_spec_issues_new();

    xlc_spec_issue(issues, DOM_SEVERITY_WARNING, 4, "unknown %s", "b");
    xlc_spec_issue(NULL, DOM_SEVERITY_WARNING, 4, "dropped");
    xlc_spec_issues_report(issues, doc, 0, xlc_doc_get(doc, "vif")->value->items[0], "vif", report);
    g_assert_cmpuint(dom_report_size(report), ==, 1);
    g_assert_cmpuint(dom_report_get(report, 0)->line, ==, 2);
    g_assert_cmpuint(dom_report_get(report, 0)->column, ==, 8);
    g_assert_cmpstr(dom_report_get(report, 0)->text, ==, "unknown b");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/spec/split", test_split);
    g_test_add_func("/xlc/spec/pairs", test_pairs);
    g_test_add_func("/xlc/spec/pairs-with-empties", test_pairs_with_empties);
    g_test_add_func("/xlc/spec/pair", test_pair);
    g_test_add_func("/xlc/spec/find", test_find);
    g_test_add_func("/xlc/spec/report", test_report);
    return g_test_run();
}
