/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"

#include "driver/error.h"
#include "driver/filter.h"
#include "driver/migrate_channel.h"
#include "driver/pump.h"
#include "driver/text.h"

/* What every libvirt takes in one message of a stream. */
#define TUNNEL_CHUNK (256 * 1000)
/* What two threads pass each other at once; a pipe has 64 KiB otherwise. */
#define PIPE_SIZE (1024 * 1024)

struct DrvChannel {
    DrvChannelPlan plan; /* fixed */
    gboolean out;        /* fixed; it is the source's end */
    int fd;              /* libxl's; the link's own or closed when libxl is done */
    DrvPump *count;      /* from libxl to the program; or NULL */
    DrvFilter *filter;   /* the program; or NULL */
    DrvPump *cross;      /* into the tunnel, or through TLS in either direction; or NULL */
    GError *failure;     /* of that pump's thread, until it has ended */

    GMutex lock; /* for all below */
    gboolean stopped, ended;
    guint64 moved; /* as the pump that has libxl's bytes tells */
    guint64 speed;
};

#define LOCKED(channel)                                                                            \
    g_autoptr(GMutexLocker) G_PASTE(held_, __LINE__) G_GNUC_UNUSED =                               \
        g_mutex_locker_new(&(channel)->lock)

static void
on_moved(guint64 moved, gpointer data)
{
    DrvChannel *channel = data;
    LOCKED(channel);
    channel->moved = moved;
}

static guint64
speed_now(gpointer data)
{
    DrvChannel *channel = data;
    LOCKED(channel);
    return channel->speed;
}

/* Whatever libvirt's error is, it is what became of the guest there. */
static gboolean
fail_tunnel(GError **error)
{
    drv_fail(error, VIR_ERR_OPERATION_FAILED, _("the other host's daemon takes no more of it: %s"),
             virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}

static gssize
send_through_tunnel(gconstpointer bytes, gsize size, gpointer data)
{
    DrvChannel *channel = data;
    int sent = virStreamSend(channel->plan.tunnel, bytes, MIN(size, TUNNEL_CHUNK));
    if (sent < 0) {
        fail_tunnel(&channel->failure);
        errno = EPIPE;
        return -1;
    }
    return sent;
}

static gboolean
make_pipe(int *ret_ends, GError **error)
{
    if (pipe2(ret_ends, O_CLOEXEC) < 0) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make a pipe: %s"),
                        g_strerror(errno));
    }
    fcntl(ret_ends[0], F_SETPIPE_SZ, PIPE_SIZE);
    return TRUE;
}

/* A pipe into a new pump, which takes plan->to; -1 with @error. */
static int
start_pump(DrvPumpPlan *plan, DrvPump **ret_pump, GError **error)
{
    int ends[2];
    if (!make_pipe(ends, error)) {
        if (plan->to >= 0) {
            close(plan->to);
        }
        return -1;
    }
    plan->from = ends[0];
    *ret_pump = drv_pump_start(plan, error);
    if (!*ret_pump) {
        close(ends[1]);
        return -1;
    }
    return ends[1];
}

static gssize
write_link(gconstpointer bytes, gsize size, gpointer data)
{
    return drv_link_write(((const DrvChannel *)data)->plan.link, bytes, size);
}

static gssize
read_link(gpointer bytes, gsize size, gpointer data)
{
    return drv_link_read(((const DrvChannel *)data)->plan.link, bytes, size);
}

/* For a pump, which closes it. -1 with @error. */
static int
copy_of_link(const DrvChannel *channel, GError **error)
{
    int fd = fcntl(drv_link_fd(channel->plan.link), F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot use the connection: %s"),
                 g_strerror(errno));
    }
    return fd;
}

/* What goes out by a function, and not by a descriptor. */
static int
open_crossing(DrvChannel *channel, GError **error)
{
    const DrvChannelPlan *plan = &channel->plan;
    DrvPumpPlan pump = {
        .to = plan->link ? copy_of_link(channel, error) : -1,
        .cached = -1,
        .write = plan->link ? write_link : send_through_tunnel,
        .speed = plan->link ? NULL : speed_now,
        .moved = plan->format ? NULL : on_moved,
        .data = channel,
    };
    return plan->link && pump.to < 0 ? -1 : start_pump(&pump, &channel->cross, error);
}

static gboolean
is_direct(const DrvChannel *channel)
{
    return channel->plan.link && !drv_link_is_secure(channel->plan.link);
}

/* What comes in through TLS, as a pipe to read from. */
static int
open_inward(DrvChannel *channel, GError **error)
{
    int ends[2];
    DrvPumpPlan pump = { .cached = -1, .read = read_link, .data = channel };
    pump.from = copy_of_link(channel, error);
    if (pump.from < 0 || !make_pipe(ends, error)) {
        if (pump.from >= 0) {
            close(pump.from);
        }
        return -1;
    }
    pump.to = ends[1];
    channel->cross = drv_pump_start(&pump, error);
    if (!channel->cross) {
        close(ends[0]);
        return -1;
    }
    return ends[0];
}

/* A pipe to the program that writes compressed into @to. */
static int
start_filter(DrvChannel *channel, int to, GError **error)
{
    int ends[2];
    if (!make_pipe(ends, error)) {
        return -1;
    }
    const DrvFilterPlan plan = { .format = channel->plan.format, .from = ends[0], .to = to };
    channel->filter = drv_filter_start(&plan, NULL, error);
    close(ends[0]);
    if (!channel->filter) {
        close(ends[1]);
        return -1;
    }
    return ends[1];
}

/* Through the program into @to, counted before. */
static int
compress(DrvChannel *channel, int to, GError **error)
{
    DrvPumpPlan plan = { .cached = -1, .moved = on_moved, .data = channel };
    plan.to = start_filter(channel, to, error);
    return plan.to >= 0 ? start_pump(&plan, &channel->count, error) : -1;
}

static gboolean
is_links(const DrvChannel *channel, int fd)
{
    return channel->plan.link && fd == drv_link_fd(channel->plan.link);
}

static void
close_own(const DrvChannel *channel, int fd)
{
    if (fd >= 0 && !is_links(channel, fd)) {
        close(fd);
    }
}

static int
open_out(DrvChannel *channel, GError **error)
{
    int way = is_direct(channel) ? drv_link_fd(channel->plan.link) : open_crossing(channel, error);
    if (way < 0 || !channel->plan.format) {
        return way;
    }
    int fd = compress(channel, way, error);
    close_own(channel, way);
    return fd;
}

static int
open_in(DrvChannel *channel, GError **error)
{
    int fd = -1;
    const DrvFilterPlan plan = {
        .format = channel->plan.format,
        .back = TRUE,
        .from = is_direct(channel) ? drv_link_fd(channel->plan.link) : open_inward(channel, error),
        .to = -1,
    };
    if (plan.from < 0 || !plan.format) {
        return plan.from;
    }
    channel->filter = drv_filter_start(&plan, &fd, error);
    close_own(channel, plan.from);
    if (fd >= 0) {
        g_unix_set_fd_nonblocking(fd, FALSE, NULL); /* as libxl wants it */
    }
    return fd;
}

static DrvChannel *
channel_new(const DrvChannelPlan *plan, gboolean out, GError **error)
{
    g_autoptr(DrvChannel) channel = g_new0(DrvChannel, 1);
    channel->plan = *plan;
    channel->out = out;
    g_mutex_init(&channel->lock);
    channel->fd = out ? open_out(channel, error) : open_in(channel, error);
    return channel->fd >= 0 ? g_steal_pointer(&channel) : NULL;
}

DrvChannel *
drv_channel_out(const DrvChannelPlan *plan, GError **error)
{
    return channel_new(plan, TRUE, error);
}

DrvChannel *
drv_channel_in(const DrvChannelPlan *plan, GError **error)
{
    return channel_new(plan, FALSE, error);
}

int
drv_channel_fd(const DrvChannel *channel)
{
    return channel->fd;
}

guint64
drv_channel_moved(DrvChannel *channel)
{
    const DrvChannelPlan *plan = &channel->plan;
    if (plan->link && !channel->out) {
        return drv_link_received(plan->link);
    }
    if (is_direct(channel) && !plan->format) {
        return drv_link_sent(plan->link);
    }
    LOCKED(channel);
    return channel->moved;
}

void
drv_channel_limit(DrvChannel *channel, guint64 speed)
{
    if (channel->plan.link) {
        drv_link_limit(channel->plan.link, speed);
    }
    LOCKED(channel);
    channel->speed = speed;
}

static void
break_all(const DrvChannel *channel)
{
    if (channel->count) {
        drv_pump_stop(channel->count);
    }
    if (channel->cross) {
        drv_pump_stop(channel->cross);
    }
    if (channel->plan.link) {
        drv_link_cut(channel->plan.link);
    }
}

void
drv_channel_stop(gpointer data)
{
    DrvChannel *channel = data;
    LOCKED(channel);
    if (!channel->ended) {
        channel->stopped = TRUE;
        break_all(channel);
    }
}

/* FALSE when it has been stopped; from now on it cannot be. */
static gboolean
set_ended(DrvChannel *channel)
{
    LOCKED(channel);
    channel->ended = TRUE;
    return !channel->stopped;
}

/* What the destination has got is all, or not. */
static gboolean
end_tunnel(DrvChannel *channel, gboolean all, GError **error)
{
    virStreamPtr tunnel = channel->plan.tunnel;
    if (!tunnel || (all && virStreamFinish(tunnel) == 0)) {
        return TRUE;
    }
    if (!all) {
        virStreamAbort(tunnel);
        virResetLastError();
        return TRUE;
    }
    return fail_tunnel(error);
}

/* In the way of the stream. The first failure is the one that what comes before it suffers from,
 * but a program says more than who could not write to it. */
static gboolean
end_out(DrvChannel *channel, gboolean all, GError **error)
{
    g_autoptr(GError) counting = NULL;
    g_autoptr(GError) filtering = NULL;
    g_autoptr(GError) sending = NULL;
    DrvFilter *filter = g_steal_pointer(&channel->filter);
    gboolean whole = !channel->count || drv_pump_wait(channel->count, &counting);
    whole = (!filter || drv_filter_end(filter, &filtering)) && whole;
    whole = (!channel->cross || drv_pump_wait(channel->cross, &sending)) && whole;
    GError **first = channel->failure ? &channel->failure
                     : sending        ? &sending
                     : filtering      ? &filtering
                                      : &counting;
    if (*first) {
        g_propagate_error(error, g_steal_pointer(first));
    }
    return end_tunnel(channel, all && whole, whole ? error : NULL) && whole;
}

/* The rest of a stream that libxl has read to its end, or will not, is nobody's. */
static gboolean
end_in(DrvChannel *channel)
{
    if (channel->cross) {
        drv_pump_stop(channel->cross);
        drv_pump_wait(channel->cross, NULL);
    }
    g_clear_pointer(&channel->filter, drv_filter_free);
    return TRUE;
}

/* A program on the other host waits for the end of what it reads. */
static void
end_link(const DrvChannel *channel)
{
    if (channel->plan.link && channel->out && channel->plan.format) {
        shutdown(drv_link_fd(channel->plan.link), SHUT_WR);
    }
}

gboolean
drv_channel_end(DrvChannel *channel, gboolean all, GError **error)
{
    g_autoptr(GError) moving = NULL;
    close_own(channel, channel->fd);
    channel->fd = -1;
    gboolean whole = channel->out ? end_out(channel, all, &moving) : end_in(channel);
    gboolean broken =
        (!all || !whole) && channel->plan.link && drv_link_is_broken(channel->plan.link);
    if (!set_ended(channel)) {
        return drv_fail(error, VIR_ERR_OPERATION_ABORTED, _("aborted by the client"));
    }
    end_link(channel);
    if (broken) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("the other host hung up"));
    }
    if (moving) {
        g_propagate_error(error, g_steal_pointer(&moving));
    }
    return whole;
}

void
drv_channel_free(DrvChannel *channel)
{
    if (!channel) {
        return;
    }
    close_own(channel, channel->fd);
    drv_pump_free(channel->count);
    drv_filter_free(channel->filter);
    drv_pump_free(channel->cross);
    g_clear_error(&channel->failure);
    g_mutex_clear(&channel->lock);
    g_free(channel);
}
