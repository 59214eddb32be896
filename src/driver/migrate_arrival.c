/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"
#include "virerror.h"
#include "virlog.h"
#include "virportallocator.h"

#include "driver/define.h"
#include "driver/events.h"
#include "driver/job.h"
#include "driver/migrate_arrival.h"
#include "driver/migrate_channel.h"
#include "driver/migrate_socket.h"
#include "driver/migrate_verdict.h"
#include "driver/note.h"
#include "driver/once.h"
#include "driver/save.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.migrate");

/* Between the preparation and the first byte. */
#define CALL_PATIENCE (60 * G_TIME_SPAN_SECOND)

typedef enum {
    PREPARING,
    LISTENING, /* only the memory is missing */
    RECEIVING,
    RECEIVED, /* the guest is built, and waits */
    OVER,     /* it runs, or nothing of it is here */
} Phase;

typedef enum {
    UNDECIDED,
    WANTED,
    UNWANTED,
} Decision;

struct DrvArrival {
    gint refs;                    /* atomic */
    DrvDriver *driver;            /* fixed */
    DomDef *def;                  /* fixed */
    unsigned int flags;           /* fixed */
    const DrvImageFormat *format; /* fixed; or NULL */
    virNetTLSContext *tls;        /* fixed; owned; or NULL */
    int stop_fd;                  /* fixed; an eventfd that is written to when it is unwanted */
    GThread *thread;              /* joined by drv_arrivals_stop() alone */

    GArray *listeners; /* the thread's, once it runs */
    guint port;        /* kept for it; 0: none */
    int detail;        /* of the event DEFINED */
    gboolean defined;  /* the stored definition is new */

    GMutex lock; /* for all below; a domain's lock is never wanted while it is held */
    GCond changed;
    gconstpointer owner;
    Phase phase;
    Decision decision;
    DrvLink *link;     /* the connection that the memory comes through; NULL: there is none */
    DomDef *stored;    /* to be stored when it is wanted; owned */
    DrvDomain *domain; /* the guest's, when it is over and all went well */
    GError *failure;   /* when it did not */
};

struct DrvArrivals {
    GMutex lock; /* taken before an arrival's */
    GPtrArray *all;
};

#define LOCKED(arrival)                                                                            \
    g_autoptr(GMutexLocker) G_PASTE(held_, __LINE__) G_GNUC_UNUSED =                               \
        g_mutex_locker_new(&(arrival)->lock)

DrvArrival *
drv_arrival_ref(DrvArrival *arrival)
{
    g_atomic_int_inc(&arrival->refs);
    return arrival;
}

void
drv_arrival_unref(DrvArrival *arrival)
{
    if (!arrival || !g_atomic_int_dec_and_test(&arrival->refs)) {
        return;
    }
    if (arrival->thread) {
        g_thread_unref(arrival->thread);
    }
    if (arrival->stop_fd >= 0) {
        close(arrival->stop_fd);
    }
    g_clear_pointer(&arrival->listeners, g_array_unref);
    drv_link_free(arrival->link);
    virObjectUnref(arrival->tls);
    dom_def_free(arrival->def);
    dom_def_free(arrival->stored);
    drv_domain_unref(arrival->domain);
    g_clear_error(&arrival->failure);
    g_cond_clear(&arrival->changed);
    g_mutex_clear(&arrival->lock);
    g_free(arrival);
}

const DomDef *
drv_arrival_def(const DrvArrival *arrival)
{
    return arrival->def;
}

static void
set_phase(DrvArrival *arrival, Phase phase)
{
    LOCKED(arrival);
    arrival->phase = phase;
    g_cond_broadcast(&arrival->changed);
}

/* Too late for a guest that is wanted. A DrvJobCancel. */
static void
stop(gpointer data)
{
    DrvArrival *arrival = data;
    guint64 one = 1;
    LOCKED(arrival);
    if (arrival->decision == UNDECIDED) {
        arrival->decision = UNWANTED;
        ignore_value(write(arrival->stop_fd, &one, sizeof(one)));
        if (arrival->link) {
            drv_link_cut(arrival->link);
        }
        g_cond_broadcast(&arrival->changed);
    }
}

/* A tunnel is there from the beginning. It stays the arrival's. */
static DrvLink *
answer_call(DrvArrival *arrival, GError **error)
{
    if (!arrival->listeners) {
        set_phase(arrival, RECEIVING);
        return arrival->link;
    }
    set_phase(arrival, LISTENING);
    int fd = drv_migrate_accept(arrival->listeners, arrival->stop_fd, CALL_PATIENCE, error);
    g_clear_pointer(&arrival->listeners, g_array_unref);
    LOCKED(arrival);
    arrival->link = fd >= 0 ? drv_link_new(fd) : NULL;
    arrival->phase = RECEIVING;
    if (arrival->link && arrival->decision == UNWANTED) {
        drv_link_cut(arrival->link);
    }
    return arrival->link;
}

static gboolean
secure(DrvArrival *arrival, GError **error)
{
    if (!arrival->tls) {
        return TRUE;
    }
    virNetTLSSession *session =
        drv_tls_begin(arrival->tls, drv_link_fd(arrival->link), NULL, arrival->stop_fd, error);
    if (session) {
        drv_link_secure(arrival->link, session);
    }
    return session != NULL;
}

/* What went wrong on the way says more than what libxl made of it. */
static gboolean
receive(DrvArrival *arrival, DrvDomain *domain, DrvXen *xen, libxl_domain_config *config,
        uint32_t *ret_domid, GError **error)
{
    g_autoptr(GError) moving = NULL;
    const DrvChannelPlan plan = { .link = arrival->link, .format = arrival->format };
    g_autoptr(DrvChannel) channel = drv_channel_in(&plan, error);
    if (!channel) {
        return FALSE;
    }
    drv_job_watch(domain, channel, 0);
    gboolean built = drv_restore_stream(xen, config, ret_domid, drv_channel_fd(channel));
    gboolean whole = drv_channel_end(channel, built, &moving);
    drv_job_watch(domain, NULL, 0);
    if (!built) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("Xen cannot take over domain '%s'"),
                     config->c_info.name);
    }
    if (!built && !whole) {
        g_prefix_error(error, "%s; ", moving->message);
    }
    return built;
}

static gboolean
create(DrvXen *xen, DrvDomain *domain, libxl_domain_config *config, uint32_t *ret_domid,
       gpointer data, GError **error)
{
    DrvArrival *arrival = data;
    drv_job_measure(domain, VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN, 0);
    if (!drv_job_allow_cancel(domain, stop, arrival, error)) {
        return FALSE;
    }
    gboolean built = answer_call(arrival, error) && secure(arrival, error) &&
                     receive(arrival, domain, xen, config, ret_domid, error);
    if (!built) {
        drv_job_forbid_cancel(domain);
    }
    return built;
}

static gboolean
await_decision(DrvArrival *arrival)
{
    LOCKED(arrival);
    arrival->phase = RECEIVED;
    g_cond_broadcast(&arrival->changed);
    while (arrival->decision == UNDECIDED) {
        g_cond_wait(&arrival->changed, &arrival->lock);
    }
    return arrival->decision == WANTED;
}

static DomDef *
take_stored(DrvArrival *arrival)
{
    LOCKED(arrival);
    return g_steal_pointer(&arrival->stored);
}

/* Before it runs: a guest that is to stay and could not would be lost at its end. */
static gboolean
keep_definition(DrvArrival *arrival, DrvDomain *domain, GError **error)
{
    g_autoptr(DomDef) stored = take_stored(arrival);
    if (!stored) {
        return TRUE;
    }
    if (!drv_define_keep(arrival->driver, domain, &stored, &arrival->detail, error)) {
        return FALSE;
    }
    arrival->defined = arrival->detail == VIR_DOMAIN_EVENT_DEFINED_ADDED;
    return TRUE;
}

static gboolean
settle(DrvDomain *domain, const DomDef *def, gpointer data, GError **error)
{
    DrvArrival *arrival = data;
    gboolean wanted = await_decision(arrival);
    drv_job_forbid_cancel(domain);
    if (!wanted) {
        return drv_fail(error, VIR_ERR_OPERATION_ABORTED,
                        _("the migration of domain '%s' was given up"), arrival->def->general.name);
    }
    if (!keep_definition(arrival, domain, error)) {
        return FALSE;
    }
    drv_note_given(arrival->driver, def, (arrival->flags & VIR_MIGRATE_PAUSED) != 0);
    drv_verdict_tell(arrival->link, DRV_VERDICT_TARGET);
    return TRUE;
}

static const DrvOrigin migrated = {
    .create = create,
    .settle = settle,
    .running = VIR_DOMAIN_RUNNING_MIGRATED,
    .started = VIR_DOMAIN_EVENT_STARTED_MIGRATED,
    .suspended = VIR_DOMAIN_EVENT_SUSPENDED_PAUSED,
    .resumed = VIR_DOMAIN_EVENT_RESUMED_MIGRATED,
};

static void
drop_definition(DrvArrival *arrival)
{
    g_autoptr(GError) error = NULL;
    if (!drv_store_delete_definition(arrival->driver->store, arrival->def->general.name, &error)) {
        VIR_WARN("%s", error->message);
    }
}

static void
release(DrvArrival *arrival, DrvDomain *domain)
{
    g_clear_pointer(&arrival->listeners, g_array_unref);
    if (arrival->port > 0) {
        virPortAllocatorRelease((unsigned short)arrival->port);
    }
    if (!domain && arrival->defined) {
        drop_definition(arrival);
    }
    if (domain && arrival->detail >= 0) {
        drv_event_lifecycle(arrival->driver, domain, -1, VIR_DOMAIN_EVENT_DEFINED, arrival->detail);
    }
}

/* Hanging up is what the source waits for, if it does. */
static void
hang_up(DrvArrival *arrival, gboolean arrived)
{
    g_autoptr(DrvLink) link = NULL;
    {
        LOCKED(arrival);
        link = g_steal_pointer(&arrival->link);
    }
    if (link && !arrived) {
        drv_verdict_tell(link, DRV_VERDICT_SOURCE);
    }
}

static gpointer
run(gpointer data)
{
    g_autoptr(DrvArrival) arrival = data;
    g_autoptr(GError) error = NULL;
    DrvOnce once = {
        .what = "migrate",
        .def = dom_def_copy(arrival->def),
        .origin = &migrated,
        .data = arrival,
        .flags = arrival->flags & VIR_MIGRATE_PAUSED ? DRV_START_PAUSED : 0,
    };
    DrvDomain *domain = drv_once_run(arrival->driver, &once, &error);
    dom_def_free(once.def);
    release(arrival, domain);
    hang_up(arrival, domain != NULL);
    if (!domain) {
        VIR_WARN("a migration failed: %s", error->message);
    }
    LOCKED(arrival);
    arrival->domain = domain;
    arrival->failure = g_steal_pointer(&error);
    arrival->phase = OVER;
    g_cond_broadcast(&arrival->changed);
    return NULL;
}

static gboolean
listen_for(DrvArrival *arrival, const DrvArrivalPlan *plan, guint *ret_port, GError **error)
{
    *ret_port = arrival->link ? 0 : plan->port;
    if (arrival->link) {
        return TRUE;
    }
    if (plan->port) {
        arrival->listeners = drv_migrate_listen(plan->host, plan->port, error);
    } else {
        arrival->listeners = drv_migrate_listen_any(plan->host, &arrival->port, error);
        *ret_port = arrival->port;
    }
    return arrival->listeners != NULL;
}

static DrvArrival *
arrival_new(DrvDriver *driver, DrvArrivalPlan *plan, GError **error)
{
    DrvArrival *arrival = g_new0(DrvArrival, 1);
    arrival->refs = 1;
    arrival->driver = driver;
    arrival->def = g_steal_pointer(&plan->def);
    arrival->flags = plan->flags;
    arrival->owner = plan->owner;
    arrival->format = plan->format;
    arrival->tls = g_steal_pointer(&plan->tls);
    arrival->link = plan->fd >= 0 ? drv_link_new(plan->fd) : NULL;
    arrival->detail = -1;
    g_mutex_init(&arrival->lock);
    g_cond_init(&arrival->changed);
    arrival->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (arrival->stop_fd < 0) {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make an eventfd: %s"), g_strerror(errno));
        drv_arrival_unref(arrival);
        return NULL;
    }
    return arrival;
}

/* FALSE with @error when it was over before; the failure is taken. */
static gboolean
await_phase(DrvArrival *arrival, Phase phase, GError **error)
{
    LOCKED(arrival);
    while (arrival->phase < phase) {
        g_cond_wait(&arrival->changed, &arrival->lock);
    }
    if (arrival->failure) {
        g_propagate_error(error, g_error_copy(arrival->failure));
    }
    return !arrival->failure;
}

static void
list_add(DrvArrivals *arrivals, DrvArrival *arrival)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&arrivals->lock);
    g_ptr_array_add(arrivals->all, drv_arrival_ref(arrival));
}

static void
list_remove(DrvArrivals *arrivals, DrvArrival *arrival)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&arrivals->lock);
    g_ptr_array_remove_fast(arrivals->all, arrival);
}

DrvArrival *
drv_arrival_begin(DrvDriver *driver, DrvArrivalPlan *plan, guint *ret_port, GError **error)
{
    g_autoptr(DrvArrival) arrival = arrival_new(driver, plan, error);
    if (!arrival || !listen_for(arrival, plan, ret_port, error)) {
        return NULL;
    }
    list_add(driver->arrivals, arrival);
    arrival->thread = g_thread_try_new("xl-arrival", run, drv_arrival_ref(arrival), error);
    if (!arrival->thread) {
        drv_arrival_unref(arrival);
        release(arrival, NULL);
    }
    if (!arrival->thread || !await_phase(arrival, LISTENING, error)) {
        list_remove(driver->arrivals, arrival);
        return NULL;
    }
    return g_steal_pointer(&arrival);
}

DrvArrival *
drv_arrival_find(DrvDriver *driver, const char *name, gconstpointer owner)
{
    DrvArrivals *arrivals = driver->arrivals;
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&arrivals->lock);
    for (guint i = 0; i < arrivals->all->len; i++) {
        DrvArrival *arrival = g_ptr_array_index(arrivals->all, i);
        LOCKED(arrival);
        if (arrival->owner == owner && g_str_equal(arrival->def->general.name, name)) {
            return drv_arrival_ref(arrival);
        }
    }
    return NULL;
}

/* It counts as wanted only when it is all here: until then it can still be given up. */
static gboolean
decide(DrvArrival *arrival, DomDef *stored)
{
    LOCKED(arrival);
    if (arrival->phase != RECEIVED || arrival->decision != UNDECIDED) {
        dom_def_free(stored);
        return FALSE;
    }
    arrival->stored = stored;
    arrival->decision = WANTED;
    g_cond_broadcast(&arrival->changed);
    return TRUE;
}

/* Nobody has called: then nothing was sent. */
static void
stop_if_silent(DrvArrival *arrival)
{
    gboolean silent;
    {
        LOCKED(arrival);
        silent = arrival->phase == LISTENING;
    }
    if (silent) {
        stop(arrival);
    }
}

DrvDomain *
drv_arrival_accept(DrvArrival *arrival, DomDef *stored, GError **error)
{
    VIR_DEBUG("domain '%s' was sent", arrival->def->general.name);
    stop_if_silent(arrival);
    if (!await_phase(arrival, RECEIVED, error)) {
        dom_def_free(stored);
        return NULL;
    }
    decide(arrival, stored);
    if (!await_phase(arrival, OVER, error)) {
        return NULL;
    }
    LOCKED(arrival);
    return drv_domain_ref(arrival->domain);
}

void
drv_arrival_end(DrvArrival *arrival)
{
    stop(arrival);
    await_phase(arrival, OVER, NULL);
    list_remove(arrival->driver->arrivals, arrival);
}

/* One whose owner is gone is not found any more, and removes itself in a worker. */
static void
end_work(DrvDriver *driver, gpointer data)
{
    DrvArrival **arrival = data;
    drv_arrival_end(*arrival);
    drv_arrival_unref(*arrival);
}

void
drv_arrivals_gone(DrvDriver *driver, gconstpointer conn)
{
    DrvArrivals *arrivals = driver->arrivals;
    if (!arrivals) {
        return;
    }
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&arrivals->lock);
    for (guint i = 0; i < arrivals->all->len; i++) {
        DrvArrival *arrival = g_ptr_array_index(arrivals->all, i);
        LOCKED(arrival);
        if (arrival->owner == conn) {
            arrival->owner = NULL;
            drv_arrival_ref(arrival);
            drv_driver_work(driver, end_work, g_memdup2(&arrival, sizeof(gpointer)));
        }
    }
}

DrvArrivals *
drv_arrivals_new(void)
{
    DrvArrivals *arrivals = g_new0(DrvArrivals, 1);
    g_mutex_init(&arrivals->lock);
    arrivals->all = g_ptr_array_new_with_free_func((GDestroyNotify)drv_arrival_unref);
    return arrivals;
}

static GPtrArray *
list_copy(DrvArrivals *arrivals)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&arrivals->lock);
    GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)drv_arrival_unref);
    for (guint i = 0; i < arrivals->all->len; i++) {
        g_ptr_array_add(copy, drv_arrival_ref(g_ptr_array_index(arrivals->all, i)));
    }
    return copy;
}

void
drv_arrivals_stop(DrvArrivals *arrivals)
{
    g_autoptr(GPtrArray) all = arrivals ? list_copy(arrivals) : g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        DrvArrival *arrival = g_ptr_array_index(all, i);
        stop(arrival);
        g_thread_join(g_steal_pointer(&arrival->thread));
    }
}

void
drv_arrivals_free(DrvArrivals *arrivals)
{
    if (arrivals) {
        g_ptr_array_unref(arrivals->all);
        g_mutex_clear(&arrivals->lock);
        g_free(arrivals);
    }
}
