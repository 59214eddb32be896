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

static gboolean
knows(GPtrArray *known, const char *word)
{
    return g_ptr_array_find_with_equal_func(known, word, g_str_equal, NULL);
}

/* "discard or no-discard": @flag with the flag that takes it back, where there is one. */
static char *
flag_words(GPtrArray *known, const char *flag)
{
    static const char *const negations[] = { "no-", "un" };

    for (guint i = 0; i < G_N_ELEMENTS(negations); i++) {
        g_autofree char *opposite = g_strconcat(negations[i], flag, NULL);
        const char *positive =
            g_str_has_prefix(flag, negations[i]) ? flag + strlen(negations[i]) : NULL;

        if (knows(known, opposite))
            return g_strconcat(flag, _(" or "), opposite, NULL);
        if (positive != NULL && knows(known, positive))
            return g_strconcat(positive, _(" or "), flag, NULL);
    }
    return g_strdup(flag);
}

char *
xlc_disk_option_complaint(GPtrArray *known, const char *typed)
{
    g_autoptr(GPtrArray) words = bare_words(known);
    g_autofree char *instead = knows(known, typed) ? flag_words(known, typed) : NULL;
    g_autofree char *hint = NULL;

    if (instead != NULL)
        return xlc_spec_takes_no_value(typed, instead);
    g_ptr_array_add(words, NULL);
    hint = dom_words_hint(typed, (const char *const *)words->pdata);
    return g_strdup_printf(_("unknown disk option \"%s\"%s"), typed, hint);
}

char *
xlc_disk_value_complaint(GPtrArray *known, const char *typed)
{
    g_autoptr(GPtrArray) words = bare_words(known);

    return !knows(known, typed) && knows(words, typed) ? xlc_spec_needs_value(typed) : NULL;
}
