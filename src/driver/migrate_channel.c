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

/* What every libvirt takes in one message of a stream, and is a whole of what a pipe gives. */
#define TUNNEL_CHUNK (128 * 1024)

struct DrvChannel {
    DrvChannelPlan plan; /* fixed */
    gboolean out;        /* fixed; it is the source's end */
    int fd;              /* libxl's; the link's own or closed when libxl is done */
    DrvPump *count;      /* from libxl to the program; or NULL */
    DrvFilter *filter;   /* the program; or NULL */
    DrvPump *send;       /* into the tunnel; or NULL */
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
    return pipe2(ret_ends, O_CLOEXEC) == 0 ||
           drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make a pipe: %s"), g_strerror(errno));
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

static int
open_tunnel(DrvChannel *channel, GError **error)
{
    DrvPumpPlan plan = {
        .to = -1,
        .cached = -1,
        .write = send_through_tunnel,
        .speed = speed_now,
        .moved = channel->plan.format ? NULL : on_moved,
        .data = channel,
    };
    return start_pump(&plan, &channel->send, error);
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
    int way = channel->plan.link ? drv_link_fd(channel->plan.link) : open_tunnel(channel, error);
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
        .from = drv_link_fd(channel->plan.link),
        .to = -1,
    };
    if (!plan.format) {
        return plan.from;
    }
    channel->filter = drv_filter_start(&plan, &fd, error);
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
    if (plan->link && !plan->format) {
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
    if (channel->send) {
        drv_pump_stop(channel->send);
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
    whole = (!channel->send || drv_pump_wait(channel->send, &sending)) && whole;
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
    drv_pump_free(channel->send);
    g_clear_error(&channel->failure);
    g_mutex_clear(&channel->lock);
    g_free(channel);
}
