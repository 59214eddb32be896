/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-xlc-options FILE: every option that stands inside a value of xl.cfg, from a closed list, is
 * read, understood, and comes back through XML and xl.cfg; and no device has a member that no
 * option of the list fills.
 */
#include <string.h>

#include "model.h"
#include "xlconv/key.h"
#include "xlconv/convert.h"
#ifdef XLC_WITH_JSON
#include "driver/bind/bind.h"
#endif

static char *list;
static GHashTable *filled; /* set of DomField */

typedef void Check(const char *option, const char *line, gboolean warns);

static void
each_option(Check *check)
{
    g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
    guint n = 0;

    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);

        if (**line == '\0' || **line == '#')
            continue;
        g_assert_cmpuint(g_strv_length(columns), >=, 2);
        check(columns[0], columns[1], g_strcmp0(columns[2], "warns") == 0);
        n++;
    }
    g_assert_cmpuint(n, >, 200);
}

static DomDef *
read_line(const char *line, DomReport *report)
{
    g_autofree char *text = g_strdup_printf("name = \"o\"\nkernel = \"/k\"\n%s\n", line);
    g_autoptr(GError) error = NULL;
    DomDef *def = xlc_def_from_cfg(text, strlen(text), report, &error);

    g_assert_no_error(error);
    return def;
}

static void
expect_same(const char *option, const DomDef *def, const DomDef *back)
{
    g_autofree char *difference = model_difference(def, back);

    if (*difference != '\0') {
        g_test_message("%s: %s", option, difference);
        g_test_fail();
    }
}

static void
check_understood(const char *option, const char *line, gboolean warns)
{
    g_autoptr(DomReport) report = dom_report_new(option);
    g_autoptr(DomDef) def = read_line(line, report);
    g_autofree char *said = dom_report_format(report, DOM_SEVERITY_WARNING);

    if ((*said != '\0') != warns || def->metadata.unmapped != NULL) {
        g_test_message("%s: %s", option, *said != '\0' ? said : "not understood");
        g_test_fail();
    }
}

static void
test_understood(void)
{
    each_option(check_understood);
}

static void
check_back(const char *option, const char *line, gboolean warns)
{
    g_autoptr(DomDef) def = read_line(line, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
    g_autofree char *cfg = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, NULL);
    g_autoptr(DomDef) from_xml = NULL;
    g_autoptr(DomDef) from_cfg = NULL;

    g_assert_no_error(error);
    g_assert_nonnull(cfg);
    from_xml = dom_def_parse_xml(xml, &xlc_def_ops, NULL, &error);
    g_assert_no_error(error);
    from_cfg = xlc_def_from_cfg(cfg, strlen(cfg), NULL, &error);
    g_assert_no_error(error);
    expect_same(option, def, from_xml);
    expect_same(option, def, from_cfg);
}

static void
test_back(void)
{
    each_option(check_back);
}

#ifdef XLC_WITH_JSON
/* Words that are mere text to the converter are known to the binding. */
static void
check_bound(const char *option, const char *line, gboolean warns)
{
    g_autoptr(DomDef) def = read_line(line, NULL);
    g_autoptr(GError) error = NULL;
    libxl_domain_config config;

    if (bind_domain_config(def, NULL, &config, &error)) {
        libxl_domain_config_dispose(&config);
    } else if (!g_error_matches(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED)) {
        g_test_message("%s: %s", option, error->message);
        g_test_fail();
    }
}

static void
test_bound(void)
{
    each_option(check_bound);
}
#endif

static void
note_filled(const char *option, const char *line, gboolean warns)
{
    g_autoptr(DomDef) def = read_line(line, NULL);

    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];
        GPtrArray *devices = section->list ? dom_section_list(section, def) : NULL;

        for (guint f = 0; devices != NULL && f < section->record->n_fields; f++) {
            const DomField *field = &section->record->fields[f];

            for (guint i = 0; i < devices->len; i++) {
                if (dom_field_is_set(field, devices->pdata[i]))
                    g_hash_table_add(filled, (gpointer)field);
            }
        }
    }
}

static void
test_listed(void)
{
    /* These have a place in XML only. */
    static const char *const xml_only[] = { "source", "network", NULL };

    filled = g_hash_table_new(NULL, NULL);
    each_option(note_filled);
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomRecord *record = dom_sections[s].record;

        for (guint f = 0; dom_sections[s].list && f < record->n_fields; f++) {
            const DomField *field = &record->fields[f];

            if (g_strv_contains(xml_only, field->name) || g_hash_table_contains(filled, field))
                continue;
            g_test_message("no option of the list fills %s.%s", record->name, field->name);
            g_test_fail();
        }
    }
    g_hash_table_unref(filled);
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* One bad option does not hide the others. */
    g_test_set_nonfatal_assertions();
    g_assert_cmpint(argc, ==, 2);
    g_assert_true(g_file_get_contents(argv[1], &list, NULL, NULL));
    g_test_add_func("/options/understood", test_understood);
    g_test_add_func("/options/back", test_back);
#ifdef XLC_WITH_JSON
    g_test_add_func("/options/bound", test_bound);
#endif
    g_test_add_func("/options/listed", test_listed);
    status = g_test_run();
    g_free(list);
    return status;
}
