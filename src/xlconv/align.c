/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/align.h"

#include <string.h>

/* Beyond so many pairs the lists are compared place by place: the time must be bounded. */
#define MANY_PAIRS 250000

/* A pair that is the same counts more than any pair that is only like. */
#define SAME_SCORE 1000

/* The part of the lists between what they begin and end with alike. */
typedef struct {
    GPtrArray *a, *b; /* borrowed */
    guint first;      /* index of the part in both */
    guint n_a, n_b;   /* its items */
    char ***a_options, ***b_options;
    gint *scores; /* (n_a + 1) x (n_b + 1): the best for the rests of both */
} Part;

static void
add_step(GArray *steps, XlcAlignKind kind, guint a, guint b)
{
    XlcAlignStep step = { kind, a, b };

    g_array_append_val(steps, step);
}

static gboolean
same_at(GPtrArray *a, guint i, GPtrArray *b, guint j)
{
    return g_str_equal(a->pdata[i], b->pdata[j]);
}

/* Its options, whose last one is the same with others behind it: so without quotes. */
static char **
split(const char *text)
{
    gsize length = strlen(text);
    gboolean quoted = length > 1 && text[0] == '"' && text[length - 1] == '"';
    g_autofree char *bare = quoted ? g_strndup(text + 1, length - 2) : g_strdup(text);

    return g_strsplit(bare, ",", -1);
}

static char ***
split_all(GPtrArray *list, guint first, guint n)
{
    char ***options = g_new0(char **, n + 1);

    for (guint i = 0; i < n; i++)
        options[i] = split(list->pdata[first + i]);
    return options;
}

static void
free_all(char ***options, guint n)
{
    for (guint i = 0; i < n; i++)
        g_strfreev(options[i]);
    g_free(options);
}

static gint
count_common(char **a, char **b)
{
    gint common = 0;

    for (char **option = a; *option != NULL; option++)
        common += g_strv_contains((const char *const *)b, *option);
    return common;
}

static gint
similarity(const Part *part, guint i, guint j)
{
    if (same_at(part->a, part->first + i, part->b, part->first + j))
        return SAME_SCORE;
    return MIN(count_common(part->a_options[i], part->b_options[j]), SAME_SCORE / 2);
}

static gint *
score_at(const Part *part, guint i, guint j)
{
    return &part->scores[(gsize)i * (part->n_b + 1) + j];
}

static void
fill_scores(Part *part)
{
    for (guint i = part->n_a; i-- > 0;) {
        for (guint j = part->n_b; j-- > 0;) {
            gint paired = similarity(part, i, j) + *score_at(part, i + 1, j + 1);
            gint single = MAX(*score_at(part, i + 1, j), *score_at(part, i, j + 1));

            *score_at(part, i, j) = MAX(paired, single);
        }
    }
}

static void
walk_scores(const Part *part, GArray *steps)
{
    guint i = 0, j = 0;

    while (i < part->n_a || j < part->n_b) {
        guint a = part->first + i, b = part->first + j;

        if (i < part->n_a && j < part->n_b &&
            *score_at(part, i, j) == similarity(part, i, j) + *score_at(part, i + 1, j + 1)) {
            gboolean same = same_at(part->a, a, part->b, b);

            add_step(steps, same ? XLC_ALIGN_SAME : XLC_ALIGN_CHANGED, a, b);
            i++;
            j++;
        } else if (j == part->n_b ||
                   (i < part->n_a && *score_at(part, i, j) == *score_at(part, i + 1, j))) {
            add_step(steps, XLC_ALIGN_REMOVED, a, b);
            i++;
        } else {
            add_step(steps, XLC_ALIGN_ADDED, a, b);
            j++;
        }
    }
}

static void
align_by_score(Part *part, GArray *steps)
{
    part->a_options = split_all(part->a, part->first, part->n_a);
    part->b_options = split_all(part->b, part->first, part->n_b);
    part->scores = g_new0(gint, (gsize)(part->n_a + 1) * (part->n_b + 1));
    fill_scores(part);
    walk_scores(part, steps);
    g_free(part->scores);
    free_all(part->a_options, part->n_a);
    free_all(part->b_options, part->n_b);
}

static void
align_by_place(const Part *part, GArray *steps)
{
    for (guint i = 0; i < MAX(part->n_a, part->n_b); i++) {
        guint a = part->first + MIN(i, part->n_a), b = part->first + MIN(i, part->n_b);

        if (i >= part->n_a)
            add_step(steps, XLC_ALIGN_ADDED, a, b);
        else if (i >= part->n_b)
            add_step(steps, XLC_ALIGN_REMOVED, a, b);
        else
            add_step(steps, same_at(part->a, a, part->b, b) ? XLC_ALIGN_SAME : XLC_ALIGN_CHANGED, a,
                     b);
    }
}

/* Whether @step and the one before it are a removal and an addition. */
static gboolean
makes_change(const XlcAlignStep *before, const XlcAlignStep *step)
{
    return before->kind != step->kind &&
           (before->kind == XLC_ALIGN_REMOVED || before->kind == XLC_ALIGN_ADDED) &&
           (step->kind == XLC_ALIGN_REMOVED || step->kind == XLC_ALIGN_ADDED);
}

/* The indices of the first of the two are those of the pair: the other has moved one of them on. */
static GArray *
join_changes(GArray *steps)
{
    GArray *joined = g_array_new(FALSE, FALSE, sizeof(XlcAlignStep));

    for (guint i = 0; i < steps->len; i++) {
        XlcAlignStep *step = &g_array_index(steps, XlcAlignStep, i);
        XlcAlignStep *before =
            joined->len > 0 ? &g_array_index(joined, XlcAlignStep, joined->len - 1) : NULL;

        if (before != NULL && makes_change(before, step))
            before->kind = XLC_ALIGN_CHANGED;
        else
            g_array_append_val(joined, *step);
    }
    g_array_unref(steps);
    return joined;
}

GArray *
xlc_align(GPtrArray *a, GPtrArray *b)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(XlcAlignStep));
    Part part = { .a = a, .b = b };
    guint tail = 0, least = MIN(a->len, b->len);

    while (part.first < least && same_at(a, part.first, b, part.first))
        part.first++;
    while (tail < least - part.first && same_at(a, a->len - 1 - tail, b, b->len - 1 - tail))
        tail++;
    part.n_a = a->len - part.first - tail;
    part.n_b = b->len - part.first - tail;
    for (guint i = 0; i < part.first; i++)
        add_step(steps, XLC_ALIGN_SAME, i, i);
    if ((guint64)part.n_a * part.n_b <= MANY_PAIRS)
        align_by_score(&part, steps);
    else
        align_by_place(&part, steps);
    for (guint i = tail; i > 0; i--)
        add_step(steps, XLC_ALIGN_SAME, a->len - i, b->len - i);
    return join_changes(steps);
}

/* The lists of xlc_align_find(). */
typedef struct {
    GPtrArray *a, *b;
    int *found;      /* of each of @b */
    gboolean *taken; /* of @a */
} Search;

static void
find_same(Search *search)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree guint *next = g_new0(guint, search->a->len + 1);

    for (guint i = search->a->len; i-- > 0;) {
        next[i] = GPOINTER_TO_UINT(g_hash_table_lookup(last, search->a->pdata[i]));
        g_hash_table_insert(last, search->a->pdata[i], GUINT_TO_POINTER(i + 1));
    }
    for (guint j = 0; j < search->b->len; j++) {
        guint place = GPOINTER_TO_UINT(g_hash_table_lookup(last, search->b->pdata[j]));

        if (place == 0)
            continue;
        search->found[j] = (int)place - 1;
        search->taken[place - 1] = TRUE;
        g_hash_table_insert(last, search->a->pdata[place - 1], GUINT_TO_POINTER(next[place - 1]));
    }
}

/* Whether no more than one option is another, and one is the same. */
static gboolean
are_near(char **a, char **b)
{
    guint most = MAX(g_strv_length(a), g_strv_length(b));
    gint common = count_common(a, b);

    return common > 0 && most - MIN((guint)common, most) <= 1;
}

/* The only one of the other list that is left and near to @options; XLC_ALIGN_NOWHERE for none, or
 * several. */
static int
find_near(char **options, char ***others, guint n, const gboolean *taken, const int *found)
{
    int near = XLC_ALIGN_NOWHERE;

    for (guint i = 0; i < n; i++) {
        if ((taken != NULL && taken[i]) || (found != NULL && found[i] != XLC_ALIGN_NOWHERE) ||
            !are_near(options, others[i]))
            continue;
        if (near != XLC_ALIGN_NOWHERE)
            return XLC_ALIGN_NOWHERE;
        near = (int)i;
    }
    return near;
}

/* Those that are near to each other, and to nobody else. */
static void
find_changed(Search *search)
{
    char ***a = split_all(search->a, 0, search->a->len);
    char ***b = split_all(search->b, 0, search->b->len);
    g_autofree int *near = g_new(int, search->b->len + 1);

    for (guint j = 0; j < search->b->len; j++) {
        int i = search->found[j] == XLC_ALIGN_NOWHERE
                    ? find_near(b[j], a, search->a->len, search->taken, NULL)
                    : XLC_ALIGN_NOWHERE;

        near[j] = i != XLC_ALIGN_NOWHERE &&
                          find_near(a[i], b, search->b->len, NULL, search->found) == (int)j
                      ? i
                      : XLC_ALIGN_NOWHERE;
    }
    for (guint j = 0; j < search->b->len; j++) {
        if (near[j] != XLC_ALIGN_NOWHERE)
            search->found[j] = near[j];
    }
    free_all(a, search->a->len);
    free_all(b, search->b->len);
}

int *
xlc_align_find(GPtrArray *a, GPtrArray *b)
{
    g_autofree gboolean *taken = g_new0(gboolean, a->len + 1);
    Search search = { a, b, g_new(int, b->len + 1), taken };

    for (guint j = 0; j < b->len; j++)
        search.found[j] = XLC_ALIGN_NOWHERE;
    find_same(&search);
    if ((guint64)a->len * b->len <= MANY_PAIRS)
        find_changed(&search);
    return search.found;
}
