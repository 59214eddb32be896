/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/writer.h"

static void
test_atoms(void)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;

    xlc_writer_comment(writer, "two\nlines\n");
    xlc_writer_string(writer, "name", "a\"b\\c\n'\t\r\x80");
    xlc_writer_integer(writer, "vcpus", 2);
    xlc_writer_integer(writer, "rtc_timeoffset", -3600);
    xlc_writer_unsigned(writer, "big", G_MAXUINT64);
    xlc_writer_blank(writer);
    xlc_writer_atom(writer, "a", "0x1f");
    xlc_writer_atom(writer, "b", "0X1F");
    xlc_writer_atom(writer, "c", "");
    xlc_writer_bytes(writer, "d", "xyz", 2);
    text = xlc_writer_finish(writer, &length, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==,
                    "# two\n# lines\n#\n"
                    "name = \"a\\\"b\\\\c\\n'\t\r\x80\"\n"
                    "vcpus = 2\n"
                    "rtc_timeoffset = \"-3600\"\n"
                    "big = 18446744073709551615\n"
                    "\n"
                    "a = 0x1f\n"
                    "b = \"0X1F\"\n"
                    "c = \"\"\n"
                    "d = \"xy\"\n");
    g_assert_cmpuint(length, ==, strlen(text));
}

static void
test_lists(void)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    xlc_writer_open(writer, "none");
    xlc_writer_close(writer);
    xlc_writer_open(writer, "cpus");
    xlc_writer_item_integer(writer, 1);
    xlc_writer_item_atom(writer, "2");
    xlc_writer_item_integer(writer, -3);
    xlc_writer_close(writer);
    xlc_writer_open(writer, "disk");
    xlc_writer_item_string(writer, "/dev/vg/a-volume-with-a-long-name,raw,xvda,rw");
    xlc_writer_item_string(writer, "/dev/vg/another-volume,raw,xvdb,rw");
    xlc_writer_close(writer);
    xlc_writer_open(writer, "vnuma");
    for (int i = 0; i < 2; i++) {
        xlc_writer_item_open(writer);
        xlc_writer_item_string(writer, "pnode=0");
        xlc_writer_item_string(writer, "size=1024");
        xlc_writer_item_string(writer, "vcpus=0-1");
        xlc_writer_item_string(writer, "vdistances=10,20");
        xlc_writer_close(writer);
    }
    xlc_writer_close(writer);
    text = xlc_writer_finish(writer, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==,
                    "none = []\n"
                    "cpus = [ 1, 2, \"-3\" ]\n"
                    "disk = [\n"
                    "    \"/dev/vg/a-volume-with-a-long-name,raw,xvda,rw\",\n"
                    "    \"/dev/vg/another-volume,raw,xvdb,rw\"\n"
                    "]\n"
                    "vnuma = [\n"
                    "    [ \"pnode=0\", \"size=1024\", \"vcpus=0-1\", \"vdistances=10,20\" ],\n"
                    "    [ \"pnode=0\", \"size=1024\", \"vcpus=0-1\", \"vdistances=10,20\" ]\n"
                    "]\n");
}

/* A list of exactly the line's width stays on it. */
static void
test_width(void)
{
    for (guint extra = 0; extra < 2; extra++) {
        g_autoptr(XlcWriter) writer = xlc_writer_new();
        g_autofree char *item = g_strnfill(80 - strlen("a = [ \"\" ]") + extra, 'x');
        g_autofree char *text = NULL;
        gsize length;

        xlc_writer_open(writer, "a");
        xlc_writer_item_string(writer, item);
        xlc_writer_close(writer);
        text = xlc_writer_finish(writer, &length, NULL);
        g_assert_cmpuint(strcspn(text, "\n"), ==, extra == 0 ? 80 : strlen("a = ["));
    }
}

static void
expect_error(XlcWriter *writer, int code)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    /* what comes after the error is not done, and does no harm */
    xlc_writer_open(writer, "later");
    xlc_writer_item_string(writer, "x");
    xlc_writer_close(writer);
    g_assert_null(xlc_writer_finish(writer, NULL, &error));
    g_assert_error(error, XLC_ERROR, code);
    /* and the writer is fresh again */
    xlc_writer_integer(writer, "a", 1);
    text = xlc_writer_finish(writer, NULL, NULL);
    g_assert_cmpstr(text, ==, "a = 1\n");
}

static void
test_refused(void)
{
    static const char *const bad_keys[] = { "", "A", "a b", "a=1\nb", "a\n", "_a", "\xc3\xa9" };
    g_autoptr(XlcWriter) writer = xlc_writer_new();

    for (gsize i = 0; i < G_N_ELEMENTS(bad_keys); i++) {
        xlc_writer_integer(writer, bad_keys[i], 1);
        expect_error(writer, XLC_ERROR_UNWRITABLE);
        xlc_writer_open(writer, bad_keys[i]);
        expect_error(writer, XLC_ERROR_UNWRITABLE);
    }
    xlc_writer_bytes(writer, "a", "x\0y", 3);
    expect_error(writer, XLC_ERROR_UNWRITABLE);
    xlc_writer_item_string(writer, "x");
    expect_error(writer, XLC_ERROR_UNWRITABLE);
    xlc_writer_close(writer);
    expect_error(writer, XLC_ERROR_UNWRITABLE);
    xlc_writer_open(writer, "a");
    xlc_writer_integer(writer, "b", 1);
    expect_error(writer, XLC_ERROR_UNWRITABLE);
}

static void
test_unclosed(void)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GError) error = NULL;

    xlc_writer_open(writer, "a");
    xlc_writer_item_string(writer, "x");
    g_assert_null(xlc_writer_finish(writer, NULL, &error));
    g_assert_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE);
    xlc_writer_close(writer); /* of a list that is gone */
    expect_error(writer, XLC_ERROR_UNWRITABLE);
}

/* Writes lists in lists; the innermost has two items. */
static char *
nested(guint levels, gboolean later, GError **error)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();

    xlc_writer_open(writer, "a");
    for (guint i = 1; i < levels; i++) {
        if (later)
            xlc_writer_item_integer(writer, 1);
        xlc_writer_item_open(writer);
    }
    xlc_writer_item_integer(writer, 1);
    xlc_writer_item_integer(writer, 2);
    for (guint i = 0; i < levels; i++)
        xlc_writer_close(writer);
    return xlc_writer_finish(writer, NULL, error);
}

static void
test_depth(void)
{
    static const struct {
        guint from, to;
        gboolean later;
    } rows[] = { { 1, 60, FALSE }, { 1, 60, TRUE }, { 4980, 5000, FALSE }, { 1990, 2005, TRUE } };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (guint levels = rows[i].from; levels < rows[i].to; levels++) {
            g_autoptr(GError) error = NULL;
            g_autofree char *text = nested(levels, rows[i].later, &error);
            g_autoptr(XlcDoc) doc = NULL;

            if (!text) {
                g_assert_error(error, XLC_ERROR, XLC_ERROR_LIMIT);
                g_assert_cmpuint(levels, >, rows[i].later ? 1995 : 4990);
                continue;
            }
            doc = xlc_doc_parse(text, strlen(text), NULL, &error);
            g_assert_no_error(error);
        }
    }
    {
        g_autoptr(GError) error = NULL;

        g_assert_null(nested(100000, FALSE, &error));
        g_assert_error(error, XLC_ERROR, XLC_ERROR_LIMIT);
    }
}

static void
test_quote(void)
{
    g_autofree char *quoted = xlc_writer_quote("a\"\\\nb");

    g_assert_cmpstr(quoted, ==, "\"a\\\"\\\\\\nb\"");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/writer/atoms", test_atoms);
    g_test_add_func("/xlc/writer/lists", test_lists);
    g_test_add_func("/xlc/writer/width", test_width);
    g_test_add_func("/xlc/writer/refused", test_refused);
    g_test_add_func("/xlc/writer/unclosed", test_unclosed);
    g_test_add_func("/xlc/writer/depth", test_depth);
    g_test_add_func("/xlc/writer/quote", test_quote);
    return g_test_run();
}
