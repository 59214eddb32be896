/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/tool_json.h"

#include "driver/bind/bind.h"

char *
xlc_json_from_def(const DomDef *def, GError **error)
{
    libxl_domain_config config;
    char *json;

    if (!bind_domain_config(def, NULL, &config, error))
        return NULL;
    json = bind_config_to_json(&config, error);
    libxl_domain_config_dispose(&config);
    return json;
}
