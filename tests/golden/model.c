/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model.h"

#include "xlconv/key.h"

static void
compare_record(GString *text, const char *place, const DomRecord *record, gconstpointer a,
               gconstpointer b)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (!dom_field_equal(&record->fields[i], a, b))
            g_string_append_printf(text, "%s.%s differs (%s, %s)\n", place, record->fields[i].name,
                                   dom_field_is_set(&record->fields[i], a) ? "set" : "absent",
                                   dom_field_is_set(&record->fields[i], b) ? "set" : "absent");
    }
    if (!dom_rest_equal(a, b))
        g_string_append_printf(text, "%s: the unknown XML differs\n", place);
}

static void
compare_list(GString *text, const DomSection *section, const DomDef *a, const DomDef *b)
{
    GPtrArray *mine = dom_section_list(section, a);
    GPtrArray *theirs = dom_section_list(section, b);

    if (mine->len != theirs->len) {
        g_string_append_printf(text, "%s: %u devices, then %u\n", section->topic, mine->len,
                               theirs->len);
        return;
    }
    for (guint i = 0; i < mine->len; i++) {
        g_autofree char *place = g_strdup_printf("%s[%u]", section->topic, i);

        compare_record(text, place, section->record, mine->pdata[i], theirs->pdata[i]);
    }
}

char *
model_difference(const DomDef *a, const DomDef *b)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (section->list)
            compare_list(text, section, a, b);
        else
            compare_record(text, section->topic, section->record,
                           dom_section_const_data(section, a), dom_section_const_data(section, b));
    }
    if ((text->len == 0) != dom_def_equal(a, b))
        g_string_append(text, "dom_def_equal() and the rows do not agree\n");
    return g_string_free(text, FALSE);
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
