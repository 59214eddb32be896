/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library as a program sees it: the public header, the shared library, and glib. */
#include <string.h>
#include <xlconv/xlconv.h>

static const char web[] = "# mine\n"
                          "name = \"web\"\n"
                          "type = \"pvh\"\n"
                          "kernel = \"/boot/web\"\n"
                          "memory = 512\n";

static XlconvGuest *
parse(XlconvForm form, const char *text)
{
    g_autoptr(GError) error = NULL;
    XlconvGuest *guest = xlconv_guest_parse(form, text, strlen(text), NULL, &error);

    g_assert_no_error(error);
    return guest;
}

static char *
format(const XlconvGuest *guest, XlconvForm form, guint flags, XlconvReport *report)
{
    g_autoptr(GError) error = NULL;
    char *text = xlconv_guest_format(guest, form, flags, report, &error);

    g_assert_no_error(error);
    return text;
}

static void
assert_refused(XlconvForm form, const char *text, gsize length, XlconvError code)
{
    g_autoptr(XlconvReport) report = xlconv_report_new(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(xlconv_guest_parse(form, text, length, report, &error));
    g_assert_error(error, XLCONV_ERROR, (int)code);
    g_assert_cmpuint(xlconv_report_count(report, XLCONV_SEVERITY_ERROR), >, 0);
    g_assert_cmpstr(error->message, !=, "");
}

static void
test_forms(void)
{
    g_assert_cmpint(xlconv_form_guess(web, strlen(web)), ==, XLCONV_FORM_CFG);
    g_assert_cmpint(xlconv_form_guess(" \n<domain/>", 11), ==, XLCONV_FORM_XML);
    g_assert_cmpint(xlconv_form_guess("\t[{}]", 5), ==, XLCONV_FORM_JSON);
    g_assert_cmpint(xlconv_form_guess("{}", 2), ==, XLCONV_FORM_JSON);
    g_assert_cmpint(xlconv_form_guess("\xef\xbb\xbf<d", 5), ==, XLCONV_FORM_XML);
    g_assert_cmpint(xlconv_form_guess("\xef\xbb\xbf\n <d", 7), ==, XLCONV_FORM_XML);
    g_assert_cmpint(xlconv_form_guess("\xef\xbb\xbf[", 4), ==, XLCONV_FORM_JSON);
    g_assert_cmpint(xlconv_form_guess("\xef\xbb\xbf", 3), ==, XLCONV_FORM_CFG);
    g_assert_cmpint(xlconv_form_guess("\xef\xbb<", 3), ==, XLCONV_FORM_CFG);
    g_assert_cmpint(xlconv_form_guess("", 0), ==, XLCONV_FORM_CFG);
    g_assert_cmpint(xlconv_form_guess(NULL, 0), ==, XLCONV_FORM_CFG);
    g_assert_true(xlconv_form_is_supported(XLCONV_FORM_CFG));
    g_assert_true(xlconv_form_is_supported(XLCONV_FORM_XML));
}

/* Every form gives the same guest again. */
static void
test_round_trip(void)
{
    g_autoptr(XlconvGuest) guest = parse(XLCONV_FORM_CFG, web);

    g_assert_cmpstr(xlconv_guest_name(guest), ==, "web");
    for (XlconvForm form = XLCONV_FORM_CFG; xlconv_form_is_supported(form); form++) {
        g_autofree char *text = format(guest, form, XLCONV_SECURE, NULL);
        g_autoptr(XlconvGuest) again = parse(form, text);
        g_autofree char *diff = xlconv_guest_diff(guest, again, 0, NULL);

        g_assert_cmpstr(diff, ==, "");
    }
}

static void
test_json(void)
{
    g_autoptr(XlconvGuest) guest = parse(XLCONV_FORM_CFG, web);
    g_autoptr(GError) error = NULL;
    g_autofree char *json = NULL;

    if (xlconv_form_is_supported(XLCONV_FORM_JSON)) {
        g_autofree char *list = NULL;
        g_autoptr(GPtrArray) guests = NULL;

        json = format(guest, XLCONV_FORM_JSON, 0, NULL);
        list = g_strdup_printf("[%s,%s]", json, json);
        guests = xlconv_guests_parse(XLCONV_FORM_JSON, list, strlen(list), NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(guests->len, ==, 2);
        assert_refused(XLCONV_FORM_JSON, list, strlen(list), XLCONV_ERROR_INVALID);
        assert_refused(XLCONV_FORM_JSON, "{", 1, XLCONV_ERROR_SYNTAX);
        return;
    }
    json = xlconv_guest_format(guest, XLCONV_FORM_JSON, 0, NULL, &error);
    g_assert_null(json);
    g_assert_error(error, XLCONV_ERROR, XLCONV_ERROR_UNSUPPORTED);
    assert_refused(XLCONV_FORM_JSON, "{}", 2, XLCONV_ERROR_UNSUPPORTED);
}

static void
test_refused(void)
{
    static const char xml_nul[] = "<domain type='xen'><name>a</name><memory>1024</memory>"
                                  "<os><type>xen</type></os></domain>\0<x/>";
    static const char cfg_nul[] = "name = \"a\"\0\nvcpus = 1\n";

    assert_refused(XLCONV_FORM_CFG, "memory = [", 10, XLCONV_ERROR_SYNTAX);
    assert_refused(XLCONV_FORM_CFG, "memory = 1\n", 11, XLCONV_ERROR_INVALID);
    assert_refused(XLCONV_FORM_CFG, "name = \"a\"\r\n", 12, XLCONV_ERROR_SYNTAX);
    assert_refused(XLCONV_FORM_CFG, cfg_nul, sizeof(cfg_nul) - 1, XLCONV_ERROR_SYNTAX);
    assert_refused(XLCONV_FORM_XML, "<domain", 7, XLCONV_ERROR_SYNTAX);
    assert_refused(XLCONV_FORM_XML, "<domain/>", 9, XLCONV_ERROR_INVALID);
    assert_refused(XLCONV_FORM_XML, xml_nul, sizeof(xml_nul) - 1, XLCONV_ERROR_SYNTAX);
}

/* Only the bytes that are given count; what is behind them is none of the library's business. */
static void
test_length(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XlconvGuest) guest =
        xlconv_guest_parse(XLCONV_FORM_CFG, "name = \"a\"\nnonsense = [", 11, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(xlconv_guest_name(guest), ==, "a");
}

static void
test_report(void)
{
    static const char text[] = "name = \"a\"\ntype = \"hvm\"\nvcpu = 2\n";
    g_autoptr(XlconvReport) report = xlconv_report_new("a.cfg");
    g_autoptr(XlconvGuest) guest =
        xlconv_guest_parse(XLCONV_FORM_CFG, text, strlen(text), report, NULL);
    const XlconvDiagnostic *one = xlconv_report_get(report, 0);
    g_autofree char *line = xlconv_diagnostic_format(one);

    g_assert_nonnull(guest);
    g_assert_cmpuint(xlconv_report_size(report), ==, 1);
    g_assert_cmpint(xlconv_diagnostic_severity(one), ==, XLCONV_SEVERITY_WARNING);
    g_assert_cmpstr(xlconv_diagnostic_file(one), ==, "a.cfg");
    g_assert_cmpuint(xlconv_diagnostic_line(one), ==, 3);
    g_assert_cmpuint(xlconv_diagnostic_column(one), ==, 1);
    g_assert_cmpstr(xlconv_diagnostic_key(one), ==, "vcpu");
    g_assert_nonnull(strstr(xlconv_diagnostic_text(one), "did you mean 'vcpus'"));
    g_assert_true(g_str_has_prefix(line, "a.cfg:3:1: warning: vcpu: "));
    xlconv_report_add(report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, "mine");
    g_assert_cmpuint(xlconv_report_count(report, XLCONV_SEVERITY_ERROR), ==, 1);
    g_assert_cmpuint(xlconv_report_count(report, XLCONV_SEVERITY_NOTE), ==, 2);
    g_assert_cmpstr(xlconv_severity_name(XLCONV_SEVERITY_NOTE), ==, "note");
}

/* A text that a report repeats makes no second line. */
static void
test_one_line(void)
{
    g_autoptr(XlconvReport) report = xlconv_report_new("a");
    g_autofree char *line = NULL;

    xlconv_report_add(report, XLCONV_SEVERITY_ERROR, 1, 0, NULL,
                      "'x\nb:1: error: y\x1b[2J' is odd");
    line = xlconv_diagnostic_format(xlconv_report_get(report, 0));
    g_assert_cmpstr(line, ==, "a:1: error: 'x\\x0ab:1: error: y\\x1b[2J' is odd");
}

/* What is not asked for is not shown, and its absence is said. */
static void
test_passwords(void)
{
    static const char text[] = "name = \"a\"\ntype = \"hvm\"\nvnc = 1\nvncpasswd = \"geheim\"\n";
    static const char other[] = "name = \"a\"\ntype = \"hvm\"\nvnc = 1\nvncpasswd = \"andere\"\n";
    g_autoptr(XlconvGuest) a = parse(XLCONV_FORM_CFG, text);
    g_autoptr(XlconvGuest) b = parse(XLCONV_FORM_CFG, other);

    for (XlconvForm form = XLCONV_FORM_CFG; form <= XLCONV_FORM_XML; form++) {
        g_autoptr(XlconvReport) report = xlconv_report_new(NULL);
        g_autofree char *hidden = format(a, form, 0, report);
        g_autofree char *shown = format(a, form, XLCONV_SECURE, NULL);

        g_assert_null(strstr(hidden, "geheim"));
        g_assert_nonnull(strstr(shown, "geheim"));
        g_assert_cmpuint(xlconv_report_count(report, XLCONV_SEVERITY_WARNING), ==, 1);
    }
    for (guint flags = 0; flags <= XLCONV_SECURE; flags++) {
        g_autofree char *diff = xlconv_guest_diff(a, b, flags, NULL);

        g_assert_cmpstr(diff, !=, "");
        g_assert_cmpint(strstr(diff, "geheim") != NULL, ==, flags == XLCONV_SECURE);
    }
}

static void
test_onto(void)
{
    static const char more[] =
        "name = \"web\"\ntype = \"pvh\"\nkernel = \"/boot/web\"\nmemory = 1024\n";
    g_autoptr(XlconvGuest) guest = parse(XLCONV_FORM_CFG, more);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = xlconv_guest_onto(guest, web, strlen(web), 0, NULL, NULL, &error);

    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(text, "# mine\n"));
    g_assert_nonnull(strstr(text, "memory = 1024\n"));
    g_assert_null(xlconv_guest_onto(guest, "memory = [", 10, 0, NULL, NULL, &error));
    g_assert_error(error, XLCONV_ERROR, XLCONV_ERROR_SYNTAX);
}

static void
test_diff(void)
{
    g_autoptr(XlconvGuest) a = parse(XLCONV_FORM_CFG, web);
    g_autoptr(XlconvGuest) b =
        parse(XLCONV_FORM_CFG, "type='pvh'\nname='web'\nkernel='/boot/web'\nmemory=0x400\n");
    g_autofree char *diff = xlconv_guest_diff(a, b, 0, NULL);

    g_assert_cmpstr(diff, ==, "@@ memory @@\n-memory = 512\n+memory = 1024\n");
}

static void
test_check(void)
{
    static const char text[] = "name = \"a\"\nmemory = \"4G\"\nvirtio = [ \"type=x\" ]\n";
    g_autoptr(XlconvReport) report = xlconv_report_new(NULL);
    g_autoptr(XlconvReport) refused = xlconv_report_new(NULL);

    g_assert_true(xlconv_xen_is_known("4.17"));
    g_assert_false(xlconv_xen_is_known("4.2"));
    g_assert_true(xlconv_xen_is_known("4.22.1"));
    g_assert_false(xlconv_xen_is_known("4.23"));
    xlconv_check(XLCONV_FORM_CFG, text, strlen(text), "4.17", report);
    g_assert_cmpuint(xlconv_report_count(report, XLCONV_SEVERITY_ERROR), ==, 0);
    g_assert_cmpuint(xlconv_report_size(report), >=, 2);
    xlconv_check(XLCONV_FORM_XML, "<domain/>", 9, NULL, refused);
    g_assert_cmpuint(xlconv_report_count(refused, XLCONV_SEVERITY_ERROR), >, 0);
}

static void
test_text(void)
{
    g_autofree char *layout = xlconv_cfg_layout("name='a'\r\n", 10, NULL, NULL);
    g_autofree char *cfg = xlconv_cfg_from_xm("name = 'a'\nacpi = True\n", 23, NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(layout, ==, "name = \"a\"\n");
    g_assert_nonnull(strstr(cfg, "acpi = 1"));
    g_assert_null(xlconv_cfg_from_xm("import os\n", 10, NULL, &error));
    g_assert_error(error, XLCONV_ERROR, XLCONV_ERROR_SYNTAX);
}

static void
test_keys(void)
{
    gboolean seen = FALSE;

    for (guint i = 0; i < xlconv_n_keys(); i++) {
        const XlconvKey *key = xlconv_key_get(i);
        g_autofree char *value = xlconv_key_value(key);
        g_autofree char *guests = xlconv_key_guests(key);
        XlconvKeyStatus status = xlconv_key_status(key);
        gboolean other = status == XLCONV_KEY_ALIAS || status == XLCONV_KEY_DEPRECATED;

        g_assert_cmpstr(xlconv_key_doc(key), !=, "");
        g_assert_cmpstr(xlconv_key_topic(key), !=, "");
        g_assert_cmpstr(value, !=, "");
        g_assert_cmpint(xlconv_key_instead(key) != NULL, ==, other);
        if (!g_str_equal(xlconv_key_name(key), "hap"))
            continue;
        seen = TRUE;
        g_assert_cmpstr(guests, ==, "PVH, HVM");
        g_assert_cmpstr(xlconv_key_since(key), ==, NULL);
        g_assert_cmpstr(xlconv_key_status_name(status), ==, "mapped");
    }
    g_assert_true(seen);
}

static const XlconvOption *
find_option(const GPtrArray *options, const char *name)
{
    for (guint i = 0; i < options->len; i++) {
        if (g_str_equal(xlconv_option_name(options->pdata[i]), name))
            return options->pdata[i];
    }
    g_assert_not_reached();
}

static GPtrArray *
options_of(const char *name)
{
    for (guint i = 0; i < xlconv_n_keys(); i++) {
        if (g_str_equal(xlconv_key_name(xlconv_key_get(i)), name))
            return xlconv_key_options(xlconv_key_get(i));
    }
    g_assert_not_reached();
}

static void
test_options(void)
{
    g_autoptr(GPtrArray) none = options_of("hap");
    g_autoptr(GPtrArray) disk = options_of("disk");
    g_autoptr(GPtrArray) pci = options_of("pci");
    const XlconvOption *format = find_option(disk, "format");
    const XlconvOption *untrusted = find_option(disk, "untrusted");

    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpstr(xlconv_option_value(format), ==, "one of raw, qcow, qcow2, vhd, qed, empty");
    g_assert_cmpstr(xlconv_option_doc(format), ==, "Format of the data");
    g_assert_null(xlconv_option_since(format));
    g_assert_null(xlconv_option_value(untrusted));
    g_assert_cmpstr(xlconv_option_doc(untrusted), ==, "The opposite of trusted");
    g_assert_cmpstr(xlconv_option_since(untrusted), ==, "4.19");
    g_assert_cmpstr(xlconv_option_value(find_option(disk, "colo-port")), ==, "number");
    g_assert_cmpstr(xlconv_option_value(find_option(disk, "devtype")), ==, "one of cdrom, disk");
    g_assert_cmpstr(xlconv_option_value(find_option(pci, "seize")), ==, "0 or 1");
    g_assert_cmpstr(xlconv_option_value(find_option(pci, "bdf")), ==, "text");
}

/* Whatever the caller's threads do with guests of their own, they do at once. */
static gpointer
convert_often(gpointer data)
{
    for (guint i = 0; i < 50; i++) {
        g_autoptr(XlconvGuest) guest = parse(XLCONV_FORM_CFG, web);
        g_autofree char *xml = format(guest, XLCONV_FORM_XML, 0, NULL);
        g_autoptr(XlconvGuest) again = parse(XLCONV_FORM_XML, xml);
        g_autofree char *diff = xlconv_guest_diff(data, again, 0, NULL);

        g_assert_cmpstr(diff, ==, "");
    }
    return NULL;
}

static void
test_threads(void)
{
    g_autoptr(XlconvGuest) shared = parse(XLCONV_FORM_CFG, web);
    GThread *threads[4];

    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("convert", convert_often, shared);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpstr(xlconv_version(), ==, XLVIRT_VERSION);
    g_test_add_func("/lib/forms", test_forms);
    g_test_add_func("/lib/one-line", test_one_line);
    g_test_add_func("/lib/round-trip", test_round_trip);
    g_test_add_func("/lib/json", test_json);
    g_test_add_func("/lib/refused", test_refused);
    g_test_add_func("/lib/length", test_length);
    g_test_add_func("/lib/report", test_report);
    g_test_add_func("/lib/passwords", test_passwords);
    g_test_add_func("/lib/onto", test_onto);
    g_test_add_func("/lib/diff", test_diff);
    g_test_add_func("/lib/check", test_check);
    g_test_add_func("/lib/text", test_text);
    g_test_add_func("/lib/keys", test_keys);
    g_test_add_func("/lib/options", test_options);
    g_test_add_func("/lib/threads", test_threads);
    return g_test_run();
}
