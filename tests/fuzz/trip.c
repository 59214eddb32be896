/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trip.h"

#include <string.h>

#include "fail.h"
#include "model.h"
#include "xlconv/convert.h"

static char *
xml_of(const DomDef *def)
{
    return dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, NULL);
}

/* Unknown XML that gets an element for it alone may stand elsewhere in the model then, and in the
 * same place of the text. Where it does not have to come back (@rest), what xl.cfg says has to. */
static void
same_model(const DomDef *a, const DomDef *b, gboolean rest, const char *text)
{
    g_autofree char *one = rest ? xml_of(a) : NULL;
    g_autofree char *other = rest ? xml_of(b) : NULL;
    gboolean moved = !rest || (one != NULL && g_strcmp0(one, other) == 0);
    g_autofree char *difference = moved ? model_difference_to_xl(a, b) : model_difference(a, b);

    if (*difference != '\0')
        fuzz_fail("%s\n%s", difference, text);
}

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
    same_model(def, back, TRUE, xml);
    again = xml_of(back);
    g_assert_cmpstr(xml, ==, again);
    return g_steal_pointer(&back);
}

/* Pieces of XML that have no place beside what else the file says are left out, which is said. */
static gboolean
is_all_read(const DomReport *report)
{
    g_autofree char *said = dom_report_format(report, DOM_SEVERITY_WARNING);

    return strstr(said, "this comment is left out") == NULL;
}

/* Comments do not come back: they are no part of what xl reads. */
DomDef *
trip_cfg(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autofree char *cfg = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, &error);
    g_autofree char *again = NULL;
    g_autoptr(DomDef) back = NULL;

    g_assert_true((cfg == NULL) == (error != NULL));
    if (cfg == NULL)
        return NULL;
    back = xlc_def_from_cfg(cfg, strlen(cfg), report, &error);
    if (back == NULL)
        fuzz_fail("%s\n%s", error->message, cfg);
    same_model(def, back, is_all_read(report), cfg);
    again = xlc_def_to_cfg(back, DOM_FORMAT_SECURE, NULL, &error);
    g_assert_no_error(error);
    if (dom_def_equal(def, back))
        g_assert_cmpstr(cfg, ==, again);
    return g_steal_pointer(&back);
}
