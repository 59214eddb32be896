/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/events.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/late.h"
#include "driver/lease.h"
#include "driver/partial.h"
#include "driver/recovery.h"

VIR_LOG_INIT("libxl.recovery");

#define REASON_NOTED (-1)

struct DrvEnd {
    gboolean (*fits)(const DrvStored *stored, const libxl_dominfo *info);
    const char *words;
    int reason;     /* virDomainShutoffReason, or REASON_NOTED: the file's */
    gboolean known; /* clients knew that it ran */
    gboolean ours;  /* what is left of it on Xen is to go */
};

static gboolean
is_ending(const DrvStored *stored, const libxl_dominfo *info)
{
    return stored->state == VIR_DOMAIN_SHUTOFF;
}

static gboolean
is_half_born(const DrvStored *stored, const libxl_dominfo *info)
{
    return stored->state == VIR_DOMAIN_PAUSED && stored->reason == VIR_DOMAIN_PAUSED_STARTING_UP &&
           (!info || info->paused);
}

/* By somebody else: one that this driver saves has a note of the file, or is ending. */
static gboolean
is_saved(const DrvStored *stored, const libxl_dominfo *info)
{
    return !info && stored->state == VIR_DOMAIN_PAUSED &&
           stored->reason == VIR_DOMAIN_PAUSED_SAVE &&
           !drv_partial_noted(DRV_STATE_DIR, stored->def->general.name);
}

/* One that stops by itself stays on Xen until the driver has seen it: somebody destroyed it. */
static gboolean
is_gone(const DrvStored *stored, const libxl_dominfo *info)
{
    return !info;
}

/* The first that fits counts. */
static const DrvEnd ends[] = {
    { is_ending, "was being ended when the daemon was", REASON_NOTED, TRUE, TRUE },
    { is_half_born, "was being started when the daemon ended", VIR_DOMAIN_SHUTOFF_FAILED, FALSE,
      TRUE },
    { is_saved, "was saved while nobody looked", VIR_DOMAIN_SHUTOFF_SAVED, TRUE, FALSE },
    { is_gone, "ended while nobody looked", VIR_DOMAIN_SHUTOFF_DESTROYED, TRUE, FALSE },
};

/* The details of the event STOPPED. */
static const int details[] = {
    [VIR_DOMAIN_SHUTOFF_UNKNOWN] = VIR_DOMAIN_EVENT_STOPPED_FAILED,
    [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN,
    [VIR_DOMAIN_SHUTOFF_DESTROYED] = VIR_DOMAIN_EVENT_STOPPED_DESTROYED,
    [VIR_DOMAIN_SHUTOFF_CRASHED] = VIR_DOMAIN_EVENT_STOPPED_CRASHED,
    [VIR_DOMAIN_SHUTOFF_MIGRATED] = VIR_DOMAIN_EVENT_STOPPED_MIGRATED,
    [VIR_DOMAIN_SHUTOFF_SAVED] = VIR_DOMAIN_EVENT_STOPPED_SAVED,
    [VIR_DOMAIN_SHUTOFF_FAILED] = VIR_DOMAIN_EVENT_STOPPED_FAILED,
    [VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT,
    [VIR_DOMAIN_SHUTOFF_DAEMON] = VIR_DOMAIN_EVENT_STOPPED_FAILED,
};
G_STATIC_ASSERT(G_N_ELEMENTS(details) == VIR_DOMAIN_SHUTOFF_LAST);

/* What a worker has to do. */
typedef struct {
    DrvDomain *domain; /* in a job; referenced */
    DomDef *ran;       /* owned; NULL: the domain's, which is made anew */
    int reason;        /* virDomainShutoffReason */
    gboolean known;    /* as above */
} Rest;

struct DrvRecovery {
    DrvDriver *driver;
    GPtrArray *rests;
};

DrvRecovery *
drv_recovery_new(DrvDriver *driver)
{
    DrvRecovery *recovery = g_new0(DrvRecovery, 1);
    recovery->driver = driver;
    recovery->rests = g_ptr_array_new();
    return recovery;
}

/* A guest of its uuid: by its id, for somebody else may have made another of its uuid since; one
 * that was still being made has none in its file. */
static gboolean
is_left(const DrvStored *stored, const libxl_dominfo *info)
{
    gboolean unnamed = stored->state != VIR_DOMAIN_SHUTOFF && (info->paused || info->dying);
    return unnamed || info->domid == (uint32_t)stored->def->live.id;
}

/* It has lost devices, has not run yet, or is dying already, which Xen does not bring to its end
 * alone. */
static gboolean
destroy_left(DrvDriver *driver, const DrvStored *stored, uint32_t domid)
{
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, NULL);
    if (xen && libxl_domain_destroy(xen->ctx, domid, NULL) == 0) {
        return TRUE;
    }
    VIR_WARN("what is left of domain '%s' is still there; end it with: xl destroy %u",
             stored->def->general.name, domid);
    return FALSE;
}

/* A guest is made anew when there is none: two would share their disks. */
static void
clear(DrvDriver *driver, DrvStored *stored, const DrvListing *listing)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    gboolean known = drv_def_uuid(stored->def, uuid);
    for (int i = 0; known && i < listing->count; i++) {
        const libxl_dominfo *info = &listing->infos[i];
        gboolean its = memcmp(info->uuid.uuid, uuid, VIR_UUID_BUFLEN) == 0;
        gboolean left = its && is_left(stored, info);
        if ((left && !destroy_left(driver, stored, info->domid)) ||
            (its && !left && !info->dying)) {
            stored->def->live.restart = 0;
        }
    }
}

const DrvEnd *
drv_recovery_look(DrvRecovery *recovery, DrvStored *stored, const libxl_dominfo *info,
                  const DrvListing *listing)
{
    const DrvEnd *end = ends;
    while (end < ends + G_N_ELEMENTS(ends) && !end->fits(stored, info)) {
        end++;
    }
    if (end == ends + G_N_ELEMENTS(ends)) {
        return NULL;
    }
    VIR_WARN("domain '%s' %s", stored->def->general.name, end->words);
    if (end->ours) {
        clear(recovery->driver, stored, listing);
    }
    drv_lease_drop(recovery->driver, stored->def);
    return end;
}

static void
set_off(DrvDomain *domain, int reason)
{
    DRV_DOMAIN_LOCKED(domain);
    domain->def->live.id = -1;
    if (!domain->saved) {
        domain->reason = reason;
    }
}

/* As in the daemon before, it is active between the two guests. */
static void
set_restarting(DrvDriver *driver, DrvDomain *domain, DomDef *ran)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->persistent) {
        domain->next = g_steal_pointer(&domain->def);
    }
    dom_def_free(domain->def);
    domain->def = ran;
    ran->live.id = ran->live.restart;
    ran->live.restart = 0;
    drv_domains_set_id(driver->domains, domain, ran->live.id);
    domain->state = VIR_DOMAIN_RUNNING;
    domain->reason = VIR_DOMAIN_RUNNING_BOOTED;
}

void
drv_recovery_add(DrvRecovery *recovery, DrvDomain *domain, DrvStored *stored, const DrvEnd *end)
{
    Rest *rest = g_new0(Rest, 1);
    rest->domain = drv_domain_ref(domain);
    rest->ran = stored->def ? g_steal_pointer(&stored->def) : drv_domain_copy_def(domain);
    rest->reason = end->reason == REASON_NOTED ? stored->reason : end->reason;
    rest->known = end->known || rest->ran->live.restart;
    /* nobody else has it yet */
    drv_job_enter(domain, "recovery", 0, NULL);
    if (rest->known) {
        drv_late_expect(recovery->driver, domain->uuid);
    }
    if (rest->ran->live.restart) {
        set_restarting(recovery->driver, domain, g_steal_pointer(&rest->ran));
        drv_driver_count_running(recovery->driver, 1);
    } else {
        set_off(domain, rest->reason);
    }
    g_ptr_array_add(recovery->rests, rest);
}

static void
restart(DrvDriver *driver, const Rest *rest)
{
    g_autoptr(GError) error = NULL;
    if (!drv_guest_start_again(driver, rest->domain, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, &error)) {
        VIR_ERROR("%s", error->message);
    }
}

static gboolean
is_persistent(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->persistent;
}

/* The file stays to the last: should the daemon be killed over the script, the next one asks it
 * again. */
static void
finish_end(DrvDriver *driver, const Rest *rest)
{
    int id = rest->ran->live.id;
    drv_guest_let_go(driver, rest->ran);
    drv_store_delete_running(driver->store, rest->ran->general.name);
    if (rest->known) {
        drv_event_lifecycle(driver, rest->domain, id, VIR_DOMAIN_EVENT_STOPPED,
                            details[rest->reason]);
    }
    if (!is_persistent(rest->domain)) {
        drv_domains_remove(driver->domains, rest->domain);
    }
}

static void
work(DrvDriver *driver, gpointer data)
{
    Rest *rest = data;
    if (rest->ran) {
        finish_end(driver, rest);
    } else {
        restart(driver, rest);
    }
    drv_job_leave(rest->domain, TRUE);
    dom_def_free(rest->ran);
    drv_domain_unref(rest->domain);
}

void
drv_recovery_go(DrvRecovery *recovery)
{
    for (guint i = 0; i < recovery->rests->len; i++) {
        drv_driver_work(recovery->driver, work, g_ptr_array_index(recovery->rests, i));
    }
    g_ptr_array_unref(recovery->rests);
    g_free(recovery);
}
