/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"

#include "virerror.h"

#include "driver/json.h"

static gboolean
is_taken(const char *text)
{
    g_autoptr(virJSONValue) value = drv_json_parse(text);
    g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OK);
    return value != NULL;
}

/* @before, then @part @n times, then @after. (transfer full) */
static char *
repeat(const char *before, const char *part, guint n, const char *after)
{
    GString *text = g_string_new(before);
    for (guint i = 0; i < n; i++) {
        g_string_append(text, part);
    }
    return g_string_free(g_string_append(text, after), FALSE);
}

static void
test_objects(void)
{
    g_assert_true(is_taken("{\"return\": {}}"));
    g_assert_false(is_taken("[]"));
    g_assert_false(is_taken("{"));
    g_assert_false(is_taken("{}]"));
    g_assert_false(is_taken("\"\\"));
    g_assert_false(is_taken("\"[["));
    g_assert_false(is_taken(""));
}

/* One level is the object's own. */
static void
test_depth(void)
{
    g_autofree char *open = repeat("{\"a\":", "[", DRV_JSON_DEEPEST - 1, "");
    g_autofree char *right = repeat(open, "]", DRV_JSON_DEEPEST - 1, "}");
    g_autofree char *deeper = repeat("{\"a\":[", "[", DRV_JSON_DEEPEST - 1, "");
    g_autofree char *wrong = repeat(deeper, "]", DRV_JSON_DEEPEST, "}");
    g_autofree char *abyss = repeat("", "[", 4 * 1024 * 1024, "");
    g_assert_true(is_taken(right));
    g_assert_false(is_taken(wrong));
    g_assert_false(is_taken(abyss));
}

/* Brackets and quotes inside of strings are letters. */
static void
test_strings(void)
{
    g_autofree char *brackets = repeat("{\"a\": \"\\\"", "[{,", 1000, "\\\\\"}");
    g_assert_true(is_taken(brackets));
}

static void
test_members(void)
{
    GString *object = g_string_new("{\"a\": 0");
    for (guint i = 1; i < DRV_JSON_MOST_MEMBERS; i++) {
        g_string_append_printf(object, ",\"k%u\":0", i);
    }
    g_autofree char *right = g_strconcat(object->str, "}", NULL);
    g_autofree char *wrong = g_strconcat(object->str, ",\"b\":0}", NULL);
    g_string_free(object, TRUE);
    g_assert_true(is_taken(right));
    g_assert_false(is_taken(wrong));
}

/* A list may be long, within what the text may have in all. It is made of lists, as libvirt copies
 * a list for each value that it appends. */
static void
test_values(void)
{
    const guint inner = 256; /* values of one, itself and each after a comma */
    g_autofree char *list = repeat(",[0", ",0", inner - 2, "]");
    g_autofree char *lists = repeat("{\"a\":[0", list, DRV_JSON_MOST_VALUES / inner - 1, "");
    g_autofree char *right = repeat(lists, ",0", inner - 2, "]}");
    g_autofree char *wrong = repeat(lists, ",0", inner - 1, "]}");
    g_assert_true(is_taken(right));
    g_assert_false(is_taken(wrong));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(virInitialize(), ==, 0);
    g_test_add_func("/drv/json/objects", test_objects);
    g_test_add_func("/drv/json/depth", test_depth);
    g_test_add_func("/drv/json/strings", test_strings);
    g_test_add_func("/drv/json/members", test_members);
    g_test_add_func("/drv/json/values", test_values);
    return g_test_run();
}
