/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two walks between xl.cfg text and the model. */
#include <string.h>

#include "xlconv/convert.h"
#include "xlconv/edit.h"
#include "xlconv/error.h"

#define GUEST "name = \"x\"\nkernel = \"/k\"\n"

static DomDef *
from_cfg(const char *cfg, DomReport *report)
{
    g_autoptr(GError) error = NULL;
    DomDef *def = xlc_def_from_cfg(cfg, strlen(cfg), report, &error);

    g_assert_no_error(error);
    return def;
}

static char *
to_cfg(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    char *cfg = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, &error);

    g_assert_no_error(error);
    return cfg;
}

/* Nothing said stays nothing said. */
static void
test_absent(void)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def = from_cfg(GUEST, report);
    g_autofree char *cfg = to_cfg(def);

    g_assert_cmpuint(dom_report_size(report), ==, 0);
    g_assert_cmpstr(cfg, ==, GUEST);
}

static void
test_last_wins(void)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def = from_cfg(GUEST "vcpus = 2\nvcpus = 3\n", report);

    g_assert_cmpuint(def->cpu.vcpus.value, ==, 3);
    g_assert_cmpuint(dom_report_size(report), ==, 1);
    g_assert_cmpuint(dom_report_get(report, 0)->line, ==, 3);
}

/* What is not understood is kept, told, and written again. */
static void
test_kept(void)
{
    static const struct {
        const char *line;
        const char *again; /* NULL: as it was */
    } rows[] = {
        { "zzz = 1", NULL },
        { "zzz = [ \"a\", [ 2, \"b\" ] ]", NULL },
        { "memory = \"4G\"", NULL },
        { "memory += 512", NULL },
        { "vif = \"mac=00:16:3e:00:00:01\"", NULL },
        { "acpi = [ 1 ]", NULL },
        { "zzz = 'it\\'s'", "zzz = \"it's\"" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *cfg = g_strconcat(GUEST, rows[i].line, "\n", NULL);
        g_autofree char *expected =
            g_strconcat(GUEST, rows[i].again != NULL ? rows[i].again : rows[i].line, "\n", NULL);
        g_autoptr(DomReport) report = dom_report_new(NULL);
        g_autoptr(DomDef) def = from_cfg(cfg, report);
        g_autofree char *written = to_cfg(def);

        g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 1);
        g_assert_cmpstr(written, ==, expected);
    }
}

/* One run tells all errors, in the order of the text. */
static void
test_errors(void)
{
    const char *cfg = "name = \"x\"\non_crash = \"explode\"\ntype = \"kvm\"\nuuid = \"1\"\n"
                      "disk = [ \"/a,raw\" ]\n";
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(xlc_def_from_cfg(cfg, strlen(cfg), report, &error));
    g_assert_error(error, DOM_ERROR, DOM_ERROR_INVALID);
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), ==, 4);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpuint(dom_report_get(report, i)->line, ==, i + 2);
}

/* In a file that is broken, a value that is missing is no error of its own. */
static void
test_broken(void)
{
    const char *cfg = "name = x\nvcpus = \"two\n";
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(xlc_def_from_cfg(cfg, strlen(cfg), report, &error));
    g_assert_error(error, XLC_ERROR, XLC_ERROR_SYNTAX);
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), ==, 2);
}

/* No text of a model becomes a key, a line or an item. */
static void
test_no_injection(void)
{
    static const char *const texts[] = { "\"\nvcpus = 9\n#", "\\", "\\\"; vcpus = 9",
                                         "]\nvcpus = 9", "\r\nvcpus = 9" };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(DomDef) def = from_cfg(GUEST, NULL);
        g_autoptr(DomDef) back = NULL;
        g_autofree char *cfg = NULL;
        char *args[] = { (char *)texts[i], NULL };

        def->os.cmdline = g_strdup(texts[i]);
        def->os.device_model_args = g_strdupv(args);
        def->general.description = g_strdup(texts[i]);
        dom_rest_add(&def->metadata.rest, "", "note", texts[i]);
        cfg = to_cfg(def);
        back = from_cfg(cfg, NULL);
        g_assert_cmpstr(back->os.cmdline, ==, texts[i]);
        g_assert_cmpstr(back->os.device_model_args[0], ==, texts[i]);
        g_assert_cmpuint(g_strv_length(back->os.device_model_args), ==, 1);
        g_assert_false(back->cpu.vcpus.set);
        g_assert_null(back->metadata.unmapped);
    }
}

/* What is kept of XML is told once, at its place: by the reading, or else by the writing. */
static void
test_kept_xml(void)
{
    const char *xml = "<domain type='xen'><name>a</name><memory>65536</memory>\n"
                      "<os><type>hvm</type></os>\n"
                      "<devices>\n <graphics type='rdp'/></devices></domain>";
    g_autoptr(DomReport) reading = dom_report_new(NULL);
    g_autoptr(DomReport) writing = dom_report_new(NULL);
    g_autoptr(DomDef) def = dom_def_parse_xml(xml, &xlc_def_ops, reading, NULL);
    g_autoptr(DomDef) copy = dom_def_copy(def);
    g_autofree char *once = xlc_def_to_cfg(def, 0, reading, NULL);
    g_autofree char *apart = xlc_def_to_cfg(copy, 0, writing, NULL);

    g_assert_cmpstr(once, ==, apart);
    g_assert_cmpuint(dom_report_size(reading), ==, 1);
    g_assert_cmpuint(dom_report_size(writing), ==, 1);
    g_assert_cmpuint(dom_report_get(reading, 0)->line, ==, 4);
    g_assert_cmpuint(dom_report_get(writing, 0)->line, ==, 4);
    g_assert_cmpuint(dom_report_get(writing, 0)->column, ==, 2);
    g_assert_cmpstr(dom_report_get(writing, 0)->key, ==, "devices/graphics");
}

/* Without a report there is no place to name in one: the text may be one that nobody has seen. */
static void
test_kept_unplaced(void)
{
    const char *xml = "<domain type='xen'><name>a</name><memory>65536</memory>"
                      "<os><type>hvm</type></os><x/></domain>";
    g_autoptr(DomReport) writing = dom_report_new(NULL);
    g_autoptr(DomDef) def = dom_def_parse_xml(xml, &xlc_def_ops, NULL, NULL);
    g_autofree char *cfg = xlc_def_to_cfg(def, 0, writing, NULL);

    g_assert_nonnull(cfg);
    g_assert_cmpuint(dom_report_size(writing), ==, 1);
    g_assert_cmpuint(dom_report_get(writing, 0)->line, ==, 0);
}

/* An export without the password says so. */
static void
test_password(void)
{
    g_autoptr(DomDef) def = from_cfg(GUEST "vnc = 1\nvncpasswd = \"s3cr3t\"\n", NULL);
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autofree char *open = xlc_def_to_cfg(def, 0, report, NULL);
    g_autofree char *secure = to_cfg(def);

    g_assert_null(strstr(open, "s3cr3t"));
    g_assert_nonnull(strstr(secure, "s3cr3t"));
    g_assert_cmpuint(dom_report_size(report), ==, 1);
    g_assert_cmpstr(dom_report_get(report, 0)->key, ==, "vfb");
}

/* What cannot be brought about is told by its key: no file says that of a PV guest. */
static void
test_refused_edit(void)
{
    const char *text = GUEST "vfb = [ \"vnc=1\" ]\n";
    g_autoptr(DomDef) def = from_cfg(GUEST, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *edited = NULL;

    def->graphics.head.vnc = DOM_TRISTATE_ON;
    edited = xlc_edit_onto(text, strlen(text), def, DOM_FORMAT_SECURE, NULL, NULL, &error);
    g_assert_null(edited);
    g_assert_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE);
    g_assert_nonnull(strstr(error->message, "what stands in the way is vfb, vnc:"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/walk/absent", test_absent);
    g_test_add_func("/xlc/walk/last-wins", test_last_wins);
    g_test_add_func("/xlc/walk/kept", test_kept);
    g_test_add_func("/xlc/walk/errors", test_errors);
    g_test_add_func("/xlc/walk/broken", test_broken);
    g_test_add_func("/xlc/walk/no-injection", test_no_injection);
    g_test_add_func("/xlc/walk/kept-xml", test_kept_xml);
    g_test_add_func("/xlc/walk/kept-unplaced", test_kept_unplaced);
    g_test_add_func("/xlc/walk/password", test_password);
    g_test_add_func("/xlc/walk/refused-edit", test_refused_edit);
    return g_test_run();
}
