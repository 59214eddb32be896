/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/advice.h"
#include "xlconv/doc.h"
#include "xlconv/layout.h"
#include "xlconv/lib.h"
#include "xlconv/since.h"

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

void
xlconv_check(XlconvForm form, const char *text, gsize length, const char *xen, XlconvReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) guests = xlconv_guests_parse(form, text, length, report, &error);
    g_autofree char *plain = xlc_plain_lines(text, length, NULL);

    if (error != NULL && xlconv_report_count(report, XLCONV_SEVERITY_ERROR) == 0)
        xlconv_report_add(report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, error->message);
    for (guint i = 0; guests != NULL && xen != NULL && i < guests->len; i++)
        xlconv_guest_check_xen(g_ptr_array_index(guests, i), xen, report);
    if (form == XLCONV_FORM_CFG)
        xlc_advise(plain, strlen(plain),
                   guests != NULL ? ((XlconvGuest *)g_ptr_array_index(guests, 0))->def : NULL,
                   xlc_lib_report(report));
    dom_report_sort(xlc_lib_report(report));
}
