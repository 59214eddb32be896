/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows: values of each kind are stored, copied, compared and cleared; enums and units have words.
 */
#include "conf/def.h"
#include "conf/units.h"

static const DomField *
field_of(const DomRecord *record, const char *name)
{
    const DomField *field = dom_record_find(record, name);

    g_assert_nonnull(field);
    return field;
}

/* Sets a member of each kind, and nothing else. */
static void
set_some(DomDef *def)
{
    static char *list[] = { (char *)"a", (char *)"", NULL };

    def->os.kernel = g_strdup("/boot/vmlinuz");
    def->os.boot = g_strdup("");
    def->os.device_model_args = g_strdupv(list);
    def->features.hap = DOM_TRISTATE_OFF;
    def->memory.target = (DomUint){ 0, TRUE };
    def->sched.cap = (DomInt){ -1, TRUE };
    def->events.on_crash = DOM_ACTION_PRESERVE;
}

static void
test_three_states(void)
{
    g_autoptr(DomDef) def = dom_def_new();
    const DomField *target = field_of(&dom_memory_record, "target");
    const DomField *boot = field_of(&dom_os_record, "boot");

    g_assert_false(dom_field_is_set(target, &def->memory));
    g_assert_false(dom_field_is_set(boot, &def->os));
    set_some(def);
    /* 0 and "" are values. */
    g_assert_true(dom_field_is_set(target, &def->memory));
    g_assert_true(dom_field_is_set(boot, &def->os));
    dom_field_clear(target, &def->memory);
    dom_field_clear(boot, &def->os);
    g_assert_false(dom_field_is_set(target, &def->memory));
    g_assert_null(def->os.boot);
}

static void
test_copy(void)
{
    g_autoptr(DomDef) def = dom_def_new();
    g_autoptr(DomDef) copy = NULL;

    set_some(def);
    dom_rest_add(&def->os.rest, "os", "a", "b");
    dom_list_add(def->disks, &dom_disk_record);
    copy = dom_def_copy(def);
    g_assert_true(dom_def_equal(def, copy));
    g_assert_true(copy->os.kernel != def->os.kernel);
    g_assert_true(copy->os.device_model_args != def->os.device_model_args);
    g_assert_cmpuint(copy->disks->len, ==, 1);
}

/* Every kind counts, and absent is not the same as 0 or empty. */
static void
test_differences(void)
{
    g_autoptr(DomDef) def = dom_def_new();
    g_autoptr(DomDef) other = dom_def_new();
    static const struct {
        const DomRecord *record;
        const char *name;
        gsize offset;
    } rows[] = {
        { &dom_os_record, "kernel", offsetof(DomDef, os) },
        { &dom_os_record, "boot", offsetof(DomDef, os) },
        { &dom_os_record, "device_model_args", offsetof(DomDef, os) },
        { &dom_features_record, "hap", offsetof(DomDef, features) },
        { &dom_memory_record, "target", offsetof(DomDef, memory) },
        { &dom_sched_record, "cap", offsetof(DomDef, sched) },
        { &dom_events_record, "on_crash", offsetof(DomDef, events) },
    };

    set_some(def);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const DomField *field = field_of(rows[i].record, rows[i].name);
        char *mine = (char *)def + rows[i].offset;
        char *theirs = (char *)other + rows[i].offset;

        g_assert_false(dom_field_equal(field, mine, theirs));
        g_assert_false(dom_def_equal(def, other));
        dom_field_copy(field, theirs, mine);
        g_assert_true(dom_field_equal(field, mine, theirs));
    }
    g_assert_true(dom_def_equal(def, other));
    dom_rest_add(&other->metadata.rest, "", NULL, "<x/>");
    g_assert_false(dom_def_equal(def, other));
}

static void
test_enum_words(void)
{
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomRecord *record = dom_sections[s].record;

        for (guint f = 0; f < record->n_fields; f++) {
            const DomEnum *words = record->fields[f].enums;

            g_assert_true((words != NULL) == (record->fields[f].kind == DOM_KIND_ENUM));
            for (int value = 1; words != NULL && value < (int)words->count; value++) {
                const char *name = dom_enum_name(words, value);
                g_autofree char *upper = g_ascii_strup(name, -1);

                g_assert_cmpint(dom_enum_from_name(words, name, FALSE), ==, value);
                g_assert_cmpint(dom_enum_from_name(words, upper, TRUE), ==, value);
            }
        }
    }
    g_assert_null(dom_enum_name(&dom_action_names, 0));
    g_assert_cmpint(dom_enum_from_name(&dom_action_names, "DESTROY", FALSE), ==, 0);
    g_assert_cmpint(dom_enum_from_name(&dom_action_names, "", TRUE), ==, 0);
}

/* Every row tells what it is, under a name of its own. */
static void
test_rows(void)
{
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomRecord *record = dom_sections[s].record;

        for (guint f = 0; f < record->n_fields; f++) {
            const DomField *field = &record->fields[f];

            g_assert_nonnull(field->doc);
            g_assert_cmpuint(strlen(field->doc), >, 3);
            g_assert_true(dom_record_find(record, field->name) == field);
            g_assert_cmpuint(field->offset, <, record->size);
        }
    }
}

static void
test_units(void)
{
    static const struct {
        const char *text;
        const char *unit;
        guint64 kib;
    } right[] = {
        { "1", NULL, 1 },           { "1", "KiB", 1 },      { "1", "k", 1 },
        { "2", "MiB", 2048 },       { "2", "M", 2048 },     { "1", "GiB", 1 << 20 },
        { "2048", "b", 2 },         { "2048", "bytes", 2 }, { "1025", "b", 2 },
        { "1", "TiB", 1ull << 30 }, { "1000", "KB", 977 },
    };
    static const char *const wrong[][2] = { { "", NULL },     { "-1", NULL },
                                            { "1.5", "MiB" }, { "1", "parsec" },
                                            { "x", "KiB" },   { "18446744073709551615", "TiB" } };

    for (guint i = 0; i < G_N_ELEMENTS(right); i++) {
        g_autoptr(GError) error = NULL;
        guint64 kib = 0;

        g_assert_true(dom_units_parse_kib(right[i].text, right[i].unit, &kib, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(kib, ==, right[i].kib);
    }
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        guint64 kib = 42;

        g_assert_false(dom_units_parse_kib(wrong[i][0], wrong[i][1], &kib, &error));
        g_assert_nonnull(error);
        g_assert_cmpuint(kib, ==, 42);
    }
}

static void
test_report_order(void)
{
    g_autoptr(DomReport) report = dom_report_new("x");

    dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, NULL, "last");
    dom_report_add(report, DOM_SEVERITY_ERROR, 7, 2, "b", "third");
    dom_report_add(report, DOM_SEVERITY_NOTE, 3, 9, "a", "first");
    dom_report_add(report, DOM_SEVERITY_ERROR, 7, 1, "b", "second");
    dom_report_sort(report);
    g_assert_cmpstr(dom_report_get(report, 0)->text, ==, "first");
    g_assert_cmpstr(dom_report_get(report, 1)->text, ==, "second");
    g_assert_cmpstr(dom_report_get(report, 2)->text, ==, "third");
    g_assert_cmpstr(dom_report_get(report, 3)->text, ==, "last");
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dom/field/three-states", test_three_states);
    g_test_add_func("/dom/field/copy", test_copy);
    g_test_add_func("/dom/field/differences", test_differences);
    g_test_add_func("/dom/field/enum-words", test_enum_words);
    g_test_add_func("/dom/field/rows", test_rows);
    g_test_add_func("/dom/field/units", test_units);
    g_test_add_func("/dom/field/report-order", test_report_order);
    return g_test_run();
}
