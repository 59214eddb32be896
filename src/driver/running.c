/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include <driver.h>
#include "virlog.h"

#include "driver/events.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/late.h"
#include "driver/lease.h"
#include "driver/listing.h"
#include "driver/managed.h"
#include "driver/note.h"
#include "driver/partial.h"
#include "driver/pci_host.h"
#include "driver/ports.h"
#include "driver/recovery.h"
#include "driver/running.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.running");

static void
warn(const char *name, GError *error)
{
    VIR_WARN("domain '%s' is left out: %s", name, error->message);
}

static DrvDomain *
add_domain(DrvDriver *driver, DomDef *def, GError **error)
{
    g_autoptr(DrvDomain) domain = drv_domain_new(def, error);
    if (!domain || !drv_domains_add(driver->domains, domain, error)) {
        return NULL;
    }
    return g_steal_pointer(&domain);
}

static void
load_definition(DrvDriver *driver, DrvStored *stored)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup(stored->def->general.name);
    g_autoptr(DrvDomain) domain = add_domain(driver, g_steal_pointer(&stored->def), &error);
    if (!domain) {
        warn(name, error);
        return;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->persistent = TRUE;
        memcpy(domain->autostart, stored->autostart, sizeof(domain->autostart));
    }
    drv_managed_load(domain);
}

/* What the guest does now; its file tells a guest that sleeps from one that is being saved. */
static int
state_of(const DrvStored *stored, const libxl_dominfo *info)
{
    if (drv_listing_suspended(info)) {
        return stored->state == VIR_DOMAIN_PMSUSPENDED ? VIR_DOMAIN_PMSUSPENDED : VIR_DOMAIN_PAUSED;
    }
    return info->paused ? VIR_DOMAIN_PAUSED : VIR_DOMAIN_RUNNING;
}

/* It came from another host, was given to this one, and was to run in the next moment. */
static gboolean
is_given(const DrvStored *stored, const libxl_dominfo *info)
{
    return stored->state == VIR_DOMAIN_PAUSED && stored->reason == VIR_DOMAIN_PAUSED_MIGRATION &&
           info->paused && !drv_listing_suspended(info);
}

static void
attach(DrvDriver *driver, DrvDomain *domain, DrvStored *stored, const libxl_dominfo *info)
{
    gboolean saving = stored->state == VIR_DOMAIN_PAUSED && !info->paused &&
                      drv_partial_noted(DRV_STATE_DIR, domain->name);
    DRV_DOMAIN_LOCKED(domain);
    if (stored->def) {
        domain->next = domain->def;
        domain->def = g_steal_pointer(&stored->def);
    }
    drv_domains_set_id(driver->domains, domain, (int)info->domid);
    domain->def->live.id = (int)info->domid;
    domain->half_saved = saving;
    domain->state = state_of(stored, info);
    domain->reason = stored->state == domain->state ? stored->reason : 0;
}

/* Whether something has become of the guest that clients have not heard of. That it stopped and
 * stays was told when it did. */
static gboolean
is_news(const DrvDomain *domain, const DrvStored *stored, const libxl_dominfo *info)
{
    if (stored->state == VIR_DOMAIN_SHUTDOWN || stored->state == VIR_DOMAIN_CRASHED) {
        return FALSE;
    }
    return domain->state != stored->state || domain->half_saved || drv_listing_stopped(info) ||
           is_given(stored, info) ||
           (stored->state == VIR_DOMAIN_PAUSED && stored->reason == VIR_DOMAIN_PAUSED_DUMP);
}

/* Where the guest got to without the daemon: its start, or what was a pause, came to an end, or
 * somebody paused it. */
static void
tell_state(DrvDriver *driver, DrvDomain *domain, const DrvStored *stored)
{
    gboolean paused = domain->state == VIR_DOMAIN_PAUSED;
    gboolean started =
        stored->state == VIR_DOMAIN_PAUSED && stored->reason == VIR_DOMAIN_PAUSED_STARTING_UP;
    int type = started  ? VIR_DOMAIN_EVENT_STARTED
               : paused ? VIR_DOMAIN_EVENT_SUSPENDED
                        : VIR_DOMAIN_EVENT_RESUMED;
    if (domain->state == VIR_DOMAIN_RUNNING || paused) {
        /* their detail is 0: booted, paused, unpaused */
        drv_event_lifecycle(driver, domain, domain->id, type, 0);
    }
    drv_note_running(driver, domain);
}

/* A guest that runs. Nobody else looks at the domain yet. */
static void
find_again(DrvDriver *driver, DrvDomain *domain, DrvStored *stored, const libxl_dominfo *info)
{
    g_autoptr(GError) error = NULL;
    gboolean given = is_given(stored, info);
    attach(driver, domain, stored, info);
    drv_driver_count_running(driver, 1);
    gboolean news = is_news(domain, stored, info);
    if (news) {
        drv_late_expect(driver, domain->uuid);
    }
    if (news && domain->state != stored->state) {
        tell_state(driver, domain, stored);
    }
    drv_lease_renew(driver, domain->def);
    drv_managed_settle(driver, domain);
    if (given && !drv_guest_unpause(driver, domain, &error)) {
        VIR_ERROR("%s", error->message);
    }
}

/* The domain of a state file, put on the list when it has no definition. */
static DrvDomain *
find_or_add(DrvDriver *driver, DrvStored *stored, GError **error)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    DrvDomain *domain =
        drv_def_uuid(stored->def, uuid) ? drv_domains_by_uuid(driver->domains, uuid) : NULL;
    return domain ? domain : add_domain(driver, g_steal_pointer(&stored->def), error);
}

static void
load_running(DrvDriver *driver, DrvStored *stored, const DrvListing *listing, DrvRecovery *recovery)
{
    g_autoptr(GError) error = NULL;
    unsigned char uuid[VIR_UUID_BUFLEN];
    g_autofree char *name = g_strdup(stored->def->general.name);
    const libxl_dominfo *info =
        drv_def_uuid(stored->def, uuid) ? drv_listing_find(listing, uuid, -1) : NULL;
    const DrvEnd *end = drv_recovery_look(recovery, stored, info, listing);
    if (!end) {
        stored->def->live.id = (int)info->domid;
        drv_ports_keep(driver, stored->def);
    }
    g_autoptr(DrvDomain) domain = find_or_add(driver, stored, &error);
    if (!domain) {
        warn(name, error);
        if (end) {
            drv_store_delete_running(driver->store, name);
        }
    } else if (end) {
        drv_recovery_add(recovery, domain, stored, end);
    } else {
        find_again(driver, domain, stored, info);
    }
}

static DomDef *
control_def(const libxl_dominfo *info)
{
    DomDef *def = dom_def_new();
    char uuid[VIR_UUID_STRING_BUFLEN];
    virUUIDFormat(info->uuid.uuid, uuid);
    def->general.name = g_strdup("Domain-0");
    def->general.uuid = g_strdup(uuid);
    def->general.type = DOM_TYPE_PV;
    def->memory.target = (DomUint){ info->current_memkb, TRUE };
    def->cpu.vcpus = (DomUint){ info->vcpu_online, TRUE };
    def->cpu.maxvcpus = (DomUint){ info->vcpu_max_id + 1, TRUE };
    return def;
}

static void
add_control_domain(DrvDriver *driver, const DrvListing *listing)
{
    g_autoptr(GError) error = NULL;
    if (listing->count == 0 || listing->infos[0].domid != 0) {
        VIR_WARN("Xen does not list Domain-0");
        return;
    }
    g_autoptr(DrvDomain) domain = add_domain(driver, control_def(&listing->infos[0]), &error);
    if (!domain) {
        warn("Domain-0", error);
        return;
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->control = TRUE;
    domain->persistent = TRUE;
    drv_domains_set_id(driver->domains, domain, 0);
    domain->def->live.id = 0;
    domain->state = VIR_DOMAIN_RUNNING;
    domain->reason = VIR_DOMAIN_RUNNING_BOOTED;
}

void
drv_running_load(DrvDriver *driver)
{
    g_autoptr(GError) error = NULL;
    g_auto(DrvListing) listing = { 0 };
    g_autoptr(GPtrArray) definitions = drv_store_load_definitions(driver->store);
    for (guint i = 0; i < definitions->len; i++) {
        load_definition(driver, g_ptr_array_index(definitions, i));
    }
    if (!drv_listing_read(&listing, driver, &error)) {
        VIR_WARN("%s", error->message);
        return;
    }
    add_control_domain(driver, &listing);
    DrvRecovery *recovery = drv_recovery_new(driver);
    g_autoptr(GPtrArray) running = drv_store_load_running(driver->store);
    for (guint i = 0; i < running->len; i++) {
        load_running(driver, g_ptr_array_index(running, i), &listing, recovery);
    }
    drv_partial_clean(DRV_STATE_DIR);
    drv_pci_host_sweep(driver);
    drv_recovery_go(recovery);
}

static gboolean
start_job(DrvDomain *domain, gpointer driver, GError **error)
{
    return drv_managed_start(driver, domain, 0, 0, error);
}

static gboolean
wants_autostart(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return (domain->autostart[DRV_AUTOSTART_ALWAYS] || domain->autostart[DRV_AUTOSTART_ONCE]) &&
           domain->id < 0;
}

/* Once is over when the machine has started, also for a domain that ran already, or did not start.
 */
static void
forget_once(DrvDriver *driver, DrvDomain *domain)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!domain->autostart[DRV_AUTOSTART_ONCE]) {
            return;
        }
        domain->autostart[DRV_AUTOSTART_ONCE] = FALSE;
        name = g_strdup(domain->name);
    }
    if (!drv_store_set_autostart(driver->store, name, DRV_AUTOSTART_ONCE, FALSE, &error)) {
        VIR_WARN("%s", error->message);
    }
}

static void
autostart(DrvDriver *driver, gpointer data)
{
    g_autoptr(GPtrArray) all = drv_domains_all(driver->domains);
    for (guint i = 0; i < all->len; i++) {
        g_autoptr(GError) error = NULL;
        DrvDomain *domain = g_ptr_array_index(all, i);
        gboolean wanted = wants_autostart(domain);
        forget_once(driver, domain);
        if (wanted &&
            !drv_job_run(domain, "autostart", DRV_JOB_PATIENCE, start_job, driver, &error)) {
            VIR_ERROR("autostart: %s", error->message);
        }
    }
}

void
drv_running_autostart(DrvDriver *driver)
{
    bool wanted = true;
    if (virDriverShouldAutostart(DRV_STATE_DIR, &wanted) < 0) {
        virResetLastError();
    }
    if (wanted) {
        drv_driver_work(driver, autostart, NULL);
    }
}
