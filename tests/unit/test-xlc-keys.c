/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key rows, tested as data. */
#include <string.h>

#include "xlconv/key.h"

typedef void Check(const XlcTopic *topic, const XlcKey *key);

static void
each_key(Check *check)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            check(xlc_topics[t], &xlc_topics[t]->keys[k]);
    }
}

static void
check_named(const XlcTopic *topic, const XlcKey *key)
{
    g_assert_true(xlc_key_find(key->key) == key);
    g_assert_true(g_ascii_islower(key->key[0]));
    g_assert_cmpuint(strspn(key->key, "abcdefghijklmnopqrstuvwxyz0123456789_."), ==,
                     strlen(key->key));
    g_assert_nonnull(key->doc);
    g_assert_cmpuint(strlen(key->doc), >, 3);
    g_assert_cmpint(key->guests, !=, 0);
}

/* A row is found by its name alone, so names are unique. */
static void
test_named(void)
{
    each_key(check_named);
}

static void
check_whole(const XlcTopic *topic, const XlcKey *key)
{
    switch (key->status) {
    case XLC_MAPPED:
        if (key->shape != XLC_SHAPE_CODEC)
            break;
        g_assert_nonnull(key->codec);
        g_assert_nonnull(key->codec->parse);
        g_assert_nonnull(key->codec->format);
        g_assert_nonnull(key->codec->clear);
        g_assert_true((key->codec->patch == NULL) == (key->codec->whole == NULL));
        break;
    case XLC_ALIAS:
    case XLC_DEPRECATED:
        g_assert_nonnull(xlc_key_find(key->instead));
        g_assert_cmpint(xlc_key_find(key->instead)->status, ==, XLC_MAPPED);
        break;
    case XLC_KEPT:
        g_assert_nonnull(key->why);
        break;
    }
}

/* What is read is written, or says what is written in its place. */
static void
test_whole(void)
{
    each_key(check_whole);
}

static gpointer
member_of(const XlcKey *key)
{
    return GSIZE_TO_POINTER(key->field.offset);
}

static GHashTable *members;

static void
check_member(const XlcTopic *topic, const XlcKey *key)
{
    if (key->status == XLC_MAPPED && key->shape != XLC_SHAPE_CODEC)
        g_assert_true(g_hash_table_add(members, member_of(key)));
}

/* Two keys that are written from one member would contradict each other. */
static void
test_members(void)
{
    members = g_hash_table_new(NULL, NULL);
    each_key(check_member);
    g_assert_cmpuint(g_hash_table_size(members), >, 100);
    g_hash_table_unref(members);
}

static void
check_enum(const XlcTopic *topic, const XlcKey *key)
{
    const DomEnum *words = key->field.enums;

    if (key->shape != XLC_SHAPE_ENUM)
        return;
    for (int value = 1; value < (int)words->count; value++) {
        g_autofree char *number = g_strdup_printf("%d", value - 1);

        g_assert_cmpint(dom_enum_from_name(words, dom_enum_name(words, value), TRUE), ==, value);
        /* or a number would be a word, and the two could differ */
        g_assert_cmpint(dom_enum_from_name(words, number, FALSE), ==, 0);
    }
}

static void
test_enums(void)
{
    each_key(check_enum);
}

static void
check_secret(const XlcTopic *topic, const XlcKey *key)
{
    gboolean password = g_str_has_suffix(key->key, "passwd");

    g_assert_cmpint(password, ==, (key->field.flags & DOM_FIELD_SECRET) != 0);
}

static void
test_secrets(void)
{
    each_key(check_secret);
}

static void
test_nearest(void)
{
    g_assert_cmpstr(xlc_key_nearest("memroy"), ==, "memory");
    g_assert_cmpstr(xlc_key_nearest("vcpu"), ==, "vcpus");
    g_assert_cmpstr(xlc_key_nearest("on_powerof"), ==, "on_poweroff");
    g_assert_null(xlc_key_nearest("completely_different"));
    g_assert_null(xlc_key_nearest(""));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/keys/named", test_named);
    g_test_add_func("/xlc/keys/whole", test_whole);
    g_test_add_func("/xlc/keys/members", test_members);
    g_test_add_func("/xlc/keys/enums", test_enums);
    g_test_add_func("/xlc/keys/secrets", test_secrets);
    g_test_add_func("/xlc/keys/nearest", test_nearest);
    return g_test_run();
}
