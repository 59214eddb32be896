/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_secrets.h"

static void
keep_record_secrets(const DomRecord *record, gconstpointer from, gpointer to)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (record->fields[i].flags & DOM_FIELD_SECRET)
            dom_field_copy(&record->fields[i], to, from);
    }
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

static gboolean
are_same_but_secrets(const DomRecord *record, gconstpointer a, gconstpointer b)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (!(record->fields[i].flags & DOM_FIELD_SECRET) &&
            !dom_field_equal(&record->fields[i], a, b))
            return FALSE;
    }
    return TRUE;
}

/* More screens than a guest has: with more their places alone count, since each is held against
 * each. */
#define MOST_SCREENS 64

/* Keeps the passwords of one of @from, each of which only one of @to gets; those that have been
 * given away are NULL in @from, and in @to those that have got theirs. @same: of the first one that
 * says the same, otherwise of the first one that is left. */
static void
keep_some_secrets(const DomRecord *record, GPtrArray *from, GPtrArray *to, gboolean same)
{
    for (guint i = 0; i < to->len; i++) {
        guint j = 0;

        while (j < from->len &&
               (from->pdata[j] == NULL || to->pdata[i] == NULL ||
                (same && !are_same_but_secrets(record, from->pdata[j], to->pdata[i]))))
            j++;
        if (j == from->len)
            continue;
        keep_record_secrets(record, from->pdata[j], to->pdata[i]);
        from->pdata[j] = to->pdata[i] = NULL;
    }
}

/* Those at the same place of lists of one length; @same: only where they say the same. */
static void
keep_secrets_in_place(const DomRecord *record, GPtrArray *from, GPtrArray *to, gboolean same)
{
    for (guint i = 0; from->len == to->len && i < to->len; i++) {
        if (from->pdata[i] == NULL || to->pdata[i] == NULL ||
            (same && !are_same_but_secrets(record, from->pdata[i], to->pdata[i])))
            continue;
        keep_record_secrets(record, from->pdata[i], to->pdata[i]);
        from->pdata[i] = to->pdata[i] = NULL;
    }
}

/* Who cannot be told gets another one's password rather than none, which lets everybody in. */
static void
keep_list_secrets(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    g_autoptr(GPtrArray) from = g_ptr_array_copy(have, NULL, NULL);
    g_autoptr(GPtrArray) to = g_ptr_array_copy(want, NULL, NULL);
    gboolean few = MAX(from->len, to->len) <= MOST_SCREENS;

    keep_secrets_in_place(record, from, to, TRUE);
    if (few)
        keep_some_secrets(record, from, to, TRUE);
    keep_secrets_in_place(record, from, to, FALSE);
    if (few)
        keep_some_secrets(record, from, to, FALSE);
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
