/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/cpulist.h"

static const BindHost host = { .ncpus = 16, .nnodes = 4 };

/* NULL stands for an error; formatted, the list reads as in the third column. */
static const struct {
    const char *text;
    const char *result;
} cases[] = {
    { "0", "0" },
    { "0-3", "0-3" },
    { "0-3,^2", "0-1,3" },
    { "^1,0-3", "0-3" },
    { " 1, 2", "1-2" },
    { ",,5,,", "5" },
    { "+7", "7" },
    { "0-7,^ 4", "0-3,5-7" },
    { "all", "all" },
    { "all,^15", "0-14" },
    { "nodes:all", "all" },
    { "node:1", "4-7" },
    { "nodes:0-1,^node:1,9", "0-3,9" },
    { "14-300", "14-15" },
    { "300", "" },
    { "node:4", "" },
    { "", "" },
    { "1 ,2", NULL },
    { "1x", NULL },
    { "1-", NULL },
    { "1-2-3", NULL },
    { "3-1", NULL },
    { "-1", NULL },
    { "^all", NULL },
    { "^nodes:all", NULL },
    { "node:^0", NULL },
    { "ALL", NULL },
    { "99999999999999999999", NULL },
};

static void
test_cases(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        libxl_bitmap bitmap;
        gboolean ok = bind_cpulist_parse(cases[i].text, &host, &bitmap, &error);

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(ok, ==, cases[i].result != NULL);
        if (!ok) {
            g_assert_error(error, DOM_ERROR, DOM_ERROR_INVALID);
            continue;
        }
        text = bind_cpulist_format(&bitmap, host.ncpus);
        g_assert_cmpstr(text, ==, cases[i].result);
        libxl_bitmap_dispose(&bitmap);
    }
}

/* The nodes of a real host are where it says, not in equal blocks. */
static void
test_cpu_nodes(void)
{
    static const guint nodes[] = { 0, 1, 0, 1 };
    const BindHost interleaved = { .ncpus = 4, .nnodes = 2, .cpu_nodes = nodes };
    g_autofree char *text = NULL;
    libxl_bitmap bitmap;

    g_assert_true(bind_cpulist_parse("node:1", &interleaved, &bitmap, NULL));
    text = bind_cpulist_format(&bitmap, interleaved.ncpus);
    g_assert_cmpstr(text, ==, "1,3");
    libxl_bitmap_dispose(&bitmap);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bind/cpulist/cases", test_cases);
    g_test_add_func("/bind/cpulist/cpu-nodes", test_cpu_nodes);
    return g_test_run();
}
