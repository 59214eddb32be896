/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/merge_private.h"

const char *
xlc_merge_text(const XlcMergeSide *side, guint i)
{
    const XlcValue *item =
        side->list != NULL && i < side->list->n_items ? side->list->items[i] : NULL;

    return item == NULL || item->kind == XLC_VALUE_LIST ? "" : item->text;
}

gboolean
xlc_merge_says_same(const XlcDevices *devices, gconstpointer a, gconstpointer b)
{
    for (guint i = 0; i < devices->record->n_fields; i++) {
        if (!dom_field_equal(&devices->record->fields[i], a, b))
            return FALSE;
    }
    return TRUE;
}

/* Devices of before that nobody succeeds yet, by a text; the first one of several comes first. */
typedef struct {
    GHashTable *first; /* text (owned) to index + 1 */
    guint *next;       /* index + 1 of the next one with the same text; 0: none */
} Waiting;

static void
waiting_init(Waiting *waiting, guint n)
{
    *waiting =
        (Waiting){ g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), g_new0(guint, n) };
}

static void
waiting_clear(Waiting *waiting)
{
    g_hash_table_unref(waiting->first);
    g_free(waiting->next);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Waiting, waiting_clear)

/* From the last one to the first. @text: transfer full. */
static void
waiting_push(Waiting *waiting, char *text, guint index)
{
    waiting->next[index] = GPOINTER_TO_UINT(g_hash_table_lookup(waiting->first, text));
    g_hash_table_replace(waiting->first, text, GUINT_TO_POINTER(index + 1));
}

static int
waiting_pop(Waiting *waiting, const char *text)
{
    guint first = GPOINTER_TO_UINT(g_hash_table_lookup(waiting->first, text));

    if (first == 0)
        return XLC_MERGE_NOBODY;
    g_hash_table_insert(waiting->first, g_strdup(text), GUINT_TO_POINTER(waiting->next[first - 1]));
    return (int)first - 1;
}

typedef struct {
    const XlcDevices *devices;
    const XlcMergeSide *before;
    const XlcMergeSide *now;
    int *predecessors;   /* of each of now */
    gboolean *succeeded; /* of each of before: whether somebody has it as its own */
} Match;

static void
succeed(Match *match, guint i, int predecessor)
{
    if (predecessor == XLC_MERGE_NOBODY)
        return;
    match->predecessors[i] = predecessor;
    match->succeeded[predecessor] = TRUE;
}

static void
match_texts(Match *match)
{
    g_auto(Waiting) waiting = { 0 };

    waiting_init(&waiting, match->before->records->len);
    for (guint i = match->before->records->len; i-- > 0;)
        waiting_push(&waiting, g_strdup(xlc_merge_text(match->before, i)), i);
    for (guint i = 0; i < match->now->records->len; i++)
        succeed(match, i, waiting_pop(&waiting, xlc_merge_text(match->now, i)));
}

/* "mac=00:16:3e:00:00:01" (transfer full); NULL for a record that does not have the name. */
static char *
name_text(const XlcDevices *devices, const char *member, gconstpointer record)
{
    const DomField *field = record != NULL ? dom_record_find(devices->record, member) : NULL;

    return field != NULL && dom_field_is_set(field, record)
               ? g_strdup_printf("%s=%s", member, *DOM_CONST_MEMBER(record, field, char *))
               : NULL;
}

static void
match_names(Match *match, const char *member)
{
    g_auto(Waiting) waiting = { 0 };

    waiting_init(&waiting, match->before->records->len);
    for (guint i = match->before->records->len; i-- > 0;) {
        char *name = !match->succeeded[i]
                         ? name_text(match->devices, member, match->before->records->pdata[i])
                         : NULL;

        if (name != NULL)
            waiting_push(&waiting, name, i);
    }
    for (guint i = 0; i < match->now->records->len; i++) {
        g_autofree char *name =
            match->predecessors[i] == XLC_MERGE_NOBODY
                ? name_text(match->devices, member, match->now->records->pdata[i])
                : NULL;

        if (name != NULL)
            succeed(match, i, waiting_pop(&waiting, name));
    }
}

static gboolean
have_other_names(const XlcDevices *devices, gconstpointer a, gconstpointer b)
{
    for (const char *const *member = devices->names; *member != NULL; member++) {
        g_autofree char *one = name_text(devices, *member, a);
        g_autofree char *other = name_text(devices, *member, b);

        if (one != NULL && other != NULL && !g_str_equal(one, other))
            return TRUE;
    }
    return FALSE;
}

static void
match_places(Match *match)
{
    if (match->now->records->len != match->before->records->len)
        return;
    for (guint i = 0; i < match->now->records->len; i++) {
        if (match->predecessors[i] == XLC_MERGE_NOBODY && !match->succeeded[i] &&
            !have_other_names(match->devices, match->now->records->pdata[i],
                              match->before->records->pdata[i]))
            succeed(match, i, (int)i);
    }
}

int *
xlc_merge_match(const XlcDevices *devices, const XlcMergeSide *before, const XlcMergeSide *now)
{
    guint n = now->records->len;
    g_autofree gboolean *succeeded = g_new0(gboolean, before->records->len);
    Match match = { devices, before, now, g_new(int, n), succeeded };

    for (guint i = 0; i < n; i++)
        match.predecessors[i] = XLC_MERGE_NOBODY;
    match_texts(&match);
    for (const char *const *member = devices->names; *member != NULL; member++)
        match_names(&match, *member);
    match_places(&match);
    return match.predecessors;
}

/* Those of before that say the same. */
typedef struct {
    int gone;           /* how many there are now fewer than before */
    gconstpointer said; /* of the first one */
    gboolean differ;    /* whether something else was said of another one */
} Twins;

static GHashTable *
count_twins(const XlcDevices *devices, const XlcMergeSide *before, const XlcMergeSide *now,
            const GPtrArray *said)
{
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

    for (guint i = 0; i < before->records->len; i++) {
        const char *text = xlc_merge_text(before, i);
        Twins *twins = g_hash_table_lookup(all, text);

        if (twins == NULL) {
            twins = g_new0(Twins, 1);
            twins->said = said->pdata[i];
            g_hash_table_insert(all, (gpointer)text, twins);
        } else if (twins->said != NULL && said->pdata[i] != NULL) {
            twins->differ |= !xlc_merge_says_same(devices, twins->said, said->pdata[i]);
        }
        twins->gone++;
    }
    for (guint i = 0; i < now->records->len; i++) {
        Twins *twins = g_hash_table_lookup(all, xlc_merge_text(now, i));

        if (twins != NULL)
            twins->gone--;
    }
    return all;
}

void
xlc_merge_part_twins(const XlcDevices *devices, const XlcMergeSide *before, const XlcMergeSide *now,
                     const GPtrArray *said, int *predecessors)
{
    g_autoptr(GHashTable) all = count_twins(devices, before, now, said);

    for (guint i = 0; i < now->records->len; i++) {
        const char *text = xlc_merge_text(now, i);
        const Twins *twins = g_hash_table_lookup(all, text);

        if (twins != NULL && twins->gone > 0 && twins->differ &&
            predecessors[i] != XLC_MERGE_NOBODY &&
            g_str_equal(xlc_merge_text(before, (guint)predecessors[i]), text))
            predecessors[i] = XLC_MERGE_NOBODY;
    }
}
