/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to say about a word of a disk spec that is none. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/spec_disk_private.h"

char *
xlc_disk_words_expected(const XlcDiskWord *words, const char *typed)
{
    DomNearest nearest = DOM_NEAREST(typed);
    GString *list = g_string_new(NULL);
    g_autofree char *hint = NULL;

    for (; words->word; words++) {
        if (*words->word == '\0')
            continue;
        if (list->len > 0)
            g_string_append(list, words[1].word ? ", " : _(" or "));
        g_string_append(list, words->word);
        dom_nearest_try(&nearest, words->word);
    }
    hint = dom_nearest_hint(&nearest);
    g_string_append(list, hint);
    return g_string_free(list, FALSE);
}

/* The words up to their =, each once. */
static GPtrArray *
bare_words(GPtrArray *options)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < options->len; i++) {
        const char *option = options->pdata[i];
        g_autofree char *word = g_strndup(option, strcspn(option, "="));

        if (!g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL))
            g_ptr_array_add(words, g_steal_pointer(&word));
    }
    g_ptr_array_add(words, g_strdup("target"));
    return words;
}

char *
xlc_disk_option_hint(GPtrArray *known, const char *typed)
{
    g_autoptr(GPtrArray) words = bare_words(known);

    g_ptr_array_add(words, NULL);
    return dom_words_hint(typed, (const char *const *)words->pdata);
}
