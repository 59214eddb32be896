/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/lib.h"

G_STATIC_ASSERT((int)XLCONV_SEVERITY_NOTE == (int)DOM_SEVERITY_NOTE);
G_STATIC_ASSERT((int)XLCONV_SEVERITY_WARNING == (int)DOM_SEVERITY_WARNING);
G_STATIC_ASSERT((int)XLCONV_SEVERITY_ERROR == (int)DOM_SEVERITY_ERROR);

static const DomDiagnostic *
inside(const XlconvDiagnostic *diagnostic)
{
    return (const DomDiagnostic *)diagnostic;
}

XlconvReport *
xlconv_report_new(const char *file)
{
    return (XlconvReport *)dom_report_new(file);
}

void
xlconv_report_free(XlconvReport *report)
{
    dom_report_free(xlc_lib_report(report));
}

void
xlconv_report_add(XlconvReport *report, XlconvSeverity severity, guint line, guint column,
                  const char *key, const char *text)
{
    dom_report_add(xlc_lib_report(report), (DomSeverity)severity, line, column, key, "%s", text);
}

guint
xlconv_report_size(const XlconvReport *report)
{
    return dom_report_size((const DomReport *)report);
}

guint
xlconv_report_count(const XlconvReport *report, XlconvSeverity at_least)
{
    return dom_report_count((const DomReport *)report, (DomSeverity)at_least);
}

const XlconvDiagnostic *
xlconv_report_get(const XlconvReport *report, guint index)
{
    return (const XlconvDiagnostic *)dom_report_get((const DomReport *)report, index);
}

XlconvSeverity
xlconv_diagnostic_severity(const XlconvDiagnostic *diagnostic)
{
    return (XlconvSeverity)inside(diagnostic)->severity;
}

const char *
xlconv_diagnostic_file(const XlconvDiagnostic *diagnostic)
{
    return inside(diagnostic)->file;
}

guint
xlconv_diagnostic_line(const XlconvDiagnostic *diagnostic)
{
    return inside(diagnostic)->line;
}

guint
xlconv_diagnostic_column(const XlconvDiagnostic *diagnostic)
{
    return inside(diagnostic)->column;
}

const char *
xlconv_diagnostic_key(const XlconvDiagnostic *diagnostic)
{
    return inside(diagnostic)->key;
}

const char *
xlconv_diagnostic_text(const XlconvDiagnostic *diagnostic)
{
    return inside(diagnostic)->text;
}

char *
xlconv_diagnostic_format(const XlconvDiagnostic *diagnostic)
{
    return dom_diagnostic_format(inside(diagnostic));
}

const char *
xlconv_severity_name(XlconvSeverity severity)
{
    return dom_severity_name((DomSeverity)severity);
}
