/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any text as libxl's JSON: what is accepted and can be started is printed as JSON that reads back
 * as a guest of the same JSON.
 */

#include <stdint.h>
#include <string.h>

#include "driver/bind/bind.h"
#include "fail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NULL for a guest that xl would not start either. */
static char *
json_of(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    libxl_domain_config config;
    char *json;

    if (!bind_domain_config(def, NULL, &config, NULL))
        return NULL;
    json = bind_config_to_json(&config, &error);
    g_assert_no_error(error);
    libxl_domain_config_dispose(&config);
    return json;
}

static void
check_def(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = json_of(def);
    g_autofree char *again = NULL;
    g_autoptr(DomDef) back = NULL;

    if (json == NULL)
        return;
    back = bind_def_from_json(json, strlen(json), NULL, &error);
    if (back == NULL)
        fuzz_fail("%s\n%s", error->message, json);
    again = json_of(back);
    g_assert_cmpstr(json, ==, again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(DomReport) report = dom_report_new("fuzz.json");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) defs = bind_defs_from_json((const char *)data, size, report, &error);

    g_assert_true((defs == NULL) == (error != NULL));
    for (guint i = 0; defs != NULL && i < defs->len; i++)
        check_def(defs->pdata[i]);
    return 0;
}
