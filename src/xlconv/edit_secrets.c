/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_secrets.h"

#include "conf/secret.h"

static void
keep_element_secret(const DomRestItem *from, DomRest *to)
{
    g_autofree char *without = dom_rest_without_secret(from);

    for (guint i = 0; without != NULL && to->items != NULL && i < to->items->len; i++) {
        DomRestItem *item = to->items->pdata[i];

        if (item->attr != NULL || !g_str_equal(item->path, from->path) ||
            !g_str_equal(item->text, without))
            continue;
        g_free(item->text);
        item->text = g_strdup(from->text);
        return;
    }
}

/* A record begins with its rest. */
static void
keep_record_secrets(const DomRecord *record, gconstpointer from, gpointer to)
{
    const GPtrArray *items = ((const DomRest *)from)->items;

    for (guint i = 0; i < record->n_fields; i++) {
        if (record->fields[i].flags & DOM_FIELD_SECRET)
            dom_field_copy(&record->fields[i], to, from);
    }
    for (guint i = 0; items != NULL && i < items->len; i++)
        keep_element_secret(items->pdata[i], to);
}

static gboolean
has_secrets(const DomRecord *record)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (record->fields[i].flags & DOM_FIELD_SECRET)
            return TRUE;
    }
    return FALSE;
}

/* How much they say alike. */
static guint
count_same(const DomRecord *record, gconstpointer a, gconstpointer b)
{
    guint n = 0;

    for (guint i = 0; i < record->n_fields; i++)
        n += !(record->fields[i].flags & DOM_FIELD_SECRET) &&
             dom_field_equal(&record->fields[i], a, b);
    return n;
}

typedef struct {
    guint from, to; /* indexes */
    guint score;    /* 0: there is no such pair */
} Pair;

/* Of those that are alike, what stands at one place is more so. */
static Pair
pair_of(const DomRecord *record, GPtrArray *from, guint i, GPtrArray *to, guint j)
{
    if (from->pdata[i] == NULL || to->pdata[j] == NULL)
        return (Pair){ 0 };
    return (Pair){ i, j, 1 + 2 * count_same(record, from->pdata[i], to->pdata[j]) + (i == j) };
}

static Pair
find_most_alike(const DomRecord *record, GPtrArray *from, GPtrArray *to)
{
    Pair best = { 0 };

    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            Pair pair = pair_of(record, from, i, to, j);

            if (pair.score > best.score)
                best = pair;
        }
    }
    return best;
}

/* More screens than a guest has: with more their places alone count, since each is held against
 * each. */
#define MOST_SCREENS 64

static void
keep_secrets_in_place(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    for (guint i = 0; i < MIN(have->len, want->len); i++)
        keep_record_secrets(record, have->pdata[i], want->pdata[i]);
}

/* Who cannot be told gets what is left rather than none, which lets everybody in. */
static void
keep_secrets_of_alike(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    g_autoptr(GPtrArray) from = g_ptr_array_copy(have, NULL, NULL);
    g_autoptr(GPtrArray) to = g_ptr_array_copy(want, NULL, NULL);
    Pair pair;

    while ((pair = find_most_alike(record, from, to)).score > 0) {
        keep_record_secrets(record, from->pdata[pair.from], to->pdata[pair.to]);
        from->pdata[pair.from] = to->pdata[pair.to] = NULL;
    }
}

static void
keep_list_secrets(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    if (MAX(have->len, want->len) <= MOST_SCREENS)
        keep_secrets_of_alike(record, have, want);
    else
        keep_secrets_in_place(record, have, want);
}

void
xlc_edit_keep_secrets(const DomDef *have, DomDef *want)
{
    dom_def_clear_secrets(want);
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];

        if (!section->list)
            keep_record_secrets(section->record, dom_section_const_data(section, have),
                                dom_section_data(section, want));
        else if (has_secrets(section->record))
            keep_list_secrets(section->record, dom_section_list(section, have),
                              dom_section_list(section, want));
    }
}
