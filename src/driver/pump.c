/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "driver/error.h"
#include "driver/hypervisor.h"
#include "driver/pump.h"
#include "driver/text.h"

#define BUFFER_SIZE (1024 * 1024)
/* A file that shall not fill the page cache is written out and dropped from it this often. */
#define CACHE_STEP (32 * 1024 * 1024)
/* How long a limit is kept without a look whether it is another now, in ms. */
#define LIMIT_STEP 50

struct DrvPump {
    DrvPumpPlan plan; /* fixed; the thread's */
    GThread *thread;  /* NULL once it has been waited for */
    int stop_fd;      /* eventfd; fixed */
    guint8 *bytes;    /* the thread's, until it ended; so is all below */
    guint64 moved;
    gdouble ahead;   /* bytes that were moved before their time, where there is a limit */
    guint64 dropped; /* of moved, as far as the page cache is clean */
    GError *failure;
};

static gboolean
fail(DrvPump *pump, virErrorNumber code, const char *text)
{
    return drv_fail(&pump->failure, code, "%s: %s", text, g_strerror(errno));
}

/* Waits until @fd (-1: none) is ready, or @patience ms (-1: without end). FALSE when the pump has
 * been stopped. */
static gboolean
wait_for(DrvPump *pump, int fd, short events, int patience)
{
    struct pollfd fds[] = {
        { .fd = fd, .events = events },
        { .fd = pump->stop_fd, .events = POLLIN },
    };
    while (poll(fds, G_N_ELEMENTS(fds), patience) < 0) {
        if (errno != EINTR) {
            return fail(pump, VIR_ERR_SYSTEM_ERROR, _("cannot wait for the stream"));
        }
    }
    if (fds[1].revents) {
        return drv_fail(&pump->failure, VIR_ERR_OPERATION_ABORTED, _("aborted by the client"));
    }
    return TRUE;
}

static gboolean
again(void)
{
    return errno == EINTR || errno == EAGAIN;
}

static gssize
read_end(DrvPump *pump)
{
    const DrvPumpPlan *plan = &pump->plan;
    return plan->read ? plan->read(pump->bytes, BUFFER_SIZE, plan->data)
                      : read(plan->from, pump->bytes, BUFFER_SIZE);
}

static gssize
write_end(DrvPump *pump, gsize done, gsize size)
{
    const DrvPumpPlan *plan = &pump->plan;
    return plan->write ? plan->write(pump->bytes + done, size - done, plan->data)
                       : write(plan->to, pump->bytes + done, size - done);
}

/* The number of bytes, 0 at the end, -1 on failure. What has its own reader may have bytes that the
 * descriptor does not show. */
static gssize
read_some(DrvPump *pump)
{
    int patience = pump->plan.read ? 0 : -1;
    for (;;) {
        if (!wait_for(pump, pump->plan.from, POLLIN, patience)) {
            return -1;
        }
        gssize n = read_end(pump);
        if (n >= 0) {
            return n;
        }
        if (!again()) {
            fail(pump, VIR_ERR_SYSTEM_ERROR, _("cannot read the stream"));
            return -1;
        }
        patience = -1;
    }
}

static gboolean
write_all(DrvPump *pump, gsize size)
{
    gsize done = 0;
    while (done < size) {
        if (!wait_for(pump, pump->plan.to, POLLOUT, pump->plan.to < 0 ? 0 : -1)) {
            return FALSE;
        }
        gssize n = write_end(pump, done, size);
        if (n < 0 && !again()) {
            return fail(pump, VIR_ERR_OPERATION_FAILED, _("cannot write the stream"));
        }
        done += n > 0 ? (gsize)n : 0;
    }
    return TRUE;
}

/* Waits until the @size bytes that were moved last are within the limit, which may
 * change meanwhile. */
static gboolean
keep_limit(DrvPump *pump, gsize size)
{
    guint64 speed;
    pump->ahead += (gdouble)size;
    while ((speed = pump->plan.speed ? pump->plan.speed(pump->plan.data) : 0) > 0) {
        gdouble left = pump->ahead * 1000 / (gdouble)speed;
        if (left < 1) {
            return TRUE;
        }
        gint64 began = g_get_monotonic_time();
        if (!wait_for(pump, -1, 0, (int)MIN(left, LIMIT_STEP))) {
            return FALSE;
        }
        gint64 waited = g_get_monotonic_time() - began;
        pump->ahead -= (gdouble)speed * (gdouble)waited / G_USEC_PER_SEC;
    }
    pump->ahead = 0;
    return TRUE;
}

static void
drop_cache(DrvPump *pump)
{
    if (pump->plan.cached >= 0) {
        fdatasync(pump->plan.cached);
        posix_fadvise(pump->plan.cached, 0, 0, POSIX_FADV_DONTNEED);
        pump->dropped = pump->moved;
    }
}

static void
drain(DrvPump *pump)
{
    struct pollfd fd = { .fd = pump->plan.from, .events = POLLIN };
    gssize n;
    do {
        poll(&fd, 1, -1);
        n = read(pump->plan.from, pump->bytes, BUFFER_SIZE);
    } while (n > 0 || (n < 0 && again()));
}

static void
close_ends(const DrvPumpPlan *plan)
{
    close(plan->from);
    if (plan->to >= 0) {
        close(plan->to);
    }
}

static gpointer
run(gpointer data)
{
    DrvPump *pump = data;
    gssize n;
    /* 0 is the calling thread, not the process */
    if (pump->plan.gives_way) {
        ignore_value(setpriority(PRIO_PROCESS, 0, DRV_NICE));
    }
    while ((n = read_some(pump)) > 0 && write_all(pump, (gsize)n)) {
        pump->moved += (guint64)n;
        if (pump->plan.moved) {
            pump->plan.moved(pump->moved, pump->plan.data);
        }
        if (pump->moved - pump->dropped >= CACHE_STEP) {
            drop_cache(pump);
        }
        if (!keep_limit(pump, (gsize)n)) {
            break;
        }
    }
    drop_cache(pump);
    if (pump->failure && pump->plan.drain) {
        drain(pump);
    }
    close_ends(&pump->plan);
    return NULL;
}

DrvPump *
drv_pump_start(const DrvPumpPlan *plan, GError **error)
{
    DrvPump *pump = g_new0(DrvPump, 1);
    pump->plan = *plan;
    pump->bytes = g_malloc(BUFFER_SIZE);
    pump->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_unix_set_fd_nonblocking(plan->from, TRUE, NULL);
    if (plan->to >= 0) {
        g_unix_set_fd_nonblocking(plan->to, TRUE, NULL);
    }
    if (pump->stop_fd >= 0) {
        pump->thread = g_thread_try_new("xl-pump", run, pump, error);
    } else {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make an eventfd: %s"), g_strerror(errno));
    }
    if (!pump->thread) {
        close_ends(plan);
        drv_pump_free(pump);
        return NULL;
    }
    return pump;
}

void
drv_pump_stop(DrvPump *pump)
{
    guint64 one = 1;
    /* the counter cannot be full: each stop adds one and it holds 2^64-2 */
    ignore_value(write(pump->stop_fd, &one, sizeof(one)));
}

gboolean
drv_pump_wait(DrvPump *pump, GError **error)
{
    g_thread_join(g_steal_pointer(&pump->thread));
    gboolean whole = !pump->failure;
    if (!whole) {
        g_propagate_error(error, g_steal_pointer(&pump->failure));
    }
    return whole;
}

void
drv_pump_free(DrvPump *pump)
{
    if (!pump) {
        return;
    }
    if (pump->thread) {
        drv_pump_stop(pump);
        drv_pump_wait(pump, NULL);
    }
    if (pump->stop_fd >= 0) {
        close(pump->stop_fd);
    }
    g_clear_error(&pump->failure);
    g_free(pump->bytes);
    g_free(pump);
}
