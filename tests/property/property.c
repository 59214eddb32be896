/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random models go through xl.cfg, XML and libxl's JSON and come back equal. What xl itself would
 * fill in is part of that JSON: there, it is the JSON that comes back equal.
 *
 * XLVIRT_PROPERTY_RUNS sets how many (10000 without it), XLVIRT_PROPERTY_SEED repeats a run; the
 * seed of each run is printed.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "model.h"
#include "schema.h"
#include "xlconv/compare.h"
#include "xlconv/key.h"
#include "xlconv/convert.h"
#ifdef XLC_WITH_JSON
#include "driver/bind/bind.h"
#endif

static guint32 seed;
static guint runs = 10000;

/* A way there and back; NULL with @error set when the model cannot be said. */
typedef DomDef *Trip(const DomDef *def, char **ret_text, GError **error);

static DomDef *
through_cfg(const DomDef *def, char **ret_text, GError **error)
{
    *ret_text = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, error);
    return *ret_text != NULL ? xlc_def_from_cfg(*ret_text, strlen(*ret_text), NULL, error) : NULL;
}

static DomDef *
through_xml(const DomDef *def, char **ret_text, GError **error)
{
    *ret_text = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, error);
    return *ret_text != NULL ? dom_def_parse_xml(*ret_text, &xlc_def_ops, NULL, error) : NULL;
}

static gboolean
comes_back(guint32 model_seed, Trip *trip)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(model_seed);
    g_autoptr(DomDef) def = generate_def(random);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autoptr(DomDef) back = trip(def, &text, &error);
    g_autofree char *difference = back != NULL ? model_difference(def, back) : NULL;

    if (back != NULL && *difference == '\0')
        return TRUE;
    g_test_message("XLVIRT_PROPERTY_SEED=%u XLVIRT_PROPERTY_RUNS=1 repeats this", model_seed);
    g_test_message("%s", back != NULL ? difference : error->message);
    g_test_message("%s", text != NULL ? text : "no text");
    g_test_fail();
    return FALSE;
}

/* One failure is enough to look at. */
static void
run_trip(gconstpointer data)
{
    Trip *const *trip = data;

    g_test_message("seed %u, %u models", seed, runs);
    for (guint i = 0; i < runs && comes_back(seed + i, *trip); i++)
        ;
}

/* A line break in a text that the member has, or in one of those that have a form in the schema. */
static void
break_line(GRand *random, const DomField *field, gpointer record)
{
    static const char *const beginnings[] = { "", "/", "/dev/a", "rbd:a", "http://a/" };
    char **text = DOM_MEMBER(record, field, char *);
    g_autofree char *whole = NULL;
    gint pick = g_rand_int_range(random, 0, G_N_ELEMENTS(beginnings));

    if (field->kind != DOM_KIND_STRING || *text == NULL || g_rand_int_range(random, 0, 8) > 0)
        return;
    whole = g_steal_pointer(text);
    *text = g_strdup_printf("%s%.1s\n%s", beginnings[pick], whole, *whole != '\0' ? whole + 1 : "");
}

static void
break_lines(GRand *random, DomDef *def)
{
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];
        GPtrArray *list = section->list ? dom_section_list(section, def) : NULL;
        guint count = list != NULL ? list->len : 1;

        for (guint i = 0; i < count * section->record->n_fields; i++)
            break_line(random, &section->record->fields[i / count],
                       list != NULL ? list->pdata[i % count] : dom_section_data(section, def));
    }
}

/* libvirt's schema takes the XML of any model; one that cannot be said has none. */
static gboolean
is_valid(guint32 model_seed, Schema *schema)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(model_seed);
    g_autoptr(DomDef) def = generate_def(random);
    g_autofree char *xml = NULL, *text = NULL;

    if (model_seed % 2 == 0)
        break_lines(random, def);
    xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, NULL);
    if (xml == NULL || schema_validate(schema, xml, &text))
        return TRUE;
    g_test_message("XLVIRT_PROPERTY_SEED=%u XLVIRT_PROPERTY_RUNS=1 repeats this", model_seed);
    g_test_message("%s", text);
    g_test_message("%s", xml);
    g_test_fail();
    return FALSE;
}

/* Validating takes ten times as long as all else. */
static void
test_schema(void)
{
    Schema *schema = schema_new("/usr/share/libvirt/schemas/domain.rng");

    if (schema == NULL) {
        g_test_skip("libvirt's schema is not installed (package libvirt0)");
        return;
    }
    for (guint i = 0; i < (runs + 9) / 10 && is_valid(seed + i, schema); i++)
        ;
    schema_free(schema);
}

#ifdef XLC_WITH_JSON
/* NULL, with @error set, for a guest that xl would not start. */
static char *
json_of(const DomDef *def, GError **error)
{
    /* a small one, for short lists of CPUs */
    BindHost host = bind_host_any;
    libxl_domain_config config;
    char *json;

    host.ncpus = 8;
    host.nnodes = 4;
    if (!bind_domain_config(def, &host, &config, error))
        return NULL;
    json = bind_config_to_json(&config, error);
    libxl_domain_config_dispose(&config);
    return json;
}

/* Its JSON is the same after a way through the model. */
static gboolean
json_comes_back(guint32 model_seed, const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) back = bind_def_from_json(json, strlen(json), NULL, &error);
    g_autofree char *again = back != NULL ? json_of(back, &error) : NULL;

    if (g_strcmp0(json, again) == 0)
        return TRUE;
    g_test_message("XLVIRT_PROPERTY_SEED=%u XLVIRT_PROPERTY_RUNS=1 repeats this", model_seed);
    g_test_message("%s came back as %s", json, again != NULL ? again : error->message);
    g_test_fail();
    return FALSE;
}

/* Whether libxl takes most of the models, so that the test is worth something. */
static void
expect_most(guint bound)
{
    g_test_message("%u of %u models can be started", bound, runs);
    if (bound < runs / 2)
        g_test_fail();
}

static void
test_json(void)
{
    guint bound = 0;

    for (guint i = 0; i < runs; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed + i);
        g_autoptr(DomDef) def = generate_startable_def(random);
        g_autoptr(GError) error = NULL;
        g_autofree char *json = json_of(def, &error);

        if (json == NULL)
            g_test_message("%s", error->message);
        else if (!json_comes_back(seed + i, json))
            return;
        bound += json != NULL;
    }
    expect_most(bound);
}
#endif

static void
expect_all(GHashTable *members, const char *what)
{
    /* These have a place in XML only. */
    static const char *const xml_only[] = { "title",          "description", "source", "network",
                                            "spice_autoport", "genid",       NULL };

    for (guint s = 0; s < dom_n_sections; s++) {
        const DomRecord *record = dom_sections[s].record;

        for (guint f = 0; f < record->n_fields; f++) {
            const DomField *field = &record->fields[f];

            if (g_strv_contains(xml_only, field->name) || g_hash_table_contains(members, field))
                continue;
            g_test_message("%s %s.%s", what, record->name, field->name);
            g_test_fail();
        }
    }
}

/* The generator would be worth little if it left members out. */
static void
test_every_member(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < MAX(runs, 3000); i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed + i);
        g_autoptr(DomDef) def = generate_def(random);

        for (guint s = 0; s < dom_n_sections; s++) {
            const DomSection *section = &dom_sections[s];
            GPtrArray *list = section->list ? dom_section_list(section, def) : NULL;
            gconstpointer record = list == NULL    ? dom_section_const_data(section, def)
                                   : list->len > 0 ? list->pdata[0]
                                                   : NULL;

            for (guint f = 0; record != NULL && f < section->record->n_fields; f++) {
                if (dom_field_is_set(&section->record->fields[f], record))
                    g_hash_table_add(seen, (gpointer)&section->record->fields[f]);
            }
        }
    }
    expect_all(seen, "the generator never makes");
}

static char *
cfg_of(const DomDef *def)
{
    return xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, NULL);
}

/* Whether the text changes when the member is cleared in a copy of @def. */
static gboolean
is_written(const DomDef *def, const DomSection *section, guint index, const DomField *field)
{
    g_autoptr(DomDef) copy = dom_def_copy(def);
    gpointer record = section->list ? dom_section_list(section, copy)->pdata[index]
                                    : dom_section_data(section, copy);
    g_autofree char *before = cfg_of(copy);
    g_autofree char *after = NULL;

    dom_field_clear(field, record);
    after = cfg_of(copy);
    return g_strcmp0(before, after) != 0;
}

static void
note_written(GHashTable *written, const DomDef *def, const DomSection *section, guint index,
             gconstpointer record)
{
    for (guint f = 0; f < section->record->n_fields; f++) {
        const DomField *field = &section->record->fields[f];

        if (dom_field_is_set(field, record) && !g_hash_table_contains(written, field) &&
            is_written(def, section, index, field))
            g_hash_table_add(written, (gpointer)field);
    }
}

/* A member that no key writes would be lost on the way to xl.cfg. */
static void
test_every_member_written(void)
{
    g_autoptr(GHashTable) written = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < 3000; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed + i);
        g_autoptr(DomDef) def = generate_def(random);

        for (guint s = 0; s < dom_n_sections; s++) {
            const DomSection *section = &dom_sections[s];

            if (!section->list)
                note_written(written, def, section, 0, dom_section_const_data(section, def));
            else if (dom_section_list(section, def)->len > 0)
                note_written(written, def, section, 0, dom_section_list(section, def)->pdata[0]);
        }
    }
    expect_all(written, "no key writes");
}

static void
note_keys(GHashTable *keys, const DomDef *def)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const XlcKey *key = &xlc_topics[t]->keys[k];
            g_autofree char *text = NULL;

            if (g_hash_table_contains(keys, key))
                continue;
            text = xlc_key_text(key, def, NULL);
            if (text != NULL && *text != '\0')
                g_hash_table_add(keys, (gpointer)key);
        }
    }
}

/* Of the random models, some has each key that is written at all. */
static void
test_every_key(void)
{
    g_autoptr(GHashTable) keys = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < 3000; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed + i);
        g_autoptr(DomDef) def = generate_def(random);

        note_keys(keys, def);
    }
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const XlcKey *key = &xlc_topics[t]->keys[k];

            if (key->status != XLC_MAPPED || g_hash_table_contains(keys, key))
                continue;
            g_test_message("no model has the key %s", key->key);
            g_test_fail();
        }
    }
}

int
main(int argc, char **argv)
{
    static Trip *const cfg = through_cfg;
    static Trip *const xml = through_xml;
    const char *given_seed = g_getenv("XLVIRT_PROPERTY_SEED");
    const char *given_runs = g_getenv("XLVIRT_PROPERTY_RUNS");

    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    seed = given_seed != NULL ? (guint32)strtoul(given_seed, NULL, 10) : g_random_int();
    if (given_runs != NULL)
        runs = (guint)strtoul(given_runs, NULL, 10);
    g_test_add_data_func("/property/cfg", &cfg, run_trip);
    g_test_add_data_func("/property/xml", &xml, run_trip);
    g_test_add_func("/property/schema", test_schema);
#ifdef XLC_WITH_JSON
    g_test_add_func("/property/json", test_json);
#endif
    g_test_add_func("/property/every-member", test_every_member);
    g_test_add_func("/property/every-key", test_every_key);
    g_test_add_func("/property/every-member-written", test_every_member_written);
    return g_test_run();
}
