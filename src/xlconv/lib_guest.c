/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/secret.h"
#include "xlconv/convert.h"
#include "xlconv/doc.h"
#include "xlconv/edit.h"
#include "xlconv/from_cfg.h"
#include "xlconv/layout.h"
#include "xlconv/lib.h"
#include "xlconv/to_cfg.h"
#include "xlconv/uncarried.h"
#include "xlconv/xm.h"

#include <glib/gi18n-lib.h>
#include <string.h>

XlconvGuest *
xlc_lib_guest_new(DomDef *def, XlconvForm form)
{
    XlconvGuest *guest = g_new0(XlconvGuest, 1);

    guest->def = def;
    guest->form = form;
    return guest;
}

void
xlconv_guest_free(XlconvGuest *guest)
{
    if (guest == NULL)
        return;
    dom_def_free(guest->def);
    g_free(guest->text);
    g_clear_pointer(&guest->lost, g_ptr_array_unref);
    g_free(guest);
}

const char *
xlconv_guest_name(const XlconvGuest *guest)
{
    return guest->def->general.name;
}

/* Of the byte order mark that @text begins with; 0 for none. */
static gsize
mark_length(const char *text, gsize length)
{
    static const char mark[] = "\xef\xbb\xbf";

    return length >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
}

/* Encodings of more than a byte for each character, by what a text in them begins with: a mark, or
 * the bracket of XML. The longer ones come first. */
static const struct {
    const char *name;
    const char *bytes;
    gsize length;
    gboolean xml;
} wide[] = {
    { "UTF-32", "\xff\xfe\0\0", 4, FALSE }, { "UTF-32", "\0\0\xfe\xff", 4, FALSE },
    { "UTF-16", "\xff\xfe<\0", 4, TRUE },   { "UTF-16", "\xfe\xff\0<", 4, TRUE },
    { "UTF-16", "\xff\xfe", 2, FALSE },     { "UTF-16", "\xfe\xff", 2, FALSE },
    { "UTF-16", "<\0", 2, TRUE },           { "UTF-16", "\0<", 2, TRUE },
};

/* The row of @wide, or -1. */
static int
wide_row(const char *text, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(wide); i++) {
        if (length >= wide[i].length && memcmp(text, wide[i].bytes, wide[i].length) == 0)
            return (int)i;
    }
    return -1;
}

gboolean
xlc_lib_refuse_wide(const char *text, gsize length, DomReport *report)
{
    int row = wide_row(text, length);

    if (row >= 0)
        dom_report_add(
            report, DOM_SEVERITY_ERROR, 0, 0, NULL,
            _("the text is in %s; expected UTF-8: iconv -f %s -t UTF-8 FILE writes it so"),
            wide[row].name, wide[row].name);
    return row >= 0;
}

XlconvForm
xlconv_form_guess(const char *text, gsize length)
{
    gsize i = mark_length(text, length);
    int row = wide_row(text, length);

    if (row >= 0 && wide[row].xml)
        return XLCONV_FORM_XML;
    while (i < length && text[i] != '\0' && strchr(" \t\r\n", text[i]) != NULL)
        i++;
    if (i < length && text[i] == '<')
        return XLCONV_FORM_XML;
    if (i < length && (text[i] == '{' || text[i] == '['))
        return XLCONV_FORM_JSON;
    return XLCONV_FORM_CFG;
}

/* The byte that @diagnostic is about. */
static char
byte_of(const char *text, const DomDiagnostic *diagnostic)
{
    const char *line = text;

    for (guint i = 1; i < diagnostic->line && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL || diagnostic->column == 0 || strlen(line) < diagnostic->column)
        return '\0';
    return line[diagnostic->column - 1];
}

/* What a Windows file has that xl refuses, by the byte that it stops at. */
static const struct {
    char byte;
    const char *text;
} windows[] = {
    { '\xef', N_("the file begins with a byte order mark, which xl refuses: xlconv fmt -i takes it "
                 "out") },
    { '\r', N_("lines end as on Windows, which xl refuses: xlconv fmt -i makes them plain") },
};

/* The first error at @byte; NULL for none. */
static const DomDiagnostic *
error_at(const DomReport *report, const char *text, char byte)
{
    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(report, i);

        if (diagnostic->severity == DOM_SEVERITY_ERROR && byte_of(text, diagnostic) == byte)
            return diagnostic;
    }
    return NULL;
}

/* Reports the first error of each kind that a file has for being a Windows file. FALSE when there
 * is none. */
static gboolean
report_windows(const char *text, gsize length, DomReport *report)
{
    g_autoptr(DomReport) found = dom_report_new(NULL);
    gboolean any = FALSE;

    xlc_doc_free(xlc_doc_parse_partial(text, length, found, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(windows); i++) {
        const DomDiagnostic *diagnostic = error_at(found, text, windows[i].byte);

        if (diagnostic == NULL)
            continue;
        dom_report_add(report, DOM_SEVERITY_ERROR, diagnostic->line, diagnostic->column,
                       diagnostic->key, "%s", _(windows[i].text));
        any = TRUE;
    }
    return any;
}

char *
xlc_lib_plain_lines(const char *text, gsize length, DomReport *report)
{
    g_autofree char *plain = NULL;
    gboolean changed;

    if (memchr(text, '\r', length) == NULL && (length == 0 || *text != '\xef'))
        return NULL;
    plain = xlc_plain_lines(text, length, &changed);
    return changed && report_windows(text, length, report) ? g_steal_pointer(&plain) : NULL;
}

/* The report's errors, one a line, as an error. */
static void
fail_with_report(const DomReport *report, GQuark domain, int code, GError **error)
{
    g_autofree char *lines = dom_report_format(report, DOM_SEVERITY_ERROR);

    g_set_error_literal(error, domain, code, lines);
}

/* Whether xl takes the guest, as far as that can be told; reported when not. */
static gboolean
check_bound(const DomDef *def, const char *text, gsize length, DomReport *report)
{
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);
    g_autoptr(XlcDoc) doc = NULL;

    for (guint i = 0; i < complaints->len; i++) {
        const DomComplaint *complaint = complaints->pdata[i];

        if (g_error_matches(complaint->error, DOM_ERROR, DOM_ERROR_INVALID)) {
            doc = xlc_doc_parse_partial(text, length, NULL, NULL);
            return xlc_lib_check_start(def, doc, NULL, report);
        }
    }
    return TRUE;
}

/* What else is wrong in a text that is refused for one thing: all is told in one run. */
static void
check_rest(const char *text, gsize length, DomReport *report)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(text, length, NULL, NULL);

    xlc_lib_check_rest(doc, report);
    dom_report_sort(report);
}

static DomDef *
parse_cfg(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autofree char *plain = xlc_lib_plain_lines(text, length, report);
    g_autoptr(DomDef) def = NULL;
    g_autoptr(GError) wrong = NULL;

    if (plain == NULL) {
        def = xlc_def_from_cfg(text, length, report, &wrong);
        if (def != NULL && check_bound(def, text, length, report))
            return g_steal_pointer(&def);
        if (def == NULL)
            check_rest(text, length, report);
        fail_with_report(report, wrong != NULL ? wrong->domain : DOM_ERROR,
                         wrong != NULL ? wrong->code : DOM_ERROR_INVALID, error);
        return NULL;
    }
    def = xlc_def_from_cfg(plain, strlen(plain), report, NULL);
    fail_with_report(report, DOM_ERROR, DOM_ERROR_SYNTAX, error);
    return NULL;
}

static DomDef *
parse_xml(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(DomDef) def = dom_def_parse_xml(text, &xlc_def_ops, report, error);

    if (def == NULL || strlen(text) == length)
        return g_steal_pointer(&def);
    dom_report_add(report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s",
                   _("the text goes on behind a NUL byte, which no XML can hold"));
    fail_with_report(report, DOM_ERROR, DOM_ERROR_SYNTAX, error);
    return NULL;
}

/* @text ends in a NUL here. */
static GPtrArray *
parse_one(XlconvForm form, const char *text, gsize length, DomReport *report, GError **error)
{
    DomDef *def = (form == XLCONV_FORM_XML ? parse_xml : parse_cfg)(text, length, report, error);
    GPtrArray *guests;
    XlconvGuest *guest;

    if (def == NULL)
        return NULL;
    guests = g_ptr_array_new_with_free_func((GDestroyNotify)xlconv_guest_free);
    guest = xlc_lib_guest_new(def, form);
    g_ptr_array_add(guests, guest);
    if (form == XLCONV_FORM_CFG) {
        guest->text = g_memdup2(text, length + 1);
        guest->length = length;
    }
    return guests;
}

char *
xlc_lib_terminate(const char *text, gsize length)
{
    char *copy = g_malloc(length + 1);

    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *
xlc_lib_read_xm(const char *text, gsize length, DomReport *report, GError **error)
{
    guint before = dom_report_count(report, DOM_SEVERITY_ERROR);
    GError *wrong = NULL;
    char *cfg = xlc_xm_to_cfg_partial(text, length, report, &wrong);

    if (wrong != NULL && dom_report_count(report, DOM_SEVERITY_ERROR) == before)
        dom_report_add(report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", wrong->message);
    if (wrong != NULL)
        g_propagate_error(error, wrong);
    return cfg;
}

/* Of a file that is more than data the values are looked at, too. */
static GPtrArray *
parse_xm(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autofree char *cfg = xlc_lib_read_xm(text, length, report, &wrong);
    g_autoptr(XlcDoc) doc = NULL;

    if (wrong == NULL)
        return parse_one(XLCONV_FORM_CFG, cfg, strlen(cfg), report, error);
    doc = xlc_doc_parse_partial(cfg, strlen(cfg), NULL, NULL);
    xlc_def_from_doc(doc, TRUE, report, NULL);
    check_rest(cfg, strlen(cfg), report);
    fail_with_report(report, DOM_ERROR, DOM_ERROR_SYNTAX, error);
    return NULL;
}

static void
refuse_form(GError **error)
{
    g_set_error(error, XLCONV_ERROR, XLCONV_ERROR_UNSUPPORTED, "%s",
                _("this is no form that a guest is written in: expected XLCONV_FORM_CFG, _XML or "
                  "_JSON"));
}

static GPtrArray *
parse_any(XlconvForm form, const char *text, gsize length, DomReport *report, GError **error)
{
    if (xlc_lib_refuse_wide(text, length, report)) {
        fail_with_report(report, DOM_ERROR, DOM_ERROR_SYNTAX, error);
        return NULL;
    }
    if (form > XLCONV_FORM_XM) {
        refuse_form(error);
        return NULL;
    }
    if (form == XLCONV_FORM_XM)
        return parse_xm(text, length, report, error);
    return form == XLCONV_FORM_JSON ? xlc_lib_guests_from_json(text, length, report, error)
                                    : parse_one(form, text, length, report, error);
}

/* What has no place in the text is in the report, too. */
static void
report_failure(DomReport *report, const GError *error)
{
    if (dom_report_count(report, DOM_SEVERITY_ERROR) == 0)
        dom_report_add(report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", error->message);
}

GPtrArray *
xlconv_guests_parse(XlconvForm form, const char *text, gsize length, XlconvReport *report,
                    GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    DomReport *used = report != NULL ? xlc_lib_report(report) : own;
    g_autofree char *copy = xlc_lib_terminate(text, length);
    GError *inner = NULL;
    GPtrArray *guests;

    /* JSON has no mark, and libxml2 and the grammar of xl have their own way with it */
    if (form == XLCONV_FORM_JSON && mark_length(text, length) > 0)
        memset(copy, ' ', mark_length(text, length));
    guests = parse_any(form, copy, length, used, &inner);
    if (guests == NULL) {
        report_failure(used, inner);
        xlc_lib_raise(inner, error);
    }
    return guests;
}

XlconvGuest *
xlconv_guest_parse(XlconvForm form, const char *text, gsize length, XlconvReport *report,
                   GError **error)
{
    g_autoptr(GPtrArray) guests = xlconv_guests_parse(form, text, length, report, error);
    g_autoptr(GError) many = NULL;

    if (guests == NULL)
        return NULL;
    if (guests->len == 1)
        return g_ptr_array_steal_index(guests, 0);
    many = g_error_new(XLCONV_ERROR, XLCONV_ERROR_INVALID,
                       _("the text describes %u guests; expected one"), guests->len);
    if (report != NULL)
        report_failure(xlc_lib_report(report), many);
    g_propagate_error(error, g_steal_pointer(&many));
    return NULL;
}

static char *
format_xml(const DomDef *def, guint flags, DomReport *report, GError **error)
{
    return dom_def_format_xml(def, (DomFormatFlags)flags, &xlc_def_ops, error);
}

/* All devices that xl.cfg has no form for go with @error, which is about the first one. */
static void
place_refusals(const DomDef *def, DomReport *report, GError **error)
{
    g_autoptr(GError) first = NULL;

    if (!xlc_report_refused(def, report) || error == NULL)
        return;
    first = g_steal_pointer(error);
    dom_report_sort(report);
    fail_with_report(report, first->domain, first->code, error);
}

/* Whether @text, made of @def, is read again. */
static gboolean
check_text(const DomDef *def, const char *text, DomReport *report, GError **error)
{
    if (xlc_lib_check_written(def, text, report))
        return TRUE;
    dom_report_sort(report);
    fail_with_report(report, DOM_ERROR, DOM_ERROR_INVALID, error);
    return FALSE;
}

static char *
format_cfg(const DomDef *def, guint flags, DomReport *report, GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    DomReport *used = report != NULL ? report : own;
    g_autofree char *text = xlc_def_to_cfg(def, (DomFormatFlags)flags, used, error);

    if (text == NULL)
        place_refusals(def, used, error);
    return text == NULL || check_text(def, text, used, error) ? g_steal_pointer(&text) : NULL;
}

static char *
format_json(const DomDef *def, guint flags, DomReport *report, GError **error)
{
    return xlc_lib_guest_to_json(def, error);
}

static char *(*const formats[])(const DomDef *def, guint flags, DomReport *report,
                                GError **error) = {
    [XLCONV_FORM_CFG] = format_cfg,
    [XLCONV_FORM_XML] = format_xml,
    [XLCONV_FORM_JSON] = format_json,
};

/* Hands @text on, or the error that it is NULL for. */
static char *
hand_on(char *text, GError *inner, GError **error)
{
    if (text == NULL)
        xlc_lib_raise(inner, error);
    return text;
}

/* What JSON is written of (transfer full): of an xl.cfg, what xl would give to Xen. */
static DomDef *
def_for_xen(const XlconvGuest *guest)
{
    return guest->text != NULL ? xlc_def_as_xl(guest->text, guest->length, NULL, NULL)
                               : dom_def_copy(guest->def);
}

/* At the assignment that the error is about, when there is one. */
static void
report_unsaid(const XlconvGuest *guest, const XlcDoc *doc, const GError *error, DomReport *report)
{
    const XlcEntry *entry = xlc_find_unsaid(doc, guest->def);
    XlcPosition at = entry != NULL ? entry->value->start : (XlcPosition){ 0 };

    dom_report_add(report, DOM_SEVERITY_ERROR, at.line, at.column,
                   entry != NULL ? entry->key : NULL, "%s", error->message);
}

/* XML cannot say @guest: its place in the xl.cfg that the guest was read from goes with @error. */
static void
place_error(const XlconvGuest *guest, DomReport *report, GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    DomReport *used = report != NULL ? report : own;
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(guest->text, guest->length, NULL, NULL);
    g_autoptr(GError) unplaced = g_steal_pointer(error);

    if (!xlc_report_uncarried(doc, DOM_SEVERITY_ERROR, used))
        report_unsaid(guest, doc, unplaced, used);
    dom_report_sort(used);
    fail_with_report(used, unplaced->domain, unplaced->code, error);
}

/* The same of what JSON would be written of. */
static void
place_complaints(const XlconvGuest *guest, const DomDef *def, DomReport *report)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(guest->text, guest->length, NULL, NULL);

    xlc_lib_refuse_start(def, doc, report);
}

/* What of @guest will not be in its XML. */
static void
report_secrets(const XlconvGuest *guest, DomReport *report)
{
    g_autoptr(XlcDoc) doc = NULL;

    if (!dom_def_has_secrets(guest->def))
        return;
    if (guest->text != NULL)
        doc = xlc_doc_parse_partial(guest->text, guest->length, NULL, NULL);
    xlc_report_secrets(guest->def, doc, report);
    dom_report_sort(report);
}

char *
xlconv_guest_format(const XlconvGuest *guest, XlconvForm form, guint flags, XlconvReport *report,
                    GError **error)
{
    g_autoptr(DomDef) as_xl = NULL;
    GError *inner = NULL;
    char *text;

    if (form >= G_N_ELEMENTS(formats)) {
        refuse_form(error);
        return NULL;
    }
    if (form == XLCONV_FORM_XML && !(flags & XLCONV_SECURE) && report != NULL)
        report_secrets(guest, xlc_lib_report(report));
    as_xl = form == XLCONV_FORM_JSON ? def_for_xen(guest) : NULL;
    text = formats[form](as_xl != NULL ? as_xl : guest->def, flags, xlc_lib_report(report), &inner);
    if (text == NULL && form == XLCONV_FORM_XML && guest->text != NULL)
        place_error(guest, xlc_lib_report(report), &inner);
    if (text == NULL && form == XLCONV_FORM_JSON && guest->text != NULL && as_xl != NULL &&
        report != NULL)
        place_complaints(guest, as_xl, xlc_lib_report(report));
    return hand_on(text, inner, error);
}

char *
xlconv_guest_onto(const XlconvGuest *guest, const char *cfg, gsize length, guint flags,
                  XlconvReport *cfg_report, XlconvReport *report, GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    DomReport *used = report != NULL ? xlc_lib_report(report) : own;
    g_autoptr(DomDef) want = xlc_lib_wanted(guest, cfg, length, used);
    GError *inner = NULL;
    char *text = xlc_edit_onto(cfg, length, want, (DomFormatFlags)flags, xlc_lib_report(cfg_report),
                               used, &inner);

    if (text != NULL && !check_text(want, text, used, &inner))
        g_clear_pointer(&text, g_free);
    return hand_on(text, inner, error);
}

char *
xlconv_cfg_layout(const char *cfg, gsize length, XlconvReport *report, GError **error)
{
    GError *inner = NULL;
    char *text = xlc_layout(cfg, length, xlc_lib_report(report), &inner);

    return hand_on(text, inner, error);
}

char *
xlconv_cfg_from_xm(const char *xm, gsize length, XlconvReport *report, GError **error)
{
    GError *inner = NULL;
    char *text = xlc_xm_to_cfg(xm, length, xlc_lib_report(report), &inner);

    return hand_on(text, inner, error);
}
