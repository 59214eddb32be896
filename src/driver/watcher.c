/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <xenstore.h>

#include "internal.h"
#include "virlog.h"

#include "driver/running.h"
#include "driver/watcher.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.watcher");

/* Without a notice all is looked at this often: Xen may lose one when its event ring is full. */
#define LOOK_ANYWAY_MS 60000

struct DrvWatcher {
    DrvDriver *driver;       /* fixed */
    struct xs_handle *store; /* the thread's, once it runs */
    int wake_fd;             /* eventfd; fixed */
    gint ending;             /* atomic */
    GThread *thread;
};

static void
drain_wakes(DrvWatcher *watcher)
{
    guint64 count;
    while (read(watcher->wake_fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

static void
drain_notices(DrvWatcher *watcher)
{
    char **notice;
    while ((notice = xs_check_watch(watcher->store))) {
        free(notice);
    }
}

static void
look(DrvWatcher *watcher)
{
    g_autoptr(GError) error = NULL;
    if (!drv_running_compare(watcher->driver, &error)) {
        VIR_WARN("%s", error->message);
    }
}

static gpointer
watch(gpointer data)
{
    DrvWatcher *watcher = data;
    struct pollfd fds[] = {
        { .fd = watcher->wake_fd, .events = POLLIN },
        { .fd = xs_fileno(watcher->store), .events = POLLIN },
    };
    while (!g_atomic_int_get(&watcher->ending)) {
        int ready = poll(fds, G_N_ELEMENTS(fds), LOOK_ANYWAY_MS);
        if (ready < 0 && errno != EINTR) {
            VIR_WARN("cannot wait for xenstore: %s", g_strerror(errno));
            break;
        }
        drain_wakes(watcher);
        drain_notices(watcher);
        /* a xenstored that ended would be reported again and again */
        if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)) {
            VIR_WARN("xenstore has gone; guests are looked at once a minute only");
            fds[1].fd = -1;
        }
        if (!g_atomic_int_get(&watcher->ending) && g_atomic_int_get(&watcher->driver->started)) {
            look(watcher);
        }
    }
    return NULL;
}

DrvWatcher *
drv_watcher_new(DrvDriver *driver, GError **error)
{
    g_autoptr(DrvWatcher) watcher = g_new0(DrvWatcher, 1);
    watcher->driver = driver;
    watcher->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    watcher->store = xs_open(0);
    if (watcher->wake_fd < 0 || !watcher->store ||
        !xs_watch(watcher->store, "@introduceDomain", "came") ||
        !xs_watch(watcher->store, "@releaseDomain", "went")) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("cannot watch xenstore for guests that come and go: %s; check that xenstored "
                   "runs"),
                 g_strerror(errno));
        return NULL;
    }
    watcher->thread = g_thread_try_new("xl-watcher", watch, watcher, error);
    return watcher->thread ? g_steal_pointer(&watcher) : NULL;
}

void
drv_watcher_wake(DrvWatcher *watcher)
{
    guint64 one = 1;
    /* the counter cannot be full: each wake adds one and it holds 2^64-2 */
    ignore_value(write(watcher->wake_fd, &one, sizeof(one)));
}

void
drv_watcher_free(DrvWatcher *watcher)
{
    if (!watcher) {
        return;
    }
    if (watcher->thread) {
        g_atomic_int_set(&watcher->ending, TRUE);
        drv_watcher_wake(watcher);
        g_thread_join(watcher->thread);
    }
    if (watcher->store) {
        xs_close(watcher->store);
    }
    if (watcher->wake_fd >= 0) {
        close(watcher->wake_fd);
    }
    g_free(watcher);
}
