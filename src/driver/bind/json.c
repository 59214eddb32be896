/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/bind.h"

#include <glib/gi18n-lib.h>
#include <libxl_json.h>

char *
bind_config_to_json(libxl_domain_config *config, GError **error)
{
    yajl_gen generator = yajl_gen_alloc(NULL);
    const unsigned char *text;
    size_t length;
    char *json = NULL;

    g_return_val_if_fail(generator != NULL, NULL);
    yajl_gen_config(generator, yajl_gen_beautify, 1);
    yajl_gen_config(generator, yajl_gen_indent_string, "    ");
    if (libxl_domain_config_gen_json(generator, config) == yajl_gen_status_ok &&
        yajl_gen_get_buf(generator, &text, &length) == yajl_gen_status_ok)
        json = g_strndup((const char *)text, length);
    else
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("libxl cannot write this configuration as JSON; look for text in it that is "
                      "not UTF-8"));
    yajl_gen_free(generator);
    return json;
}

char *
bind_def_to_json(const DomDef *def, GError **error)
{
    libxl_domain_config config;
    char *json;

    if (!bind_domain_config(def, NULL, &config, error))
        return NULL;
    json = bind_config_to_json(&config, error);
    libxl_domain_config_dispose(&config);
    return json;
}
