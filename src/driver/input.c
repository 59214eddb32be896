/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "virerror.h"

#include "driver/error.h"
#include "driver/filter.h"
#include "driver/input.h"
#include "driver/text.h"

static gboolean
read_exactly(int fd, void *bytes, gsize size, gsize *ret_done)
{
    gsize done = 0;
    gssize n = 0;
    while (done < size) {
        n = read(fd, (guint8 *)bytes + done, size - done);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        done += n > 0 ? (gsize)n : 0;
    }
    *ret_done = done;
    return n >= 0;
}

/* libvirt's other driver counts the NUL, and who does not is understood too. */
static gboolean
read_xml(DrvInput *input, GError **error)
{
    gsize size;
    g_autofree char *xml = g_malloc0(input->head.xml_size + 1);
    if (!read_exactly(input->fd, xml, input->head.xml_size, &size)) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, "%s", g_strerror(errno));
    }
    if (size < input->head.xml_size) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("it is cut short: it ends within its definition"));
    }
    input->xml = g_steal_pointer(&xml);
    return TRUE;
}

/* A driver that does not note the size leaves it to libxl to find the end. */
static gboolean
check_size(const DrvInput *input, GError **error)
{
    struct stat info;
    guint64 wanted = DRV_IMAGE_HEAD_SIZE + input->head.xml_size + input->head.stream_size;
    if (fstat(input->fd, &info) < 0 || !S_ISREG(info.st_mode) || !input->head.stream_size) {
        return TRUE;
    }
    if ((guint64)info.st_size < wanted) {
        g_autofree char *has = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)info.st_size);
        g_autofree char *lacks = g_strdup_printf("%" G_GUINT64_FORMAT, wanted);
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("it is cut short: it has %s bytes of %s"), has, lacks);
    }
    return TRUE;
}

static gboolean
read_head(DrvInput *input, GError **error)
{
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    gsize size;
    if (!read_exactly(input->fd, bytes, sizeof(bytes), &size)) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, "%s", g_strerror(errno));
    }
    return drv_image_head_read(&input->head, bytes, size, error) && read_xml(input, error) &&
           check_size(input, error);
}

DrvInput *
drv_input_open(const char *path, GError **error)
{
    g_autoptr(DrvInput) input = g_new0(DrvInput, 1);
    input->path = g_strdup(path);
    input->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (input->fd < 0) {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot open the saved guest %s: %s"), path,
                 g_strerror(errno));
        return NULL;
    }
    if (!read_head(input, error)) {
        g_prefix_error(error, _("cannot use the saved guest %s: "), path);
        return NULL;
    }
    return g_steal_pointer(&input);
}

void
drv_input_free(DrvInput *input)
{
    if (!input) {
        return;
    }
    if (input->fd >= 0) {
        close(input->fd);
    }
    g_free(input->path);
    g_free(input->xml);
    g_free(input);
}

struct DrvReading {
    DrvPump *pump;
    DrvFilter *filter; /* or NULL */
};

/* Where the stream comes from: the file, or the program that reads the file. -1 with @error. */
static int
open_source(DrvReading *reading, DrvInput *input, GError **error)
{
    int fd = -1;
    if (!input->head.format->number) {
        fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 0);
        if (fd < 0) {
            drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot read %s: %s"), input->path,
                     g_strerror(errno));
        }
        return fd;
    }
    const DrvFilterPlan plan = {
        .format = input->head.format,
        .back = TRUE,
        .from = input->fd,
        .to = -1,
    };
    reading->filter = drv_filter_start(&plan, &fd, error);
    return fd;
}

static void
reading_free(DrvReading *reading)
{
    drv_pump_free(reading->pump);
    drv_filter_free(reading->filter);
    g_free(reading);
}

/* Starts the pump from @source, which it takes. */
static gboolean
start_pump(DrvReading *reading, int source, DrvPumpPlan *plan, int *ret_fd, GError **error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        close(source);
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make a pipe: %s"),
                        g_strerror(errno));
    }
    plan->from = source;
    plan->to = ends[1];
    reading->pump = drv_pump_start(plan, error);
    if (!reading->pump) {
        close(ends[0]);
        return FALSE;
    }
    *ret_fd = ends[0];
    return TRUE;
}

DrvReading *
drv_reading_begin(DrvInput *input, gboolean bypass_cache, DrvPumpMoved moved, gpointer data,
                  int *ret_fd, GError **error)
{
    DrvReading *reading = g_new0(DrvReading, 1);
    DrvPumpPlan plan = { .cached = bypass_cache ? input->fd : -1, .moved = moved, .data = data };
    int source = open_source(reading, input, error);
    if (source < 0 || !start_pump(reading, source, &plan, ret_fd, error)) {
        reading_free(reading);
        return NULL;
    }
    return reading;
}

void
drv_reading_stop(gpointer reading)
{
    drv_pump_stop(((DrvReading *)reading)->pump);
}

gboolean
drv_reading_end(DrvReading *reading, GError **error)
{
    g_autoptr(GError) moving = NULL;
    g_autoptr(GError) filtering = NULL;
    gboolean whole = drv_pump_wait(reading->pump, &moving);
    DrvFilter *filter = g_steal_pointer(&reading->filter);
    gboolean filtered = !filter || drv_filter_end(filter, &filtering);
    reading_free(reading);
    /* what is downstream was closed; a program in between dies of that */
    if (g_error_matches(moving, DRV_ERROR, VIR_ERR_OPERATION_FAILED)) {
        g_clear_error(&moving);
        whole = filtered = TRUE;
    }
    if (whole && !filtered) {
        g_propagate_error(error, g_steal_pointer(&filtering));
        return FALSE;
    }
    if (moving) {
        g_propagate_error(error, g_steal_pointer(&moving));
    }
    return whole;
}
