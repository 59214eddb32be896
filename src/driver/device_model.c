/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "driver/device_model.h"

/* The end of a log that concerns one start, and more. */
#define TAIL_MAX 4096

static char *
read_tail(const char *path, gint64 since)
{
    g_autofree char *text = NULL;
    struct stat info;
    gsize length = 0;
    if (stat(path, &info) < 0 || info.st_mtime < since ||
        !g_file_get_contents(path, &text, &length, NULL)) {
        return NULL;
    }
    const char *tail = length > TAIL_MAX ? text + length - TAIL_MAX : text;
    return g_utf8_make_valid(tail, -1);
}

char *
drv_device_model_words(const char *folder, const char *name, gint64 since)
{
    g_autofree char *path = g_strdup_printf("%s/qemu-dm-%s.log", folder, name);
    g_autofree char *tail = read_tail(path, since);
    if (!tail || !*g_strchomp(tail)) {
        return NULL;
    }
    const char *last = strrchr(tail, '\n');
    return g_strdup(last ? last + 1 : tail);
}

void
drv_device_model_add_args(DomDef *def, const char *const *args)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    if (def->os.device_model_args) {
        g_strv_builder_addv(all, (const char **)def->os.device_model_args);
    }
    g_strv_builder_addv(all, (const char **)args);
    g_strfreev(def->os.device_model_args);
    def->os.device_model_args = g_strv_builder_end(all);
}
