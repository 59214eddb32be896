/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading libxl's JSON: what is taken, what is reported and where, what is refused. */
#include "driver/bind/bind.h"
#include "driver/bind/json_tree.h"

#include <string.h>

#define GUEST "{\"c_info\":{\"type\":\"pvh\",\"name\":\"web\"},\"b_info\":{\"kernel\":\"/k\","

static DomDef *
read_one(const char *json, DomReport *report)
{
    g_autoptr(GError) error = NULL;
    DomDef *def = bind_def_from_json(json, strlen(json), report, &error);

    g_assert_no_error(error);
    return def;
}

/* The diagnostics of reading @json (transfer full); each case is about one or two. */
static char *
said_about(const char *json)
{
    g_autoptr(DomReport) report = dom_report_new("x.json");
    g_autoptr(DomDef) def = read_one(json, report);

    return dom_report_format(report, DOM_SEVERITY_WARNING);
}

static void
assert_refused(const char *json, gsize length, DomError code, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(bind_def_from_json(json, length, NULL, &error));
    g_assert_error(error, DOM_ERROR, (int)code);
    if (strstr(error->message, message) == NULL)
        g_error("%s: said '%s', not '%s'", json, error->message, message);
}

static void
test_object(void)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def = read_one(GUEST "\"max_vcpus\":2,\"max_memkb\":65536,"
                                           "\"target_memkb\":65536,\"acpi\":true,"
                                           "\"type.pvh\":{\"pvshim\":\"True\"}},"
                                           "\"nics\":[{\"mac\":\"00:16:3e:00:00:01\"}]}",
                                     report);

    g_assert_cmpstr(def->general.name, ==, "web");
    g_assert_cmpint(def->general.type, ==, DOM_TYPE_PVH);
    g_assert_cmpuint(def->memory.target.value, ==, 65536);
    g_assert_cmpint(def->features.acpi, ==, DOM_TRISTATE_ON);
    g_assert_cmpuint(def->nics->len, ==, 1);
    g_assert_cmpstr(((DomNic *)g_ptr_array_index(def->nics, 0))->mac, ==, "00:16:3e:00:00:01");
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 0);
}

static void
test_list(void)
{
    static const char json[] = "[{\"domid\":0,\"config\":{\"c_info\":{\"type\":\"pv\"}}},\n"
                               "{\"domid\":3,\"config\":" GUEST "\"type.pvh\":{}}}},\n"
                               "{\"domid\":4,\"config\":" GUEST "\"type.pvh\":{}}}}]";
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) defs = bind_defs_from_json(json, strlen(json), NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(defs->len, ==, 2);
    assert_refused(json, strlen(json), DOM_ERROR_INVALID, "2 guests");
    assert_refused("[]", 2, DOM_ERROR_INVALID, "0 guests");
}

/* What xl itself writes where it made nothing of a key. */
static void
test_nothing(void)
{
    static const char json[] = GUEST "\"cpuid\":[{\"leaf\":0}],\"altp2m\":null,\"type.pvh\":{}}}";
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = bind_def_from_json(json, strlen(json), NULL, &error);

    g_assert_no_error(error);
    g_assert_null(def->cpu.cpuid_list);
    g_assert_cmpint(def->features.altp2m, ==, DOM_ALTP2M_ABSENT);
}

/* Nothing is lost in silence: not what this libxl does not know, not what the model cannot hold. */
static void
test_lost(void)
{
    static const struct {
        const char *rest, *said;
    } cases[] = {
        { "\n \"turbo\":1,\"type.pvh\":{}}}", "2:10: warning: b_info.turbo: libxl" },
        { "\"type.pvh\":{\n\"hpet\":\"True\"}}}", "2:8: warning: b_info.type.pvh.hpet: libxl" },
        { "\n  \"exec_ssidref\": 7}}", "2:19: warning: b_info.exec_ssidref: xl.cfg" },
        { "\"cpuid\":{\"cpuid\":[],\n\"msr\":[{\"index\":1}]}}}",
          "2:7: warning: b_info.cpuid: xl.cfg" },
        { "\"type.pvh\":{}},\"channels\":[\n{\"name\":\"c\",\"connection.pty\":{\"x\":1}}]}",
          "2:30: warning: channels[0].connection.pty: libxl" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *json = g_strconcat(GUEST, cases[i].rest, NULL);
        g_autofree char *said = said_about(json);
        g_autofree char *expected = g_strconcat("x.json:", cases[i].said, NULL);

        if (!g_str_has_prefix(said, expected))
            g_error("%s: said '%s', not '%s'", json, said, expected);
    }
}

static void
test_notes(void)
{
    static const char json[] = GUEST "\"type.pvh\":{}}}";
    g_autoptr(DomReport) report = dom_report_new("x.json");
    g_autoptr(DomDef) def = read_one(json, report);
    g_autofree char *notes = dom_report_format(report, DOM_SEVERITY_NOTE);

    if (strstr(notes, "x.json:1:48: note: b_info.claim_mode: ") == NULL)
        g_error("said %s", notes);
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 0);
}

static void
test_values(void)
{
    static const struct {
        const char *member, *message;
    } cases[] = {
        { "\"max_vcpus\":\"2\"", "b_info.max_vcpus: expected a number" },
        { "\"max_vcpus\":99999999999", "b_info.max_vcpus: expected a number" },
        { "\"max_memkb\":-1", "expected a number from 0 to 18446744073709551615" },
        { "\"max_memkb\":1.5", "b_info.max_memkb: expected a number" },
        { "\"event_channels\":4294967296", "expected a number from 0 to 4294967295" },
        { "\"kernel\":1", "given twice" },
        { "\"ramdisk\":1", "b_info.ramdisk: expected a string" },
        { "\"acpi\":\"maybe\"", "b_info.acpi: expected" },
        { "\"tsc_mode\":\"fast\"", "does not know the word 'fast'" },
        { "\"avail_vcpus\":[0,4294967295]", "b_info.avail_vcpus: expected a number below" },
        { "\"avail_vcpus\":{}", "b_info.avail_vcpus: expected a list" },
        { "\"vcpu_hard_affinity\":[[0],7]", "b_info.vcpu_hard_affinity[1]: expected a list" },
        { "\"extra\":[1]", "b_info.extra: expected a string" },
        { "\"irqs\":3", "b_info.irqs: expected a list" },
        { "\"sched_params\":[]", "b_info.sched_params: expected an object" },
        { "\"type.pvh\":{},\"type.pv\":{}", "b_info.type.pv: given twice" },
        { "\"type.hvm\":{}", "differ" },
        { "\"cpuid\":3", "b_info.cpuid: expected" },
        { "\"cpuid\":[{\"eax\":1}]", "b_info.cpuid[0]: expected" },
        { "\"cpuid\":[{\"leaf\":1,\"eax\":\"x\"}]", "b_info.cpuid" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *json = g_strdup_printf("%s%s}}", GUEST, cases[i].member);

        assert_refused(json, strlen(json), DOM_ERROR_INVALID, cases[i].message);
    }
}

/* All errors of a text in one run, each in its line. */
static void
test_all_errors(void)
{
    static const char json[] = GUEST "\"acpi\":1,\n\"apic\":2},\n\"disks\":{}}";
    g_autoptr(DomReport) report = dom_report_new("x.json");
    g_autofree char *lines = NULL;

    g_assert_null(bind_def_from_json(json, strlen(json), report, NULL));
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), ==, 3);
    lines = dom_report_format(report, DOM_SEVERITY_ERROR);
    g_assert_nonnull(strstr(lines, "x.json:2:8: error: b_info.apic: "));
    g_assert_nonnull(strstr(lines, "x.json:3:9: error: disks: "));
}

static void
test_not_json(void)
{
    static const char nul[] = "{\"c_info\":{\"name\":\"a\\u0000b\"}}";
    g_autofree char *deep = g_strnfill(BIND_JSON_DEPTH_MAX + 1, '[');
    g_autoptr(GString) many = g_string_new("[");

    assert_refused("", 0, DOM_ERROR_SYNTAX, "premature");
    assert_refused("  ", 2, DOM_ERROR_SYNTAX, "premature");
    assert_refused("{\"a\":\n nul}", 10, DOM_ERROR_SYNTAX, "-:2:");
    assert_refused("{\"a\":1", 6, DOM_ERROR_SYNTAX, "not JSON");
    assert_refused("{} x", 4, DOM_ERROR_SYNTAX, "not JSON");
    assert_refused("\"\xff\"", 3, DOM_ERROR_SYNTAX, "not JSON");
    assert_refused("{\"a\":\0}", 7, DOM_ERROR_SYNTAX, "not JSON");
    assert_refused(nul, strlen(nul), DOM_ERROR_SYNTAX, "u0000");
    assert_refused(deep, strlen(deep), DOM_ERROR_SYNTAX, "too deep");
    for (guint i = 0; i < BIND_JSON_NODES_MAX; i++)
        g_string_append(many, "0,");
    assert_refused(many->str, many->len, DOM_ERROR_SYNTAX, "too many");
    g_string_set_size(many, BIND_JSON_BYTES_MAX + 1);
    assert_refused(many->str, many->len, DOM_ERROR_SYNTAX, "longer");
    assert_refused("7", 1, DOM_ERROR_INVALID, "expected an object");
    assert_refused("{}", 2, DOM_ERROR_INVALID, "neither");
}

/* A few values that ask for much memory are refused before they get it. */
static void
test_memory(void)
{
    g_autoptr(GString) json = g_string_new(GUEST "\"vcpu_hard_affinity\":[");

    for (guint i = 0; i < 20000; i++)
        g_string_append(json, "[65535],");
    g_string_append(json, "[]]}}");
    assert_refused(json->str, json->len, DOM_ERROR_INVALID, "too large for a guest");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bind/json/object", test_object);
    g_test_add_func("/bind/json/list", test_list);
    g_test_add_func("/bind/json/nothing", test_nothing);
    g_test_add_func("/bind/json/lost", test_lost);
    g_test_add_func("/bind/json/notes", test_notes);
    g_test_add_func("/bind/json/values", test_values);
    g_test_add_func("/bind/json/all-errors", test_all_errors);
    g_test_add_func("/bind/json/not-json", test_not_json);
    g_test_add_func("/bind/json/memory", test_memory);
    return g_test_run();
}
