/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A string of the model can say only what it is for: it adds no key, line, list item or option to
 * an xl.cfg file, whatever it holds. The first bytes choose a model and one of its strings, the
 * rest becomes that string. The file has the same shape as with the harmless string that was there,
 * and when it is read again nothing but that string may be different.
 */

#include <stdint.h>
#include <string.h>

#include "fail.h"
#include "generate.h"
#include "model.h"
#include "xlconv/doc.h"
#include "xlconv/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const DomSection *section;
    guint index; /* in a list */
    const DomField *field;
} Place;

static gpointer
record_at(const Place *place, DomDef *def)
{
    return place->section->list ? dom_section_list(place->section, def)->pdata[place->index]
                                : dom_section_data(place->section, def);
}

static void
add_places(GArray *places, const DomSection *section, guint index)
{
    for (guint f = 0; f < section->record->n_fields; f++) {
        Place place = { section, index, &section->record->fields[f] };

        if (place.field->kind == DOM_KIND_STRING || place.field->kind == DOM_KIND_STRV)
            g_array_append_val(places, place);
    }
}

/* Every string of @def, but for assignments that are kept as they are. */
static GArray *
find_strings(const DomDef *def)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));

    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];

        if (!section->list && section->record != &dom_metadata_record)
            add_places(places, section, 0);
        for (guint i = 0; section->list && i < dom_section_list(section, def)->len; i++)
            add_places(places, section, i);
    }
    return places;
}

static void
set_string(const Place *place, DomDef *def, const char *text)
{
    gpointer record = record_at(place, def);
    const char *one[] = { text, NULL };

    dom_field_clear(place->field, record);
    if (place->field->kind == DOM_KIND_STRV)
        *DOM_MEMBER(record, place->field, char **) = g_strdupv((char **)one);
    else
        *DOM_MEMBER(record, place->field, char *) = g_strdup(text);
}

static void
add_shape(GString *shape, const XlcValue *value)
{
    if (value->kind != XLC_VALUE_LIST)
        return;
    g_string_append_c(shape, '[');
    for (guint i = 0; i < value->n_items; i++) {
        add_shape(shape, value->items[i]);
        g_string_append_c(shape, ',');
    }
    g_string_append_c(shape, ']');
}

/* The keys of a file, and how many items their lists have. */
static char *
shape_of(const char *cfg)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcDoc) doc = xlc_doc_parse(cfg, strlen(cfg), NULL, &error);
    GString *shape = g_string_new(NULL);

    if (doc == NULL)
        fuzz_fail("%s\n%s", error->message, cfg);
    for (guint i = 0; i < xlc_doc_n_assignments(doc); i++) {
        g_string_append_printf(shape, "%s", xlc_doc_assignment(doc, i)->key);
        add_shape(shape, xlc_doc_assignment(doc, i)->value);
        g_string_append_c(shape, '\n');
    }
    return g_string_free(shape, FALSE);
}

/* What is there and is harmless stays; a list gets one item, as it has with the text in question.
 */
static void
set_harmless(const Place *place, DomDef *def)
{
    gconstpointer record = record_at(place, def);

    if (place->field->kind == DOM_KIND_STRV || !dom_field_is_set(place->field, record))
        set_string(place, def, "o");
}

static DomDef *
read_back(const char *cfg)
{
    return xlc_def_from_cfg(cfg, strlen(cfg), NULL, NULL);
}

/* Where @def, of which @back was read, differs from it; apart from @place. */
static char *
difference_elsewhere(const Place *place, const DomDef *def, const DomDef *back)
{
    g_autoptr(DomDef) same = dom_def_copy(back);

    if (place->section->list &&
        dom_section_list(place->section, same)->len != dom_section_list(place->section, def)->len)
        return g_strdup("the number of devices");
    dom_field_copy(place->field, record_at(place, same), record_at(place, (DomDef *)def));
    return model_difference(def, same);
}

static void
check_elsewhere(const Place *place, const DomDef *harmless, const char *before,
                const DomDef *changed, const char *after)
{
    g_autoptr(DomDef) first = read_back(before);
    g_autoptr(DomDef) second = read_back(after);
    g_autofree char *usual = NULL;
    g_autofree char *difference = NULL;

    if (first == NULL || second == NULL)
        return;
    usual = difference_elsewhere(place, harmless, first);
    if (*usual != '\0')
        return;
    difference = difference_elsewhere(place, changed, second);
    if (*difference != '\0')
        fuzz_fail("%s.%s changes: %s\n%s", place->section->record->name, place->field->name,
                  difference, after);
}

static void
check_string(const Place *place, const DomDef *def, const char *text)
{
    g_autoptr(DomDef) harmless = dom_def_copy(def);
    g_autoptr(DomDef) changed = dom_def_copy(def);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *shape = NULL;

    set_harmless(place, harmless);
    set_string(place, changed, text);
    before = xlc_def_to_cfg(harmless, DOM_FORMAT_SECURE, NULL, NULL);
    after = xlc_def_to_cfg(changed, DOM_FORMAT_SECURE, NULL, NULL);
    if (before == NULL || after == NULL)
        return;
    expected = shape_of(before);
    shape = shape_of(after);
    if (!g_str_equal(expected, shape))
        fuzz_fail("%s.%s makes of\n%s\nthis:\n%s", place->section->record->name, place->field->name,
                  before, after);
    check_elsewhere(place, harmless, before, changed, after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GRand) random = NULL;
    g_autoptr(DomDef) def = NULL;
    g_autoptr(GArray) places = NULL;
    g_autofree char *text = NULL;
    guint32 choice[2];

    if (size < sizeof choice)
        return 0;
    memcpy(choice, data, sizeof choice);
    text = g_strndup((const char *)data + sizeof choice, size - sizeof choice);
    random = g_rand_new_with_seed(choice[0]);
    def = generate_def(random);
    places = find_strings(def);
    check_string(&g_array_index(places, Place, choice[1] % places->len), def, text);
    return 0;
}
