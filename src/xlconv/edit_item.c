/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_item.h"

#include <string.h>

/* The bytes of an option's "key=", 0 when it has none; and where its value begins. */
static gsize
key_length(const char *option)
{
    const char *equals = strchr(option, '=');

    return equals != NULL ? (gsize)(equals - option) + 1 : 0;
}

static const char *
value_of(const char *option)
{
    const char *value = option + key_length(option);

    return value + strspn(value, " \t");
}

static gboolean
same_key(const char *a, const char *b)
{
    return key_length(a) == key_length(b) && strncmp(a, b, key_length(a)) == 0;
}

/* The option of @options that is for the same as @option, which is number @place of its own: that
 * of the same key, or one without a key in the same place. NULL for none. */
static const char *
counterpart(char **options, const char *option, guint place)
{
    if (key_length(option) == 0)
        return place < g_strv_length(options) && key_length(options[place]) == 0 ? options[place]
                                                                                 : NULL;
    for (; *options != NULL; options++) {
        if (same_key(*options, option))
            return *options;
    }
    return NULL;
}

/* Whether @old, of a file, says @option: a value may have a key there and none where it is written.
 */
static gboolean
says(const char *old, const char *option)
{
    const char *bare = old + strspn(old, " \t");

    return g_str_equal(value_of(bare), value_of(option)) &&
           (key_length(option) == 0 || key_length(bare) == 0 || same_key(bare, option));
}

/* The place in @options of the one that says @option; -1 for none, or more than one. */
static int
find_said(const GPtrArray *options, const char *option)
{
    int found = -1;

    for (guint i = 0; i < options->len; i++) {
        if (!says(options->pdata[i], option))
            continue;
        if (found >= 0)
            return -1;
        found = (int)i;
    }
    return found;
}

/* With the value of @option in place of its own. */
static char *
with_value(const char *old, const char *option)
{
    return g_strdup_printf("%.*s%s", (int)(value_of(old + strspn(old, " \t")) - old), old,
                           value_of(option));
}

static GPtrArray *
options_of(const char *item)
{
    g_auto(GStrv) parts = g_strsplit(item, ",", -1);
    GPtrArray *options = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; parts[i] != NULL; i++)
        g_ptr_array_add(options, g_strdup(parts[i]));
    return options;
}

static char *
join(const GPtrArray *options)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < options->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "", (char *)options->pdata[i]);
    return g_string_free(text, FALSE);
}

/* Brings what @option says, of what is meant, to what @wanted says; NULL takes it out. */
static gboolean
change(GPtrArray *options, const char *option, const char *wanted)
{
    int place;

    if (g_strcmp0(option, wanted) == 0)
        return TRUE;
    place = find_said(options, option);
    if (place < 0)
        return FALSE;
    if (wanted != NULL)
        g_ptr_array_insert(options, place + 1, with_value(options->pdata[place], wanted));
    g_ptr_array_remove_index(options, (guint)place);
    return TRUE;
}

char *
xlc_edit_item(const char *old, const char *meant, const char *want)
{
    g_autoptr(GPtrArray) options = options_of(old);
    g_auto(GStrv) before = g_strsplit(meant, ",", -1);
    g_auto(GStrv) after = g_strsplit(want, ",", -1);

    for (guint i = 0; before[i] != NULL; i++) {
        if (!change(options, before[i], counterpart(after, before[i], i)))
            return NULL;
    }
    for (guint i = 0; after[i] != NULL; i++) {
        if (counterpart(before, after[i], i) == NULL)
            g_ptr_array_add(options, g_strdup(after[i]));
    }
    return join(options);
}
