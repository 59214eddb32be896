/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trip.h"

#include <string.h>

#include "fail.h"
#include "model.h"
#include "xlconv/convert.h"

static void
same_model(const DomDef *a, const DomDef *b, const char *text)
{
    g_autofree char *difference = model_difference(a, b);

    if (*difference != '\0')
        fuzz_fail("%s\n%s", difference, text);
}

/* Comments do not come back: they are no part of what xl reads. */
DomDef *
trip_xml(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
    g_autofree char *again = NULL;
    g_autoptr(DomDef) back = NULL;

    g_assert_true((xml == NULL) == (error != NULL));
    if (xml == NULL)
        return NULL;
    back = dom_def_parse_xml(xml, &xlc_def_ops, NULL, &error);
    if (back == NULL)
        fuzz_fail("%s\n%s", error->message, xml);
    same_model(def, back, xml);
    again = dom_def_format_xml(back, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(xml, ==, again);
    return g_steal_pointer(&back);
}

DomDef *
trip_cfg(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cfg = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, &error);
    g_autofree char *again = NULL;
    g_autoptr(DomDef) back = NULL;

    g_assert_true((cfg == NULL) == (error != NULL));
    if (cfg == NULL)
        return NULL;
    back = xlc_def_from_cfg(cfg, strlen(cfg), NULL, &error);
    if (back == NULL)
        fuzz_fail("%s\n%s", error->message, cfg);
    same_model(def, back, cfg);
    again = xlc_def_to_cfg(back, DOM_FORMAT_SECURE, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(cfg, ==, again);
    return g_steal_pointer(&back);
}
