/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/advice.h"
#include "xlconv/doc.h"
#include "xlconv/layout.h"
#include "xlconv/lib.h"
#include "xlconv/since.h"

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

/* Where @words name @key as a word of its own; NULL for nowhere. */
static const char *
find_word(const char *words, const char *key)
{
    for (const char *at = strstr(words, key); at != NULL; at = strstr(at + 1, key)) {
        char before = at > words ? at[-1] : ' ', behind = at[strlen(key)];

        if (!g_ascii_isalnum(before) && before != '_' && !g_ascii_isalnum(behind) && behind != '_')
            return at;
    }
    return NULL;
}

/* The assignment that @words, which the binding says about the model, name first; NULL for none. */
static const XlcEntry *
find_named(const XlcDoc *doc, const char *words)
{
    const XlcEntry *found = NULL;
    const char *first = NULL;

    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);
        const char *at = find_word(words, entry->key);

        if (at == NULL || (first != NULL && at >= first))
            continue;
        first = at;
        found = entry;
    }
    return found;
}

/* xl binds the guest before it starts it: what stops it there stops it on any host. A Xen that
 * lacks something may be another one than the guest is for. */
static void
check_start(const DomDef *def, const char *text, DomReport *report)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(text, strlen(text), NULL, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *json = xlc_lib_guest_to_json(def, &error);
    gboolean lacks = g_error_matches(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED);
    const XlcEntry *entry;
    XlcPosition at = { 0 };

    if (json != NULL)
        return;
    entry = find_named(doc, error->message);
    if (entry != NULL)
        at = entry->value->start;
    dom_report_add(report, lacks ? DOM_SEVERITY_NOTE : DOM_SEVERITY_WARNING, at.line, at.column,
                   entry != NULL ? entry->key : NULL,
                   lacks ? "%s" : _("this guest cannot start: %s"), error->message);
}

static void
check_cfg(const DomDef *def, const char *text, gsize length, DomReport *report)
{
    g_autofree char *plain = xlc_plain_lines(text, length, NULL);

    xlc_advise(plain, strlen(plain), def, xlc_lib_cpuid_complaint, report);
    if (def != NULL && xlconv_form_is_supported(XLCONV_FORM_JSON))
        check_start(def, plain, report);
}

void
xlconv_check(XlconvForm form, const char *text, gsize length, const char *xen, XlconvReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) guests = xlconv_guests_parse(form, text, length, report, &error);

    if (error != NULL && xlconv_report_count(report, XLCONV_SEVERITY_ERROR) == 0)
        xlconv_report_add(report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, error->message);
    for (guint i = 0; guests != NULL && xen != NULL && i < guests->len; i++)
        xlconv_guest_check_xen(g_ptr_array_index(guests, i), xen, report);
    if (form == XLCONV_FORM_CFG)
        check_cfg(guests != NULL ? ((XlconvGuest *)g_ptr_array_index(guests, 0))->def : NULL, text,
                  length, xlc_lib_report(report));
    dom_report_sort(xlc_lib_report(report));
}
