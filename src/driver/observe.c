/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/changed.h"
#include "driver/death.h"
#include "driver/device_model.h"
#include "driver/device_models.h"
#include "driver/events.h"
#include "driver/foreign.h"
#include "driver/guest.h"
#include "driver/listing.h"
#include "driver/observe.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.observe");

/* A domain as we knew it before Xen was asked. */
typedef struct {
    DrvDomain *domain; /* referenced */
    int id;
    guint jobs;
} Known;

static void
known_clear(gpointer data)
{
    drv_domain_unref(((Known *)data)->domain);
}

/* Those that run and that nobody works on. */
static GArray *
known_now(DrvDriver *driver)
{
    GArray *now = g_array_new(FALSE, FALSE, sizeof(Known));
    g_autoptr(GPtrArray) all = drv_domains_all(driver->domains);
    g_array_set_clear_func(now, known_clear);
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        DRV_DOMAIN_LOCKED(domain);
        if (domain->id >= 0 && !domain->control && !domain->job) {
            Known known = { drv_domain_ref(domain), domain->id, domain->jobs };
            g_array_append_val(now, known);
        }
    }
    return now;
}

/* Whether what Xen said still counts: nobody worked on the domain meanwhile. Lock held. */
static gboolean
still_known(const Known *known)
{
    const DrvDomain *domain = known->domain;
    return domain->id == known->id && !domain->job && domain->jobs == known->jobs;
}

/* Whether there is something to be done about the guest. One that is suspended is whose save it
 * is, which is ours only when a daemon before this one was killed over it. Lock held. */
static gboolean
needs_care(const Known *known, const libxl_dominfo *info)
{
    if (info && drv_listing_suspended(info)) {
        return known->domain->half_saved;
    }
    return !info || (drv_listing_stopped(info) && known->domain->settled_id != known->id);
}

/* A guest stopped, or is gone, for the driver to act on. */
static void
compare_life(DrvDriver *driver, const Known *known, const libxl_dominfo *info)
{
    DrvDomain *domain = known->domain;
    int reason = info ? (int)info->shutdown_reason : DRV_DEATH_GONE;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!still_known(known) || domain->down_queued || !needs_care(known, info)) {
            return;
        }
        domain->down_queued = TRUE;
    }
    drv_death_handle(driver, domain, known->id, reason);
}

/* What somebody else may have made of a guest that runs, and what clients are told of it. */
typedef struct {
    int state;
    int reason;
    int type; /* of the lifecycle event, with its detail */
    int detail;
} Pause;

static const Pause paused = { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, VIR_DOMAIN_EVENT_SUSPENDED,
                              VIR_DOMAIN_EVENT_SUSPENDED_PAUSED };
static const Pause saved = { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SAVE, VIR_DOMAIN_EVENT_SUSPENDED,
                             VIR_DOMAIN_EVENT_SUSPENDED_PAUSED };
static const Pause running = { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED,
                               VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED };

/* Whether the state is one that @now may replace: a guest that sleeps is suspended, until somebody
 * else wakes it. */
static gboolean
may_become(int state, const Pause *now)
{
    return state == VIR_DOMAIN_PAUSED || state == VIR_DOMAIN_RUNNING ||
           (state == VIR_DOMAIN_PMSUSPENDED && now != &saved);
}

static void
compare_pause(DrvDriver *driver, const Known *known, const libxl_dominfo *info)
{
    DrvDomain *domain = known->domain;
    const Pause *now = drv_listing_suspended(info) ? &saved : info->paused ? &paused : &running;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!still_known(known) || domain->state == now->state || !may_become(domain->state, now)) {
            return;
        }
    }
    drv_guest_set_state(driver, domain, now->state, now->reason);
    drv_event_lifecycle(driver, domain, known->id, now->type, now->detail);
}

/* A guest without its device model has no emulated disk, network card or screen any more. */
static void
compare_model(DrvDriver *driver, const Known *known)
{
    DrvDomain *domain = known->domain;
    gboolean missed = FALSE;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!still_known(known) || domain->model != DRV_MODEL_ENDED) {
            return;
        }
    }
    missed = drv_device_models_missed(driver, known->id);
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!still_known(known)) {
            return;
        }
        domain->model = missed ? DRV_MODEL_TOLD : DRV_MODEL_FINE;
    }
    if (missed) {
        g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
        VIR_WARN("the device model of domain '%s' has ended under it; what it said is in "
                 DRV_DEVICE_MODEL_LOGS "/qemu-dm-%s.log", who->def->name, who->def->name);
        drv_event_control_error(driver, domain, known->id);
    }
}

static void
compare_one(DrvDriver *driver, const Known *known, const DrvListing *listing)
{
    const libxl_dominfo *info = drv_listing_find(listing, known->domain->uuid, known->id);
    gboolean stale;
    compare_life(driver, known, info);
    if (!info || drv_listing_stopped(info)) {
        return;
    }
    compare_pause(driver, known, info);
    compare_model(driver, known);
    {
        DRV_DOMAIN_LOCKED(known->domain);
        stale = known->domain->stale;
    }
    if (stale) {
        drv_changed_look(driver, known->id);
    }
}

gboolean
drv_observe(DrvDriver *driver, GError **error)
{
    /* first our view, then Xen's: a guest that starts between the two is in neither */
    g_autoptr(GArray) now = known_now(driver);
    g_auto(DrvListing) listing = { 0 };
    if (!drv_listing_read(&listing, driver, error)) {
        return FALSE;
    }
    for (guint i = 0; i < now->len; i++) {
        compare_one(driver, &g_array_index(now, Known, i), &listing);
    }
    drv_foreign_look(driver, &listing);
    return TRUE;
}
