/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* The native-format methods: libxlconv from outside, as any program would use it. */

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"
#include "viraccessapicheck.h"

#include <xlconv/xlconv.h>

#include "driver/api.h"
#include "driver/error.h"
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

/* @text, in the form @from and called @file, in the form @to (transfer full). */
static char *
convert(const char *file, const char *text, XlconvForm from, XlconvForm to, GError **error)
{
    g_autoptr(XlconvReport) report = xlconv_report_new(file);
    g_autoptr(XlconvGuest) guest = xlconv_guest_parse(from, text, strlen(text), report, error);
    char *other =
        guest ? xlconv_guest_format(guest, to, XLCONV_SECURE | XLCONV_INACTIVE, report, error)
              : NULL;
    log_report(report);
    return other;
}

static char *
xml_of_cfg(const char *text, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    char *xml = convert("xl.cfg", text, XLCONV_FORM_CFG, XLCONV_FORM_XML, &wrong);
    if (!xml) {
        drv_fail(error, VIR_ERR_CONF_SYNTAX, "%s", wrong->message);
    }
    return xml;
}

/* xen-xm, the syntax of the old toolstack, is a subset of xl's. */
static gboolean
check_format(const char *format, GError **error)
{
    static const char *const formats[] = { "xen-xl", "xen-xm", NULL };
    if (!g_strv_contains(formats, format)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("unknown native format '%s': this driver knows xen-xl and xen-xm"),
                        format);
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
    char *xml = check_format(format, &error) ? xml_of_cfg(text, &error) : NULL;
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
    char *text = check_format(format, &error)
                     ? convert(NULL, xml, XLCONV_FORM_XML, XLCONV_FORM_CFG, &error)
                     : NULL;
    if (!text) {
        drv_raise(&error);
    }
    return text;
}
