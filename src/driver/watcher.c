/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <xenstore.h>

#include "internal.h"
#include "virlog.h"

#include "driver/agent_watch.h"
#include "driver/changed.h"
#include "driver/device_models.h"
#include "driver/late.h"
#include "driver/lease_watch.h"
#include "driver/mirror.h"
#include "driver/monitors.h"
#include "driver/observe.h"
#include "driver/watcher.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.watcher");

/* All is looked at this often without a notice; see watcher.h. */
#define LOOK_ANYWAY_MS 500

struct DrvWatcher {
    DrvDriver *driver;       /* fixed */
    struct xs_handle *store; /* the thread's, once it runs */
    int wake_fd;             /* eventfd; fixed */
    gint ending;             /* atomic */
    gboolean store_there;    /* the thread's: xenstore answers */
    DrvProcesses *models;    /* the thread's */
    DrvProcesses *holders;   /* the thread's */
    DrvMonitors *monitors;   /* the thread's */
    DrvAgentWatch *agents;   /* the thread's */
    GHashTable *watched;     /* domids whose nodes are watched; the thread's */
    GThread *thread;
};

/* What is watched below /local/domain/ID. */
static const char *const nodes[] = { "name", "memory/target", "cpu", "image/device-model-pid" };

typedef bool (*WatchFunc)(struct xs_handle *store, const char *path, const char *token);

/* The domid is the token. */
static void
watch_guest(DrvWatcher *watcher, WatchFunc func, int id)
{
    g_autofree char *token = g_strdup_printf("%d", id);
    for (gsize i = 0; i < G_N_ELEMENTS(nodes); i++) {
        g_autofree char *path = g_strdup_printf("/local/domain/%d/%s", id, nodes[i]);
        if (!func(watcher->store, path, token)) {
            VIR_DEBUG("no watch on %s: %s", path, g_strerror(errno));
        }
    }
}

static GHashTable *
running_ids(DrvDriver *driver)
{
    GHashTable *ids = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) all = drv_domains_all(driver->domains);
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        DRV_DOMAIN_LOCKED(domain);
        if (domain->id > 0) {
            g_hash_table_add(ids, GINT_TO_POINTER(domain->id));
        }
    }
    return ids;
}

/* Begins with guests that run now and ends with those that do no longer. */
static void
watch_running(DrvWatcher *watcher)
{
    g_autoptr(GHashTable) ids = running_ids(watcher->driver);
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, watcher->watched);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (!g_hash_table_contains(ids, id)) {
            watch_guest(watcher, xs_unwatch, GPOINTER_TO_INT(id));
            drv_processes_remove(watcher->models, GPOINTER_TO_INT(id));
            drv_processes_remove(watcher->holders, GPOINTER_TO_INT(id));
            drv_monitors_end(watcher->monitors, GPOINTER_TO_INT(id));
            drv_agent_watch_end(watcher->agents, GPOINTER_TO_INT(id));
            g_hash_table_iter_remove(&iter);
        }
    }
    g_hash_table_iter_init(&iter, ids);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (g_hash_table_add(watcher->watched, id)) {
            watch_guest(watcher, xs_watch, GPOINTER_TO_INT(id));
        }
        drv_lease_watch_begin(watcher->holders, watcher->driver, GPOINTER_TO_INT(id));
        drv_agent_watch_look(watcher->agents, GPOINTER_TO_INT(id));
    }
    drv_mirror_drain(watcher->driver->mirror);
    drv_mirror_keep(watcher->driver->mirror, ids);
}

static void
drain_wakes(DrvWatcher *watcher)
{
    guint64 count;
    while (read(watcher->wake_fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

/* Tokens of guests are numbers. Several notices of one guest are one look. */
static void
drain_notices(DrvWatcher *watcher)
{
    g_autoptr(GHashTable) changed = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer id;
    char **notice;
    while ((notice = xs_check_watch(watcher->store))) {
        if (g_ascii_isdigit(notice[XS_WATCH_TOKEN][0])) {
            g_hash_table_add(changed, GINT_TO_POINTER(atoi(notice[XS_WATCH_TOKEN])));
        }
        free(notice);
    }
    g_hash_table_iter_init(&iter, changed);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        drv_device_models_begin(watcher->models, watcher->driver, GPOINTER_TO_INT(id));
        drv_monitors_begin(watcher->monitors, GPOINTER_TO_INT(id));
        drv_changed_look(watcher->driver, GPOINTER_TO_INT(id));
    }
}

static void
look(DrvWatcher *watcher)
{
    g_autoptr(GError) error = NULL;
    if (!drv_observe(watcher->driver, &error)) {
        VIR_WARN("%s", error->message);
    }
    if (watcher->store_there) {
        watch_running(watcher);
    }
}

static gpointer
watch(gpointer data)
{
    DrvWatcher *watcher = data;
    struct pollfd fds[] = {
        { .fd = watcher->wake_fd, .events = POLLIN },
        { .fd = xs_fileno(watcher->store), .events = POLLIN },
        { .fd = drv_processes_fd(watcher->models), .events = POLLIN },
        { .fd = drv_processes_fd(watcher->holders), .events = POLLIN },
        { .fd = drv_monitors_fd(watcher->monitors), .events = POLLIN },
        { .fd = drv_agent_watch_fd(watcher->agents), .events = POLLIN },
    };
    while (!g_atomic_int_get(&watcher->ending)) {
        int ready = poll(fds, G_N_ELEMENTS(fds), LOOK_ANYWAY_MS);
        if (ready < 0 && errno != EINTR) {
            VIR_WARN("cannot wait for xenstore: %s", g_strerror(errno));
            break;
        }
        drain_wakes(watcher);
        drain_notices(watcher);
        drv_device_models_note_ended(watcher->models, watcher->driver);
        drv_lease_watch_renew(watcher->holders, watcher->driver);
        drv_monitors_hear(watcher->monitors);
        drv_agent_watch_hear(watcher->agents);
        /* a xenstored that ended would be reported again and again */
        if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)) {
            VIR_WARN("xenstore has gone; changes of guests are not seen until the "
                     "daemon is started again");
            fds[1].fd = -1;
            watcher->store_there = FALSE;
        }
        if (!g_atomic_int_get(&watcher->ending) && g_atomic_int_get(&watcher->driver->started)) {
            look(watcher);
            drv_late_look(watcher->driver);
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
    watcher->watched = g_hash_table_new(NULL, NULL);
    watcher->models = drv_processes_new("device model", error);
    watcher->holders = watcher->models ? drv_processes_new("lease holder", error) : NULL;
    watcher->monitors = watcher->holders ? drv_monitors_new(driver, error) : NULL;
    watcher->agents = watcher->monitors ? drv_agent_watch_new(driver, error) : NULL;
    if (!watcher->agents) {
        return NULL;
    }
    watcher->store = xs_open(0);
    watcher->store_there = TRUE;
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
drv_watcher_stop(DrvWatcher *watcher)
{
    if (watcher && watcher->thread) {
        g_atomic_int_set(&watcher->ending, TRUE);
        drv_watcher_wake(watcher);
        g_thread_join(g_steal_pointer(&watcher->thread));
    }
}

void
drv_watcher_free(DrvWatcher *watcher)
{
    if (!watcher) {
        return;
    }
    drv_watcher_stop(watcher);
    if (watcher->store) {
        xs_close(watcher->store);
    }
    if (watcher->wake_fd >= 0) {
        close(watcher->wake_fd);
    }
    g_hash_table_unref(watcher->watched);
    drv_processes_free(watcher->models);
    drv_processes_free(watcher->holders);
    drv_monitors_free(watcher->monitors);
    drv_agent_watch_free(watcher->agents);
    g_free(watcher);
}
