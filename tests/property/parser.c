/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt's own parser takes the XML of random models that can be started: asking it before a
 * definition is stored refuses nothing that xl.cfg can say.
 */
#include <config.h>

#include "internal.h"
#include "virerror.h"

#include "driver/model.h"
#include "driver/parser.h"
#include "generate.h"
#include "xlconv/convert.h"

#define RUNS 2000

static gboolean
is_accepted(guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(DomDef) def = generate_startable_def(random);
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
    if (xml && drv_parser_accepts(xml, &error)) {
        return TRUE;
    }
    g_test_message("XLVIRT_PROPERTY_SEED=%u repeats this", seed);
    g_test_message("%s", error->message);
    g_test_message("%s", xml ? xml : "no text");
    g_test_fail();
    return FALSE;
}

static void
test_accepted(void)
{
    const char *text = g_getenv("XLVIRT_PROPERTY_SEED");
    guint32 seed = text ? (guint32)g_ascii_strtoull(text, NULL, 10) : g_random_int();
    g_test_message("seed %u, %u models", seed, RUNS);
    for (guint i = 0; i < RUNS && is_accepted(seed + i); i++) {
    }
}

int
main(int argc, char **argv)
{
    virErrorInitialize();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/property/parser", test_accepted);
    return g_test_run();
}
