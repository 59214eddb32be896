/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readback FOLDER: what libxl knows of a guest, read back into the model, starts the same guest.
 * For each cfg of the folder that binds: model, config, model, config; both configs must be equal.
 */
#include "driver/bind/bind.h"
#include "xlconv/xlconv.h"

#include <string.h>

static libxl_domain_config *
bind_file(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = NULL;
    libxl_domain_config *config;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, &error))
        g_error("%s", error->message);
    def = xlc_def_from_cfg(text, length, NULL, NULL);
    config = g_new0(libxl_domain_config, 1);
    if (def != NULL && bind_domain_config(def, NULL, config, NULL))
        return config;
    g_free(config);
    return NULL;
}

static char *
json_of(libxl_domain_config *config)
{
    g_autoptr(GError) error = NULL;
    char *json = bind_config_to_json(config, &error);

    if (json == NULL)
        g_error("%s", error->message);
    return json;
}

/* The JSON of @config after a way through the model. */
static char *
json_read_back(const libxl_domain_config *config)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = bind_def_from_config(config, &error);
    libxl_domain_config again;
    char *json;

    if (def == NULL || !bind_domain_config(def, NULL, &again, &error))
        g_error("%s", error->message);
    json = json_of(&again);
    libxl_domain_config_dispose(&again);
    return json;
}

/* Whether @path was one that binds. */
static gboolean
check_file(const char *path)
{
    libxl_domain_config *config = bind_file(path);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (config == NULL)
        return FALSE;
    before = json_of(config);
    after = json_read_back(config);
    libxl_domain_config_dispose(config);
    g_free(config);
    if (!g_str_equal(before, after))
        g_error("%s: %s came back as %s", path, before, after);
    return TRUE;
}

int
main(int argc, char **argv)
{
    GDir *folder = g_dir_open(argc == 2 ? argv[1] : "", 0, NULL);
    const char *name;
    guint checked = 0;

    if (folder == NULL)
        g_error("usage: readback FOLDER");
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);

        checked += g_str_has_suffix(name, ".cfg") && check_file(path);
    }
    g_dir_close(folder);
    g_print("%u files read back\n", checked);
    return checked > 0 ? 0 : 1;
}
