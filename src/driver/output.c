/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#include "driver/error.h"
#include "driver/filter.h"
#include "driver/output.h"
#include "driver/partial.h"
#include "driver/text.h"

struct DrvOutput {
    DrvOutputPlan plan; /* its texts are owned */
    char *path;         /* what is open; plan.path when that is no file that can be replaced */
    gboolean replaces;  /* path gets the name plan.path, or is removed */
    gboolean noted;
    int fd;
    guint64 head_size; /* what was put */
    DrvPump *pump;     /* from begin on */
    DrvFilter *filter; /* or NULL */
};

/* A device or a pipe is written as it is. */
static gboolean
can_be_replaced(const char *path)
{
    struct stat info;
    return stat(path, &info) < 0 || S_ISREG(info.st_mode);
}

static gboolean
fail(const DrvOutput *output, const char *text, GError **error)
{
    return drv_fail(error, VIR_ERR_SYSTEM_ERROR, "%s %s: %s", text, output->plan.path,
                    g_strerror(errno));
}

static gboolean
open_file(DrvOutput *output, GError **error)
{
    const DrvOutputPlan *plan = &output->plan;
    int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
    /* of what is no file too: the note is also for who wants to know that there was a stream */
    g_autofree char *part = g_strdup_printf("%s.%08x.partial", plan->path, g_random_int());
    if (!drv_partial_note(plan->notes, plan->name, part, error)) {
        return FALSE;
    }
    output->noted = TRUE;
    output->replaces = can_be_replaced(plan->path);
    if (output->replaces) {
        output->path = g_steal_pointer(&part);
        output->fd = open(output->path, flags | O_CREAT | O_EXCL, 0600);
    } else {
        output->path = g_strdup(plan->path);
        output->fd = open(output->path, flags);
    }
    return output->fd >= 0 || fail(output, _("cannot make the file"), error);
}

DrvOutput *
drv_output_open(const DrvOutputPlan *plan, GError **error)
{
    g_autoptr(DrvOutput) output = g_new0(DrvOutput, 1);
    output->fd = -1;
    output->plan = *plan;
    output->plan.path = g_strdup(plan->path);
    output->plan.notes = g_strdup(plan->notes);
    output->plan.name = g_strdup(plan->name);
    return open_file(output, error) ? g_steal_pointer(&output) : NULL;
}

gboolean
drv_output_put(DrvOutput *output, const void *bytes, gsize size, GError **error)
{
    gsize done = 0;
    while (done < size) {
        gssize n = write(output->fd, (const guint8 *)bytes + done, size - done);
        if (n < 0 && errno != EINTR) {
            return fail(output, _("cannot write the file"), error);
        }
        done += n > 0 ? (gsize)n : 0;
    }
    output->head_size += size;
    return TRUE;
}

/* Where the pump writes: the file, or the program that writes the file. -1 with @error. */
static int
open_sink(DrvOutput *output, GError **error)
{
    int ends[2];
    if (!output->plan.format->number) {
        int fd = fcntl(output->fd, F_DUPFD_CLOEXEC, 0);
        if (fd < 0) {
            fail(output, _("cannot write the file"), error);
        }
        return fd;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        fail(output, _("cannot make a pipe for the file"), error);
        return -1;
    }
    const DrvFilterPlan plan = {
        .format = output->plan.format,
        .gives_way = TRUE,
        .from = ends[0],
        .to = output->fd,
    };
    output->filter = drv_filter_start(&plan, NULL, error);
    close(ends[0]);
    if (!output->filter) {
        close(ends[1]);
        return -1;
    }
    return ends[1];
}

int
drv_output_begin(DrvOutput *output, GError **error)
{
    int ends[2];
    int sink = open_sink(output, error);
    if (sink < 0) {
        return -1;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        fail(output, _("cannot make a pipe for the file"), error);
        close(sink);
        return -1;
    }
    DrvPumpPlan plan = {
        .from = ends[0],
        .to = sink,
        .drain = output->plan.drain,
        .gives_way = TRUE,
        .cached = output->plan.bypass_cache ? output->fd : -1,
        .moved = output->plan.moved,
        .data = output->plan.data,
    };
    output->pump = drv_pump_start(&plan, error);
    if (!output->pump) {
        close(ends[1]);
        return -1;
    }
    return ends[1];
}

void
drv_output_stop(gpointer output)
{
    drv_pump_stop(((DrvOutput *)output)->pump);
}

/* The program has got the end of its input, or died. */
static gboolean
end_filter(DrvOutput *output, GError **error)
{
    DrvFilter *filter = g_steal_pointer(&output->filter);
    return !filter || drv_filter_end(filter, error);
}

/* 0 when it cannot be told. */
static guint64
stream_size(const DrvOutput *output)
{
    struct stat info;
    gboolean known = fstat(output->fd, &info) == 0 && S_ISREG(info.st_mode);
    return known ? (guint64)info.st_size - output->head_size : 0;
}

gboolean
drv_output_end(DrvOutput *output, guint64 *ret_size, GError **error)
{
    g_autoptr(GError) moving = NULL;
    g_autoptr(GError) filtering = NULL;
    /* the pump stays: somebody may be about to stop it */
    drv_pump_wait(output->pump, &moving);
    /* a program that died is why the pump could not write, and what it said says more */
    if (!end_filter(output, &filtering) &&
        !g_error_matches(moving, DRV_ERROR, VIR_ERR_OPERATION_ABORTED)) {
        g_propagate_error(error, g_steal_pointer(&filtering));
        return FALSE;
    }
    if (moving) {
        g_propagate_error(error, g_steal_pointer(&moving));
        return FALSE;
    }
    if (ret_size) {
        *ret_size = stream_size(output);
    }
    return TRUE;
}

gboolean
drv_output_rewrite(DrvOutput *output, const void *bytes, gsize size, GError **error)
{
    if (!output->replaces || pwrite(output->fd, bytes, size, 0) == (gssize)size) {
        return TRUE;
    }
    return fail(output, _("cannot write the file"), error);
}

/* The new name is on the disk when its folder is. A file system without it has other means. */
static void
sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

gboolean
drv_output_commit(DrvOutput *output, GError **error)
{
    /* a pipe or a terminal cannot be synced */
    if (fsync(output->fd) < 0 && errno != EINVAL && errno != EROFS) {
        return fail(output, _("cannot write the file"), error);
    }
    if (output->replaces && g_rename(output->path, output->plan.path) < 0) {
        return fail(output, _("cannot rename the whole file to"), error);
    }
    if (output->replaces) {
        sync_folder(output->path);
        output->replaces = FALSE;
    }
    return TRUE;
}

void
drv_output_free(DrvOutput *output)
{
    if (!output) {
        return;
    }
    drv_pump_free(output->pump);
    drv_filter_free(output->filter);
    if (output->fd >= 0) {
        close(output->fd);
        if (output->replaces) {
            g_unlink(output->path);
        }
    }
    if (output->noted) {
        drv_partial_forget(output->plan.notes, output->plan.name);
    }
    g_free(output->path);
    g_free((char *)output->plan.path);
    g_free((char *)output->plan.notes);
    g_free((char *)output->plan.name);
    g_free(output);
}
