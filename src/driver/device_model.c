/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxl.h>
#include <string.h>
#include <sys/stat.h>

#include "driver/device_model.h"
#include "driver/text.h"

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

/* What it says at each start of a guest with an empty drive, and goes on. */
#define EMPTY_DRIVE "Could not stat file ''"

char *
drv_device_model_words(const char *folder, const char *name, gint64 since)
{
    g_autofree char *path = g_strdup_printf("%s/qemu-dm-%s.log", folder, name);
    g_autofree char *tail = read_tail(path, since);
    g_auto(GStrv) lines = g_strsplit(tail ? tail : "", "\n", -1);
    for (guint n = g_strv_length(lines); n > 0; n--) {
        const char *line = g_strchomp(lines[n - 1]);
        if (*line && !strstr(line, EMPTY_DRIVE)) {
            return g_strdup(line);
        }
    }
    return NULL;
}

/* @words (transfer full, or NULL) behind what is said already. */
static void
add_words(GError **error, char *words)
{
    if (words && *error) {
        g_autofree char *message = (*error)->message;
        (*error)->message = g_strdup_printf("%s: %s", message, words);
    }
    g_free(words);
}

void
drv_device_model_explain(int rc, const char *name, gint64 since, GError **error)
{
    if (rc == ERROR_TIMEDOUT) {
        add_words(error, g_strdup(_("this took longer than Xen's time limits allow; start it again "
                                    "when the host has less to do")));
    } else if (strstr((*error)->message, "device model")) {
        /* it says something each time, which is the reason only where libxl waits for it in vain */
        add_words(error, drv_device_model_words(DRV_DEVICE_MODEL_LOGS, name, since));
    }
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
