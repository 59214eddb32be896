/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/numbers.h"

static void
test_parse(void)
{
    static const struct {
        const char *text;
        gboolean good;
        gint64 number;
    } rows[] = {
        { "0", TRUE, 0 },
        { "512", TRUE, 512 },
        { "010", TRUE, 8 },
        { "0x1f", TRUE, 31 },
        { "0X1F", TRUE, 31 },
        { "-5", TRUE, -5 },
        { "+5", TRUE, 5 },
        { " \t5", TRUE, 5 },
        { "9223372036854775807", TRUE, G_MAXINT64 },
        { "-9223372036854775808", TRUE, G_MININT64 },
        { "9223372036854775808", FALSE, 0 },
        { "", FALSE, 0 },
        { " ", FALSE, 0 },
        { "08", FALSE, 0 },
        { "0x", FALSE, 0 },
        { "5M", FALSE, 0 },
        { "5 ", FALSE, 0 },
        { "1abc", FALSE, 0 },
        { "yes", FALSE, 0 },
        { "1.5", FALSE, 0 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        gint64 number = 42;
        gboolean good = xlc_number_parse(rows[i].text, G_MININT64, G_MAXINT64, &number, &error);

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_cmpint(good, ==, rows[i].good);
        if (good) {
            g_assert_no_error(error);
            g_assert_cmpint(number, ==, rows[i].number);
        } else {
            g_assert_error(error, XLC_ERROR, XLC_ERROR_VALUE);
            g_assert_cmpint(number, ==, 42);
        }
    }
}

static void
test_bounds(void)
{
    g_autoptr(GError) error = NULL;
    gint64 number;

    g_assert_true(xlc_number_parse("5", 5, 5, &number, NULL));
    g_assert_false(xlc_number_parse("4", 5, 9, &number, &error));
    g_assert_true(g_pattern_match_simple("*too small*", error->message));
    g_clear_error(&error);
    g_assert_false(xlc_number_parse("10", 5, 9, &number, &error));
    g_assert_true(g_pattern_match_simple("*too large*", error->message));
}

static void
test_bool(void)
{
    gboolean value;

    g_assert_true(xlc_number_parse_bool("0", &value, NULL) && !value);
    g_assert_true(xlc_number_parse_bool("00", &value, NULL) && !value);
    g_assert_true(xlc_number_parse_bool("1", &value, NULL) && value);
    g_assert_true(xlc_number_parse_bool("2", &value, NULL) && value);
    g_assert_true(xlc_number_parse_bool("-1", &value, NULL) && value);
    g_assert_false(xlc_number_parse_bool("on", &value, NULL));
    g_assert_false(xlc_number_parse_bool("", &value, NULL));
}

static void
test_decimal(void)
{
    const char *rest;
    guint64 number;

    g_assert_true(xlc_number_parse_decimal("1500", &number, &rest, NULL));
    g_assert_cmpuint(number, ==, 1500);
    g_assert_cmpstr(rest, ==, "");
    g_assert_true(xlc_number_parse_decimal(" 010k", &number, &rest, NULL));
    g_assert_cmpuint(number, ==, 10);
    g_assert_cmpstr(rest, ==, "k");
    g_assert_false(xlc_number_parse_decimal("", &number, &rest, NULL));
    g_assert_false(xlc_number_parse_decimal("x", &number, &rest, NULL));
    g_assert_false(xlc_number_parse_decimal("18446744073709551615", &number, &rest, NULL));
}

static void
test_entry(void)
{
    static const char text[] = "a='5'\nb=[5]\nc+=5\nd=5\nd+=0\nd=' 7'\ne=1\n";
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    g_autoptr(GError) error = NULL;
    gboolean on = FALSE;
    gint64 number;

    g_assert_true(xlc_entry_number(xlc_doc_get(doc, "a"), 0, 9, &number, NULL));
    g_assert_cmpint(number, ==, 5);
    g_assert_false(xlc_entry_number(xlc_doc_get(doc, "b"), 0, 9, &number, &error));
    g_assert_true(g_pattern_match_simple("*list*", error->message));
    g_clear_error(&error);
    g_assert_false(xlc_entry_number(xlc_doc_get(doc, "c"), 0, 9, &number, &error));
    g_assert_true(g_pattern_match_simple("*+=*", error->message));
    g_assert_true(xlc_entry_number(xlc_doc_get(doc, "d"), 0, 9, &number, NULL));
    g_assert_cmpint(number, ==, 7);
    g_assert_true(xlc_entry_bool(xlc_doc_get(doc, "e"), &on, NULL));
    g_assert_true(on);
    g_assert_false(xlc_entry_bool(xlc_doc_get(doc, "c"), &on, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/numbers/parse", test_parse);
    g_test_add_func("/xlc/numbers/bounds", test_bounds);
    g_test_add_func("/xlc/numbers/bool", test_bool);
    g_test_add_func("/xlc/numbers/decimal", test_decimal);
    g_test_add_func("/xlc/numbers/entry", test_entry);
    return g_test_run();
}
