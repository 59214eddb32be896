/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxml/parser.h>
#include <string.h>

#include "internal.h"
#include "virlog.h"

#include "xlconv/convert.h"

#include "driver/model.h"

VIR_LOG_INIT("libxl.model");

static void
log_report(const DomReport *report)
{
    g_autofree char *lines = dom_report_format(report, DOM_SEVERITY_WARNING);
    if (*lines) {
        VIR_WARN("%s", lines);
    }
}

DomDef *
drv_model_parse_xml(const char *xml, GError **error)
{
    DomDefOps ops = xlc_def_ops;
    g_autoptr(DomReport) report = dom_report_new(NULL);
    ops.hosted = TRUE;
    g_autoptr(DomDef) def = dom_def_parse_xml(xml, &ops, report, error);
    log_report(report);
    return g_steal_pointer(&def);
}

char *
drv_model_format_xml(const DomDef *def, DomFormatFlags flags, GError **error)
{
    return dom_def_format_xml(def, flags, &xlc_def_ops, error);
}

xmlDocPtr
drv_model_format_doc(const DomDef *def, DomFormatFlags flags, GError **error)
{
    g_autofree char *xml = drv_model_format_xml(def, flags, error);
    return xml ? xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET) : NULL;
}
