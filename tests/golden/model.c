/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model.h"

#include "xlconv/key.h"

typedef struct {
    GString *text;
    gboolean beyond; /* also what xl.cfg has no word for */
} Difference;

/* The unknown XML of one of the two, one item a line. */
static void
append_rest(GString *text, const char *side, gconstpointer record)
{
    const DomRest *rest = record;

    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = rest->items->pdata[i];

        g_string_append_printf(text, "  %s '%s' %s: %s\n", side, item->path,
                               item->attr != NULL ? item->attr : "", item->text);
    }
}

static void
compare_record(const Difference *difference, const char *place, const DomRecord *record,
               gconstpointer a, gconstpointer b)
{
    GString *text = difference->text;

    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];

        if (dom_field_equal(field, a, b) ||
            (!difference->beyond && (field->flags & DOM_FIELD_XML_ONLY)))
            continue;
        g_string_append_printf(text, "%s.%s differs (%s, %s)\n", place, field->name,
                               dom_field_is_set(field, a) ? "set" : "absent",
                               dom_field_is_set(field, b) ? "set" : "absent");
    }
    if (!difference->beyond || dom_rest_equal(a, b))
        return;
    g_string_append_printf(text, "%s: the unknown XML differs\n", place);
    append_rest(text, "was", a);
    append_rest(text, "is", b);
}

static void
compare_list(const Difference *difference, const DomSection *section, const DomDef *a,
             const DomDef *b)
{
    GPtrArray *mine = dom_section_list(section, a);
    GPtrArray *theirs = dom_section_list(section, b);

    if (mine->len != theirs->len) {
        g_string_append_printf(difference->text, "%s: %u devices, then %u\n", section->topic,
                               mine->len, theirs->len);
        return;
    }
    for (guint i = 0; i < mine->len; i++) {
        g_autofree char *place = g_strdup_printf("%s[%u]", section->topic, i);

        compare_record(difference, place, section->record, mine->pdata[i], theirs->pdata[i]);
    }
}

static void
compare(const Difference *difference, const DomDef *a, const DomDef *b)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (section->list)
            compare_list(difference, section, a, b);
        else
            compare_record(difference, section->topic, section->record,
                           dom_section_const_data(section, a), dom_section_const_data(section, b));
    }
}

char *
model_difference(const DomDef *a, const DomDef *b)
{
    const Difference difference = { g_string_new(NULL), TRUE };

    compare(&difference, a, b);
    if ((difference.text->len == 0) != dom_def_equal(a, b))
        g_string_append(difference.text, "dom_def_equal() and the rows do not agree\n");
    return g_string_free(difference.text, FALSE);
}

char *
model_difference_to_xl(const DomDef *a, const DomDef *b)
{
    const Difference difference = { g_string_new(NULL), FALSE };

    compare(&difference, a, b);
    return g_string_free(difference.text, FALSE);
}

static void
add_secrets(GStrvBuilder *builder, const DomRecord *record, gconstpointer data)
{
    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];
        const char *text;

        if (!(field->flags & DOM_FIELD_SECRET) || !dom_field_is_set(field, data))
            continue;
        text = *DOM_CONST_MEMBER(data, field, char *);
        if (*text != '\0')
            g_strv_builder_add(builder, text);
    }
}

char **
model_secrets(const DomDef *def)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (!section->list) {
            add_secrets(builder, section->record, dom_section_const_data(section, def));
            continue;
        }
        for (guint j = 0; j < dom_section_list(section, def)->len; j++)
            add_secrets(builder, section->record, dom_section_list(section, def)->pdata[j]);
    }
    return g_strv_builder_end(builder);
}
