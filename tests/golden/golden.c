/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Golden pairs, found by scanning a folder:
 *
 *     golden KIND FOLDER [SCHEMA]
 *
 * For KIND cfg2xml a pair is NAME.cfg with NAME.xml; NAME.warn beside it holds the exact warnings.
 * A file that must be refused has NAME.err in place of NAME.xml. For KIND check NAME.said holds all
 * that is said about NAME.cfg, and is not there when nothing is. Every file of the folder belongs
 * to a pair. With XLVIRT_TEST_REGENERATE=1 in the environment the expectations are written.
 *
 * Besides its text, each conversion is taken back: see check_xml() and check_cfg().
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "model.h"
#include "schema.h"
#include "xlconv/convert.h"
#ifdef GOLDEN_WITH_JSON
#include "driver/bind/bind.h"
#include <xlconv/xlconv.h>
#endif

typedef struct {
    const char *kind;
    const char *from; /* what the folder holds, and what it becomes */
    const char *to;
    void (*run)(gconstpointer data);
} Kind;

typedef struct {
    const Kind *kind;
    const char *folder;
    char *name;
} Case;

static Schema *schema;

/* A test may have several complaints; each is shown. */
static void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
complain(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_test_message("%s", text);
    g_test_fail();
}

static gboolean
regenerates(void)
{
    return g_strcmp0(g_getenv("XLVIRT_TEST_REGENERATE"), "1") == 0;
}

static char *
case_path(const Case *c, const char *extension)
{
    g_autofree char *file = g_strconcat(c->name, ".", extension, NULL);

    return g_build_filename(c->folder, file, NULL);
}

/* The file's text, or NULL when there is none. */
static char *
case_read(const Case *c, const char *extension)
{
    g_autofree char *path = case_path(c, extension);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void
tell_difference(const Case *c, const char *extension, const char *expected, const char *actual)
{
    g_auto(GStrv) want = g_strsplit(expected, "\n", -1);
    g_auto(GStrv) got = g_strsplit(actual, "\n", -1);
    guint i = 0;

    while (want[i] != NULL && got[i] != NULL && g_str_equal(want[i], got[i]))
        i++;
    complain("%s.%s:%u: expected '%s', got '%s'", c->name, extension, i + 1,
             want[i] != NULL ? want[i] : "the end", got[i] != NULL ? got[i] : "the end");
}

/* The file must hold @actual; there is none for an empty text. */
static void
case_expect(const Case *c, const char *extension, const char *actual)
{
    g_autofree char *path = case_path(c, extension);
    g_autofree char *expected = case_read(c, extension);

    if (!regenerates()) {
        if (g_strcmp0(expected, actual) != 0 && (expected != NULL || *actual != '\0'))
            tell_difference(c, extension, expected != NULL ? expected : "", actual);
        return;
    }
    if (*actual == '\0')
        g_unlink(path);
    else
        g_assert_true(g_file_set_contents(path, actual, -1, NULL));
}

static DomReport *
case_report(const Case *c)
{
    g_autofree char *file = g_strconcat(c->name, ".", c->kind->from, NULL);

    return dom_report_new(file);
}

/* All that was said, a line each. */
static char *
said(const DomReport *report, DomSeverity at_least)
{
    g_autofree char *lines = dom_report_format(report, at_least);

    return *lines != '\0' ? g_strconcat(lines, "\n", NULL) : g_strdup("");
}

/* Whether @result is there as the case expects: refused with the exact errors, or not. */
static gboolean
case_settle(const Case *c, const DomReport *report, const char *result, const GError *error)
{
    g_autofree char *refused = NULL;
    g_autofree char *warnings = NULL;

    if (result == NULL) {
        refused = dom_report_count(report, DOM_SEVERITY_ERROR) > 0
                      ? said(report, DOM_SEVERITY_NOTE)
                      : g_strconcat(error->message, "\n", NULL);
        case_expect(c, "err", refused);
        case_expect(c, c->kind->to, "");
        case_expect(c, "warn", "");
        return FALSE;
    }
    warnings = said(report, DOM_SEVERITY_NOTE);
    case_expect(c, "warn", warnings);
    case_expect(c, "err", "");
    case_expect(c, c->kind->to, result);
    return TRUE;
}

static void
expect_equal(const Case *c, const char *what, const DomDef *a, const DomDef *b)
{
    g_autofree char *difference = model_difference(a, b);

    if (*difference != '\0')
        complain("%s: %s: %s", c->name, what, g_strchomp(difference));
}

/* Whether @result is there; fails with @error where not. */
static gboolean
expect_done(const Case *c, const char *what, gconstpointer result, const GError *error)
{
    if (result == NULL)
        complain("%s: %s: %s", c->name, what, error->message);
    return result != NULL;
}

static void
expect_valid(const Case *c, const char *what, const char *xml)
{
    g_autofree char *text = NULL;

    if (schema != NULL && !schema_validate(schema, xml, &text))
        complain("%s: %s does not fit libvirt's schema: %s", c->name, what, text);
}

static void
expect_no_secret(const Case *c, const DomDef *def, const char *what, const char *text)
{
    g_auto(GStrv) secrets = model_secrets(def);

    for (char **secret = secrets; *secret != NULL; secret++) {
        if (strstr(text, *secret) != NULL)
            complain("%s: a password shows in the %s", c->name, what);
    }
}

/* XML of @def: fits the schema, is the same model again, and hides passwords unless asked. */
static void
check_xml(const Case *c, const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
    g_autofree char *open = NULL;
    g_autoptr(DomDef) back = NULL;

    if (!expect_done(c, "model -> XML", xml, error))
        return;
    expect_valid(c, "its XML", xml);
    back = dom_def_parse_xml(xml, &xlc_def_ops, NULL, &error);
    if (!expect_done(c, "model -> XML -> model", back, error))
        return;
    expect_equal(c, "model -> XML -> model", def, back);
    open = dom_def_format_xml(def, 0, &xlc_def_ops, &error);
    if (!expect_done(c, "model -> XML without passwords", open, error))
        return;
    expect_valid(c, "its XML without passwords", open);
    expect_no_secret(c, def, "XML", open);
}

/* xl.cfg text of @def: is the same model again, with what xl.cfg has no words for. */
static void
check_cfg(const Case *c, const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cfg = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, &error);
    g_autofree char *open = NULL;
    g_autoptr(DomDef) back = NULL;

    if (!expect_done(c, "model -> xl.cfg", cfg, error))
        return;
    back = xlc_def_from_cfg(cfg, strlen(cfg), NULL, &error);
    if (!expect_done(c, "model -> xl.cfg -> model", back, error))
        return;
    expect_equal(c, "model -> xl.cfg -> model", def, back);
    open = xlc_def_to_cfg(def, 0, NULL, &error);
    if (!expect_done(c, "model -> xl.cfg without passwords", open, error))
        return;
    expect_no_secret(c, def, "xl.cfg", open);
}

static void
run_cfg2xml(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *cfg = case_read(c, "cfg");
    g_autoptr(DomReport) report = case_report(c);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = xlc_def_from_cfg(cfg, strlen(cfg), report, &error);
    g_autofree char *xml = NULL;

    if (def != NULL)
        xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
    if (!case_settle(c, report, xml, error))
        return;
    check_xml(c, def);
    check_cfg(c, def);
}

static DomDef *
read_xml(const Case *c, DomReport *report, GError **error)
{
    g_autofree char *xml = case_read(c, "xml");
    DomDef *def = dom_def_parse_xml(xml, &xlc_def_ops, report, error);

    if (def != NULL)
        expect_valid(c, "the input", xml);
    return def;
}

static void
run_xml2cfg(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(DomReport) report = case_report(c);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = read_xml(c, report, &error);
    g_autofree char *cfg = NULL;

    if (def != NULL)
        cfg = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, report, &error);
    if (!case_settle(c, report, cfg, error))
        return;
    check_xml(c, def);
    check_cfg(c, def);
}

#ifdef GOLDEN_WITH_JSON
/* What xlconv check says, which may be nothing. */
static void
run_check(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *cfg = case_read(c, "cfg");
    g_autoptr(DomReport) report = case_report(c);
    g_autofree char *text = NULL;

    xlconv_check(XLCONV_FORM_CFG, cfg, strlen(cfg), NULL, (XlconvReport *)report);
    text = said(report, DOM_SEVERITY_NOTE);
    case_expect(c, c->kind->to, text);
}

static void
run_xml2json(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(DomReport) report = case_report(c);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = read_xml(c, report, &error);
    g_autofree char *json = NULL;

    if (def != NULL)
        json = bind_def_to_json(def, &error);
    case_settle(c, report, json, error);
}
#endif

static const Kind kinds[] = {
    { "cfg2xml", "cfg", "xml", run_cfg2xml },
    { "xml2cfg", "xml", "cfg", run_xml2cfg },
#ifdef GOLDEN_WITH_JSON
    { "xml2json", "xml", "json", run_xml2json },
    { "check", "cfg", "said", run_check },
#endif
};

static gboolean
belongs(const Kind *kind, const char *folder, const char *file)
{
    const char *const extensions[] = { kind->from, kind->to, "warn", "err", NULL };
    const char *dot = strrchr(file, '.');
    g_autofree char *from = NULL;

    if (dot == NULL || !g_strv_contains(extensions, dot + 1))
        return FALSE;
    from = g_strdup_printf("%s/%.*s.%s", folder, (int)(dot - file), file, kind->from);
    return g_file_test(from, G_FILE_TEST_EXISTS);
}

/* Every file is half of a pair, and every pair has its halves. */
static void
run_files(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GDir) dir = g_dir_open(c->folder, 0, NULL);
    const char *file;
    guint count = 0;

    while ((file = g_dir_read_name(dir)) != NULL) {
        count++;
        if (!belongs(c->kind, c->folder, file))
            complain("%s/%s belongs to no pair", c->folder, file);
    }
    g_assert_cmpuint(count, >, 0);
}

static void
run_schema(gconstpointer data)
{
    if (schema == NULL)
        g_test_skip("libvirt's schema is not installed (package libvirt0): XML is not validated");
}

static void
case_free(gpointer data)
{
    Case *c = data;

    g_free(c->name);
    g_free(c);
}

static void
add_test(const Kind *kind, const char *folder, const char *file, GTestDataFunc run)
{
    const char *dot = strrchr(file, '.');
    Case *c = g_new0(Case, 1);
    g_autofree char *path = NULL;

    c->kind = kind;
    c->folder = folder;
    c->name = g_strndup(file, dot != NULL ? (gsize)(dot - file) : strlen(file));
    path = g_strdup_printf("/%s/%s", kind->kind, c->name);
    g_test_add_data_func_full(path, c, run, case_free);
}

static void
scan(const Kind *kind, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autofree char *extension = g_strconcat(".", kind->from, NULL);
    const char *file;

    while (dir != NULL && (file = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(file, extension))
            add_test(kind, folder, file, kind->run);
    }
    add_test(kind, folder, "files", run_files);
    add_test(kind, folder, "schema", run_schema);
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    /* A pair that fails does not hide the others. */
    g_test_set_nonfatal_assertions();
    for (guint i = 0; argc > 2 && i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(kinds[i].kind, argv[1]))
            scan(&kinds[i], argv[2]);
    }
    schema = argc > 3 ? schema_new(argv[3]) : NULL;
    status = g_test_run();
    schema_free(schema);
    return status;
}
