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

const char *
xlc_merge_named(const char *text, const char *member)
{
    gsize length = strlen(member);

    return strncmp(text, member, length) == 0 && text[length] == '=' ? text + length + 1 : NULL;
}

/* As xlc_devices_name(): a device that no item can say has its name in its text. */
static char *
name_of(const XlcDevices *devices, const XlcMergeSide *side, guint i, const char *member)
{
    const char *text = xlc_merge_text(side, i);

    if (side->records->pdata[i] != NULL)
        return xlc_devices_name(devices, member, side->records->pdata[i]);
    return xlc_merge_named(text, member) != NULL ? g_strdup(text) : NULL;
}

GHashTable *
xlc_merge_names(const XlcDevices *devices, const XlcMergeSide *side)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < side->records->len; i++) {
        for (const char *const *member = devices->names; *member != NULL; member++) {
            char *name = name_of(devices, side, i, *member);

            if (name != NULL)
                g_hash_table_add(names, name);
        }
    }
    return names;
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

static gboolean
says_same(const Match *match, guint now, guint before)
{
    return g_str_equal(xlc_merge_text(match->now, now), xlc_merge_text(match->before, before));
}

static void
succeed(Match *match, guint i, int predecessor)
{
    if (predecessor == XLC_MERGE_NOBODY)
        return;
    match->predecessors[i] = predecessor;
    match->succeeded[predecessor] = TRUE;
}

/* Those that say the same in the same place, counted from the first or from the last one. */
static void
match_ends(Match *match)
{
    guint n_now = match->now->records->len, n_before = match->before->records->len;
    guint shorter = MIN(n_now, n_before), front = 0, back = 0;

    for (guint i = 0; n_now == n_before && i < n_now; i++) {
        if (says_same(match, i, i))
            succeed(match, i, (int)i);
    }
    if (n_now == n_before)
        return;
    for (; front < shorter && says_same(match, front, front); front++)
        succeed(match, front, (int)front);
    for (; back < shorter - front && says_same(match, n_now - 1 - back, n_before - 1 - back);
         back++)
        succeed(match, n_now - 1 - back, (int)(n_before - 1 - back));
}

static void
match_texts(Match *match)
{
    g_auto(Waiting) waiting = { 0 };

    waiting_init(&waiting, match->before->records->len);
    for (guint i = match->before->records->len; i-- > 0;) {
        if (!match->succeeded[i])
            waiting_push(&waiting, g_strdup(xlc_merge_text(match->before, i)), i);
    }
    for (guint i = 0; i < match->now->records->len; i++) {
        if (match->predecessors[i] == XLC_MERGE_NOBODY)
            succeed(match, i, waiting_pop(&waiting, xlc_merge_text(match->now, i)));
    }
}

static void
match_names(Match *match, const char *member)
{
    g_auto(Waiting) waiting = { 0 };

    waiting_init(&waiting, match->before->records->len);
    for (guint i = match->before->records->len; i-- > 0;) {
        char *name =
            !match->succeeded[i] ? name_of(match->devices, match->before, i, member) : NULL;

        if (name != NULL)
            waiting_push(&waiting, name, i);
    }
    for (guint i = 0; i < match->now->records->len; i++) {
        g_autofree char *name = match->predecessors[i] == XLC_MERGE_NOBODY
                                    ? name_of(match->devices, match->now, i, member)
                                    : NULL;

        if (name != NULL)
            succeed(match, i, waiting_pop(&waiting, name));
    }
}

/* How the names of two devices agree. */
typedef enum {
    NAMES_NONE,  /* neither has one */
    NAMES_ONE,   /* one has one that the other has not, which may be new */
    NAMES_OTHER, /* both have, and not the same, or it is somebody else's */
} Names;

/* @names: those of before. A name that somebody had is that one's; one of a device that no item can
 * say, then and now, may be new. */
static Names
compare_names(const Match *match, guint i, GHashTable *names)
{
    gboolean unsaid =
        match->now->records->pdata[i] == NULL && match->before->records->pdata[i] == NULL;
    Names found = NAMES_NONE;

    for (const char *const *member = match->devices->names; *member != NULL; member++) {
        g_autofree char *now = name_of(match->devices, match->now, i, *member);
        g_autofree char *before = name_of(match->devices, match->before, i, *member);

        if (g_strcmp0(now, before) == 0)
            continue;
        if ((now != NULL && before != NULL && !unsaid) ||
            (now != NULL && g_hash_table_contains(names, now)))
            return NAMES_OTHER;
        found = NAMES_ONE;
    }
    return found;
}

/* Whether two devices say something alike, or the one before said nothing. */
static gboolean
are_alike(const Match *match, guint i)
{
    gconstpointer now = match->now->records->pdata[i];
    gconstpointer before = match->before->records->pdata[i];
    gboolean silent = TRUE;

    if (now == NULL || before == NULL)
        return TRUE;
    for (guint f = 0; f < match->devices->record->n_fields; f++) {
        const DomField *field = &match->devices->record->fields[f];

        if (dom_field_is_set(field, before) && dom_field_equal(field, now, before))
            return TRUE;
        silent = silent && !dom_field_is_set(field, before);
    }
    return silent;
}

/* One that got or lost its name stands in its place if it is like the one that stood there; two
 * without names are the same whatever was edited. */
static void
match_places(Match *match)
{
    g_autoptr(GHashTable) names = NULL;

    if (match->now->records->len != match->before->records->len)
        return;
    names = xlc_merge_names(match->devices, match->before);
    for (guint i = 0; i < match->now->records->len; i++) {
        Names agree;

        if (match->predecessors[i] != XLC_MERGE_NOBODY || match->succeeded[i])
            continue;
        agree = compare_names(match, i, names);
        if (agree == NAMES_NONE || (agree == NAMES_ONE && are_alike(match, i)))
            succeed(match, i, (int)i);
    }
}

/* Whether one of their names, which nobody had, is all that tells two devices apart. */
static gboolean
is_renamed(const Match *match, guint now, guint before, GHashTable *names)
{
    gconstpointer is = match->now->records->pdata[now];
    gconstpointer was = match->before->records->pdata[before];
    const DomRecord *record = match->devices->record;
    guint n_others = 0;

    for (guint f = 0; is != NULL && was != NULL && f < record->n_fields; f++) {
        const char *member = record->fields[f].name;
        g_autofree char *name = NULL;

        if (dom_field_equal(&record->fields[f], is, was))
            continue;
        name = xlc_devices_name(match->devices, member, is);
        if (!g_strv_contains(match->devices->names, member) ||
            (name != NULL && g_hash_table_contains(names, name)))
            return FALSE;
        n_others++;
    }
    return n_others == 1;
}

/* The only one of @now, or of before, that nobody has been found for; XLC_MERGE_NOBODY when there
 * are more. */
static int
only_one_left(const Match *match, gboolean now)
{
    guint n = now ? match->now->records->len : match->before->records->len;
    int left = XLC_MERGE_NOBODY;

    for (guint i = 0; i < n; i++) {
        if (now ? match->predecessors[i] != XLC_MERGE_NOBODY : match->succeeded[i])
            continue;
        if (left != XLC_MERGE_NOBODY)
            return XLC_MERGE_NOBODY;
        left = (int)i;
    }
    return left;
}

/* A device that is named by the host's place that it is in is the same one only in its own place of
 * the list: all that its element says is its name. */
static gboolean
may_be_renamed(const Match *match, int now, int before)
{
    return now != XLC_MERGE_NOBODY && before != XLC_MERGE_NOBODY &&
           (!match->devices->named_by_place ||
            (now == before && match->now->records->len == match->before->records->len));
}

/* Whether those that nobody has been found for stand where those stood that nobody succeeds, and
 * all others where they stood. */
static gboolean
is_in_place(const Match *match)
{
    gboolean same = match->now->records->len == match->before->records->len;

    for (guint i = 0; same && i < match->now->records->len; i++)
        same = match->predecessors[i] == XLC_MERGE_NOBODY ? !match->succeeded[i]
                                                          : match->predecessors[i] == (int)i;
    return same;
}

/* Who gives a device another name, and edits nothing else of it, means the same device; of several
 * each is the one in its place. */
static void
match_renamed(Match *match)
{
    int now = only_one_left(match, TRUE), before = only_one_left(match, FALSE);
    g_autoptr(GHashTable) names = xlc_merge_names(match->devices, match->before);
    gboolean in_place = is_in_place(match);

    if (may_be_renamed(match, now, before) && is_renamed(match, (guint)now, (guint)before, names))
        succeed(match, (guint)now, before);
    for (guint i = 0; in_place && i < match->now->records->len; i++) {
        if (match->predecessors[i] == XLC_MERGE_NOBODY && is_renamed(match, i, i, names))
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
    match_ends(&match);
    match_texts(&match);
    for (const char *const *member = devices->names; *member != NULL; member++)
        match_names(&match, *member);
    match_places(&match);
    match_renamed(&match);
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
            g_hash_table_insert(all, (gpointer)text, twins);
        }
        if (twins->said == NULL)
            twins->said = said->pdata[i];
        else if (said->pdata[i] != NULL)
            twins->differ |= !xlc_devices_equal(devices, twins->said, said->pdata[i]);
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
    gboolean as_many = now->records->len == before->records->len;

    for (guint i = 0; i < now->records->len; i++) {
        const char *text = xlc_merge_text(now, i);
        const Twins *twins = g_hash_table_lookup(all, text);

        if (twins != NULL && twins->gone > 0 && twins->differ &&
            predecessors[i] != XLC_MERGE_NOBODY && !(as_many && predecessors[i] == (int)i) &&
            g_str_equal(xlc_merge_text(before, (guint)predecessors[i]), text))
            predecessors[i] = XLC_MERGE_NOBODY;
    }
}
