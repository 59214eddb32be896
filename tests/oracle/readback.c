/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readback FOLDER...: what libxl knows of a guest, read back into the model, starts the same guest.
 * For each cfg of the folders that binds: model, config, model, config; both configs must be equal.
 * Once from libxl's struct, and once from its JSON, of which nothing may be reported as lost.
 */
#include "driver/bind/bind.h"
#include "xlconv/convert.h"

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

/* The JSON of what @def starts. */
static char *
json_of_def(const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    char *json = bind_def_to_json(def, &error);

    g_assert_no_error(error);
    return json;
}

static char *
through_config(const libxl_domain_config *config)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = bind_def_from_config(config, &error);

    g_assert_no_error(error);
    return json_of_def(def);
}

static char *
through_json(const char *path, const char *json)
{
    g_autoptr(DomReport) report = dom_report_new(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = bind_def_from_json(json, strlen(json), report, &error);
    g_autofree char *said = dom_report_format(report, DOM_SEVERITY_NOTE);

    g_assert_no_error(error);
    g_assert_cmpstr(said, ==, "");
    return json_of_def(def);
}

/* Whether @path was one that binds. */
static gboolean
check_file(const char *path)
{
    libxl_domain_config *config = bind_file(path);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *again = NULL;

    if (config == NULL)
        return FALSE;
    before = json_of(config);
    after = through_config(config);
    libxl_domain_config_dispose(config);
    g_free(config);
    if (!g_str_equal(before, after))
        g_error("%s: %s came back as %s", path, before, after);
    again = through_json(path, before);
    if (!g_str_equal(before, again))
        g_error("%s: %s was read as %s", path, before, again);
    return TRUE;
}

/* How many files of the folder were checked. */
static guint
check_folder(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    guint checked = 0;

    if (folder == NULL)
        g_error("no folder %s", path);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        checked += g_str_has_suffix(name, ".cfg") && check_file(file);
    }
    g_dir_close(folder);
    return checked;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        guint checked = check_folder(argv[i]);

        g_print("%s: %u files read back\n", argv[i], checked);
        if (checked == 0)
            return 1;
    }
    return argc > 1 ? 0 : 1;
}
