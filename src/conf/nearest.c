/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/nearest.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Longer than any word with its typing errors; beyond it nobody meant one. */
#define LONGEST_WORD 64

/* Insertions, deletions, replacements and swaps that turn @a into @b. */
static guint
distance(const char *a, const char *b)
{
    gsize n_a = strlen(a), n_b = strlen(b);
    g_autofree guint *rows = g_new0(guint, 3 * (n_b + 1));
    guint *before = rows, *last = rows + n_b + 1, *row = rows + 2 * (n_b + 1);

    for (gsize j = 0; j <= n_b; j++)
        last[j] = (guint)j;
    for (gsize i = 1; i <= n_a; i++) {
        guint *spare = before;

        row[0] = (guint)i;
        for (gsize j = 1; j <= n_b; j++) {
            row[j] = MIN(MIN(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
        before = last;
        last = row;
        row = spare;
    }
    return last[n_b];
}

/* The set of letters in @text, as bits; some share one. */
static guint32
letters(const char *text)
{
    guint32 set = 0;

    for (; *text != '\0'; text++)
        set |= 1u << (*text & 31);
    return set;
}

/* What distance() is at least, at next to no cost: each missing letter is an edit. */
static guint
fewest_edits(const char *a, const char *b)
{
    gsize n_a = strlen(a), n_b = strlen(b);
    guint32 in_a = letters(a), in_b = letters(b);
    int missing = MAX(__builtin_popcount(in_b & ~in_a), __builtin_popcount(in_a & ~in_b));

    return MAX((guint)(n_a > n_b ? n_a - n_b : n_b - n_a), (guint)missing);
}

void
dom_nearest_try(DomNearest *nearest, const char *candidate)
{
    gsize length = strlen(nearest->typed);
    guint most = nearest->word != NULL ? nearest->distance : (guint)(length / 3) + 1;
    guint d;

    if (length > LONGEST_WORD || fewest_edits(nearest->typed, candidate) >= most)
        return;
    d = distance(nearest->typed, candidate);
    if (d >= most)
        return;
    nearest->word = candidate;
    nearest->distance = d;
}

char *
dom_nearest_hint(const DomNearest *nearest)
{
    if (nearest->word == NULL)
        return g_strdup("");
    return g_strdup_printf(_("; did you mean '%s'?"), nearest->word);
}

char *
dom_words_hint(const char *typed, const char *const *words)
{
    DomNearest nearest = DOM_NEAREST(typed);
    g_autofree char *list = NULL;

    for (const char *const *word = words; *word != NULL; word++)
        dom_nearest_try(&nearest, *word);
    if (nearest.word != NULL)
        return dom_nearest_hint(&nearest);
    list = g_strjoinv(", ", (char **)words);
    return g_strdup_printf(_("; expected %s"), list);
}

int
dom_enum_nearest(const DomEnum *names, const char *text)
{
    g_autofree char *folded = g_ascii_strdown(text, -1);
    DomNearest nearest = DOM_NEAREST(folded);

    for (guint i = 1; i < names->count; i++)
        dom_nearest_try(&nearest, names->names[i]);
    return nearest.word != NULL ? dom_enum_from_name(names, nearest.word, FALSE) : 0;
}

char *
dom_enum_complaint(const DomEnum *names, const char *text)
{
    int meant = dom_enum_nearest(names, text);
    DomNearest nearest = { .word = meant != 0 ? dom_enum_name(names, meant) : NULL };
    g_autofree char *list = dom_enum_list(names);
    g_autofree char *complaint = g_strdup_printf(_("'%s' is none of %s"), text, list);
    g_autofree char *hint = dom_nearest_hint(&nearest);

    return g_strconcat(complaint, hint, NULL);
}
