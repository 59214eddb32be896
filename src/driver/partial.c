/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "internal.h"
#include "virlog.h"

#include "driver/error.h"
#include "driver/partial.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.partial");

#define SUFFIX ".partial"

static char *
note_path(const char *folder, const char *name)
{
    g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
    return g_build_filename(folder, file, NULL);
}

gboolean
drv_partial_note(const char *folder, const char *name, const char *path, GError **error)
{
    g_autofree char *note = note_path(folder, name);
    if ((g_unlink(note) < 0 && errno != ENOENT) || symlink(path, note) < 0) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make the link %s: %s"), note,
                        g_strerror(errno));
    }
    return TRUE;
}

gboolean
drv_partial_noted(const char *folder, const char *name)
{
    g_autofree char *note = note_path(folder, name);
    return g_file_test(note, G_FILE_TEST_IS_SYMLINK);
}

void
drv_partial_forget(const char *folder, const char *name)
{
    g_autofree char *note = note_path(folder, name);
    if (g_unlink(note) < 0 && errno != ENOENT) {
        VIR_WARN("cannot remove %s: %s", note, g_strerror(errno));
    }
}

static void
clean_one(const char *note)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_file_read_link(note, &error);
    if (!path) {
        VIR_WARN("%s", error->message);
        return;
    }
    if (g_unlink(path) == 0) {
        VIR_WARN("removed %s, which was being written when the daemon ended", path);
    } else if (errno != ENOENT) {
        VIR_WARN("cannot remove %s, which was being written when the daemon ended: %s", path,
                 g_strerror(errno));
        return;
    }
    g_unlink(note);
}

void
drv_partial_clean(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *file;
    while (dir && (file = g_dir_read_name(dir))) {
        g_autofree char *note = g_build_filename(folder, file, NULL);
        if (g_str_has_suffix(file, SUFFIX) && g_file_test(note, G_FILE_TEST_IS_SYMLINK)) {
            clean_one(note);
        }
    }
}
