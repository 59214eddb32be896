/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"
#include "viraccessapicheck.h"

#include "xlconv/lib.h"

#include "driver/api.h"
#include "driver/native.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.native");

static void
log_report(const XlconvReport *report)
{
    for (guint i = 0; i < xlconv_report_size(report); i++) {
        const XlconvDiagnostic *diagnostic = xlconv_report_get(report, i);
        if (xlconv_diagnostic_severity(diagnostic) >= XLCONV_SEVERITY_WARNING) {
            g_autofree char *line = xlconv_diagnostic_format(diagnostic);
            VIR_WARN("%s", line);
        }
    }
}

/* What @text describes (transfer full). */
static XlconvGuest *
parse(XlconvForm form, const char *text, XlconvReport *report, GError **error)
{
    XlconvGuest *guest = xlconv_guest_parse(form, text, strlen(text), report, error);
    log_report(report);
    return guest;
}

/* The library only reads the guest that it writes. */
static char *
format(const DomDef *def, XlconvForm form, DomFormatFlags flags, XlconvReport *report,
       GError **error)
{
    const XlconvGuest guest = { .def = (DomDef *)def, .form = form };
    return xlconv_guest_format(&guest, form, flags, report, error);
}

DomDef *
drv_native_parse_xml(const char *xml, GError **error)
{
    g_autoptr(XlconvReport) report = xlconv_report_new(NULL);
    g_autoptr(XlconvGuest) guest = parse(XLCONV_FORM_XML, xml, report, error);
    return guest ? g_steal_pointer(&guest->def) : NULL;
}

char *
drv_native_format_xml(const DomDef *def, DomFormatFlags flags, GError **error)
{
    return format(def, XLCONV_FORM_XML, flags, NULL, error);
}

char *
drv_native_cfg_to_xml(const char *text, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(XlconvReport) report = xlconv_report_new("xl.cfg");
    g_autoptr(XlconvGuest) guest = parse(XLCONV_FORM_CFG, text, report, &wrong);
    if (!guest) {
        drv_fail(error, VIR_ERR_CONF_SYNTAX, "%s", wrong->message);
        return NULL;
    }
    return xlconv_guest_format(guest, XLCONV_FORM_XML, XLCONV_SECURE | XLCONV_INACTIVE, report, error);
}

char *
drv_native_to_cfg(const DomDef *def, DomFormatFlags flags, GError **error)
{
    g_autoptr(XlconvReport) report = xlconv_report_new(NULL);
    char *text = format(def, XLCONV_FORM_CFG, flags, report, error);
    log_report(report);
    return text;
}

/* xen-xm, the syntax of the old toolstack, is a subset of xl's. */
static gboolean
check_format(const char *format, GError **error)
{
    static const char *const formats[] = { "xen-xl", "xen-xm", NULL };
    if (!g_strv_contains(formats, format)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("unknown native format '%s': this driver knows xen-xl and xen-xm"), format);
    }
    return TRUE;
}

char *
drv_connect_domain_xml_from_native(virConnectPtr conn, const char *format, const char *text,
                                   unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virCheckFlags(0, NULL);
    if (virConnectDomainXMLFromNativeEnsureACL(conn) < 0) {
        return NULL;
    }
    char *xml = check_format(format, &error) ? drv_native_cfg_to_xml(text, &error) : NULL;
    if (!xml) {
        drv_raise(&error);
    }
    return xml;
}

char *
drv_connect_domain_xml_to_native(virConnectPtr conn, const char *format, const char *xml,
                                 unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virCheckFlags(0, NULL);
    if (virConnectDomainXMLToNativeEnsureACL(conn) < 0) {
        return NULL;
    }
    g_autoptr(DomDef) def = check_format(format, &error) ? drv_native_parse_xml(xml, &error) : NULL;
    char *text = def ? drv_native_to_cfg(def, DOM_FORMAT_SECURE, &error) : NULL;
    if (!text) {
        drv_raise(&error);
    }
    return text;
}
