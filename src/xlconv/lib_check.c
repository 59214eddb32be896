/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/advice.h"
#include "xlconv/carried.h"
#include "xlconv/from_cfg.h"
#include "xlconv/lib.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
xlconv_xen_is_known(const char *xen)
{
    XlcXen version;

    return xlc_xen_parse(xen, &version);
}

void
xlconv_guest_check_xen(const XlconvGuest *guest, const char *xen, XlconvReport *report)
{
    g_autoptr(XlcDoc) doc = NULL;
    XlcXen version;

    g_return_if_fail(xlc_xen_parse(xen, &version));
    if (guest->text != NULL)
        doc = xlc_doc_parse_partial(guest->text, guest->length, NULL, NULL);
    xlc_report_newer(guest->def, version, doc, xlc_lib_report(report));
}

/* The assignment that @words, which the binding says about the model, name first; NULL for none. */
static const XlcEntry *
find_named(const XlcDoc *doc, const char *words)
{
    const XlcEntry *found = NULL;
    const char *first = NULL;

    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);
        const char *at = xlc_find_word(words, entry->key);

        if (at == NULL || (first != NULL && at >= first))
            continue;
        first = at;
        found = entry;
    }
    return found;
}

/* @words without the key in front of them, which the diagnostic has. */
static const char *
without_key(const char *words, const XlcEntry *entry)
{
    gsize length = entry != NULL ? strlen(entry->key) : 0;

    return length > 0 && g_str_has_prefix(words, entry->key) &&
                   g_str_has_prefix(words + length, ": ")
               ? words + length + 2
               : words;
}

/* FALSE when it is an error. */
static gboolean
report_complaint(const GError *complaint, const XlcDoc *doc, DomReport *report)
{
    gboolean lacks = g_error_matches(complaint, DOM_ERROR, DOM_ERROR_UNSUPPORTED);
    const XlcEntry *entry = find_named(doc, complaint->message);

    if (entry == NULL) {
        dom_report_add(report, lacks ? DOM_SEVERITY_NOTE : DOM_SEVERITY_WARNING, 1, 1, NULL,
                       lacks ? "%s" : _("this guest cannot start: %s"), complaint->message);
        return TRUE;
    }
    dom_report_add(report, lacks ? DOM_SEVERITY_NOTE : DOM_SEVERITY_ERROR, entry->value->start.line,
                   entry->value->start.column, entry->key, "%s",
                   without_key(complaint->message, entry));
    return lacks;
}

gboolean
xlc_lib_check_start(const DomDef *def, const XlcDoc *doc, const XlcXen *xen, DomReport *report)
{
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);
    gboolean starts = TRUE;

    for (guint i = 0; i < complaints->len; i++) {
        const GError *complaint = complaints->pdata[i];

        if (g_error_matches(complaint, DOM_ERROR, DOM_ERROR_UNSUPPORTED) &&
            !xlc_lib_speaks_for(xen))
            continue;
        starts = report_complaint(complaint, doc, report) && starts;
    }
    return starts;
}

static gboolean
is_wrong_already(const DomReport *report, const char *key)
{
    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *said = dom_report_get(report, i);

        if (said->severity == DOM_SEVERITY_ERROR && g_strcmp0(said->key, key) == 0)
            return TRUE;
    }
    return FALSE;
}

void
xlc_lib_check_rest(const XlcDoc *doc, DomReport *report)
{
    g_autoptr(DomDef) def = xlc_def_sensible(doc);
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);

    for (guint i = 0; i < complaints->len; i++) {
        const GError *complaint = complaints->pdata[i];
        const XlcEntry *entry = find_named(doc, complaint->message);

        if (g_error_matches(complaint, DOM_ERROR, DOM_ERROR_INVALID) && entry != NULL &&
            !is_wrong_already(report, entry->key))
            report_complaint(complaint, doc, report);
    }
}

/* The guest that is in @doc, with what its comments say; NULL, reported, when it is refused. */
static DomDef *
read_guest(const XlcDoc *doc, gboolean broken, DomReport *report)
{
    DomDef *def = xlc_def_from_doc(doc, broken, report, NULL);
    const char *text;
    gsize length;

    if (def == NULL)
        return NULL;
    text = xlc_doc_source(doc, &length);
    return xlc_carried_read(def, text, length, report);
}

/* One document serves all that looks at the text. */
static void
check_cfg(const char *bytes, gsize length, const XlcXen *xen, DomReport *report)
{
    g_autofree char *text = xlc_lib_terminate(bytes, length);
    g_autofree char *plain = xlc_lib_plain_lines(text, length, report);
    gboolean broken;
    g_autoptr(DomReport) grammar = dom_report_new(NULL);
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(
        plain != NULL ? plain : text, plain != NULL ? strlen(plain) : length, grammar, &broken);
    g_autoptr(DomDef) def = NULL;

    dom_report_append(report, grammar, 0);
    def = read_guest(doc, broken, report);
    if (plain != NULL)
        g_clear_pointer(&def, dom_def_free); /* it is refused for its lines */
    if (def != NULL && xen != NULL)
        xlc_report_newer(def, *xen, doc, report);
    xlc_advise(doc, grammar, def, xlc_lib_speaks_for(xen) ? xlc_lib_cpuid_complaint : NULL, report);
    if (def != NULL)
        xlc_lib_check_start(def, doc, xen, report);
    else
        xlc_lib_check_rest(doc, report);
}

static void
check_other(XlconvForm form, const char *text, gsize length, const char *xen, XlconvReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) guests = xlconv_guests_parse(form, text, length, report, &error);

    if (error != NULL && xlconv_report_count(report, XLCONV_SEVERITY_ERROR) == 0)
        xlconv_report_add(report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, error->message);
    for (guint i = 0; guests != NULL && xen != NULL && i < guests->len; i++)
        xlconv_guest_check_xen(g_ptr_array_index(guests, i), xen, report);
}

void
xlconv_check(XlconvForm form, const char *text, gsize length, const char *xen, XlconvReport *report)
{
    XlcXen version = 0;

    g_return_if_fail(xen == NULL || xlc_xen_parse(xen, &version));
    if (form == XLCONV_FORM_CFG)
        check_cfg(text, length, xen != NULL ? &version : NULL, xlc_lib_report(report));
    else
        check_other(form, text, length, xen, report);
    dom_report_sort(xlc_lib_report(report));
}
