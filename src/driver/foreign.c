/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/bind/bind.h"
#include "driver/events.h"
#include "driver/foreign.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/model.h"
#include "driver/note.h"
#include "driver/retrieve.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.foreign");

/* Under this name libxl keeps a guest's configuration, from the moment that the guest is whole. */

struct DrvForeign {
    GMutex lock;      /* guards seen; no other lock is taken with it */
    GHashTable *seen; /* set of domids that a worker looks at, or that stay off the list */
};

DrvForeign *
drv_foreign_new(void)
{
    DrvForeign *foreign = g_new0(DrvForeign, 1);
    g_mutex_init(&foreign->lock);
    foreign->seen = g_hash_table_new(NULL, NULL);
    return foreign;
}

void
drv_foreign_free(DrvForeign *foreign)
{
    if (!foreign) {
        return;
    }
    g_hash_table_unref(foreign->seen);
    g_mutex_clear(&foreign->lock);
    g_free(foreign);
}

/* One guest that a worker looks at. */
typedef struct {
    DrvDriver *driver;
    uint32_t domid;
    unsigned char uuid[VIR_UUID_BUFLEN];
    gboolean ours; /* the driver made it, and forgot */
    int state;     /* virDomainState, and its reason */
    int reason;
    int settled_reason; /* libxl_shutdown_reason of one that has stopped and is kept; -1 */
    DomDef *def;        /* what it runs; owned until a domain takes it */
} Guest;

static gboolean
is_stub(DrvDriver *driver, uint32_t domid)
{
    g_autofree char *target =
        drv_hypervisor_read(driver->hypervisor, "/local/domain/%u/target", domid);
    return target != NULL;
}

/* A guest without a configuration that libxl knows: what Xen itself tells. */
static DomDef *
def_from_info(const libxl_dominfo *info)
{
    DomDef *def = dom_def_new();
    def->general.type = info->domain_type == LIBXL_DOMAIN_TYPE_HVM   ? DOM_TYPE_HVM
                        : info->domain_type == LIBXL_DOMAIN_TYPE_PVH ? DOM_TYPE_PVH
                                                                     : DOM_TYPE_PV;
    def->memory.target = (DomUint){ info->current_memkb, TRUE };
    def->cpu.vcpus = (DomUint){ info->vcpu_online, TRUE };
    def->cpu.maxvcpus = (DomUint){ info->vcpu_max_id + 1, TRUE };
    return def;
}

DomDef *
drv_foreign_def(DrvXen *xen, uint32_t domid, GError **error)
{
    libxl_domain_config config;
    if (!drv_retrieve_config(xen, domid, &config, error)) {
        return NULL;
    }
    DomDef *def = bind_def_from_config(&config, error);
    libxl_domain_config_dispose(&config);
    return def;
}

/*
 * What the guest runs. NULL without @error: it is still being built. A guest that runs without a
 * configuration was made without libxl.
 */
static DomDef *
find_def(Guest *guest, DrvXen *xen, const libxl_dominfo *info, GError **error)
{
    g_autofree char *xml = drv_retrieve_userdata(xen, guest->domid, DRV_GUEST_USERDATA);
    g_autofree char *config = NULL;
    if (xml) {
        guest->ours = TRUE;
        return drv_model_parse_xml(xml, error);
    }
    config = drv_retrieve_userdata(xen, guest->domid, DRV_RETRIEVE_CONFIG);
    if (config) {
        return drv_foreign_def(xen, guest->domid, error);
    }
    return info->paused ? NULL : def_from_info(info);
}

/* Two guests of one name are possible on Xen and not in libvirt: the domid tells them apart. */
char *
drv_foreign_name(DrvDriver *driver, const unsigned char *uuid, int id)
{
    g_autofree char *name = drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/name", id);
    if (!drv_store_check_name(name, NULL)) {
        return NULL;
    }
    g_autoptr(DrvDomain) other = drv_domains_by_name(driver->domains, name);
    if (other && memcmp(other->uuid, uuid, VIR_UUID_BUFLEN) != 0) {
        return g_strdup_printf("%s-%d", name, id);
    }
    return g_steal_pointer(&name);
}

/* Xen's own name and uuid count, whatever the configuration once said. */
static void
set_identity(Guest *guest)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    virUUIDFormat(guest->uuid, uuid);
    g_free(guest->def->general.name);
    g_free(guest->def->general.uuid);
    guest->def->general.name = drv_foreign_name(guest->driver, guest->uuid, (int)guest->domid);
    if (!guest->def->general.name) {
        guest->def->general.name = g_strdup_printf("domain-%u", guest->domid);
    }
    guest->def->general.uuid = g_strdup(uuid);
    guest->def->live.id = (int)guest->domid;
}

/* A guest that has stopped and is still there is kept for somebody to look at (xl's preserve). */
static void
set_state(Guest *guest, const libxl_dominfo *info)
{
    gboolean stopped = drv_listing_stopped(info);
    gboolean paused = info->paused || drv_listing_suspended(info);
    guest->settled_reason = stopped ? (int)info->shutdown_reason : -1;
    if (!stopped) {
        guest->state = paused ? VIR_DOMAIN_PAUSED : VIR_DOMAIN_RUNNING;
        guest->reason = paused ? (int)VIR_DOMAIN_PAUSED_UNKNOWN : (int)VIR_DOMAIN_RUNNING_BOOTED;
    } else if (info->shutdown_reason == LIBXL_SHUTDOWN_REASON_CRASH) {
        guest->state = VIR_DOMAIN_CRASHED;
        guest->reason = VIR_DOMAIN_CRASHED_PANICKED;
    } else {
        guest->state = VIR_DOMAIN_SHUTDOWN;
        guest->reason = VIR_DOMAIN_SHUTDOWN_USER;
    }
}

/* FALSE without @error when there is nothing to put on the list now. */
static gboolean
examine(Guest *guest, GError **error)
{
    libxl_dominfo info;
    g_autoptr(DrvXen) xen = drv_xen_open(guest->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    libxl_dominfo_init(&info);
    if (libxl_domain_info(xen->ctx, &info, guest->domid) == 0 && !info.dying &&
        memcmp(info.uuid.uuid, guest->uuid, VIR_UUID_BUFLEN) == 0) {
        set_state(guest, &info);
        guest->def = find_def(guest, xen, &info, error);
    }
    libxl_dominfo_dispose(&info);
    if (guest->def) {
        set_identity(guest);
    }
    return guest->def != NULL;
}

/* Runs as a job: nobody starts the same domain meanwhile. */
static gboolean
take_over(DrvDomain *domain, gpointer data, GError **error)
{
    Guest *guest = data;
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id >= 0) {
        return TRUE;
    }
    if (domain->persistent) {
        domain->next = g_steal_pointer(&domain->def);
    }
    dom_def_free(domain->def);
    domain->def = g_steal_pointer(&guest->def);
    domain->foreign = !guest->ours;
    domain->target_known = FALSE;
    domain->model = DRV_MODEL_FINE;
    domain->state = guest->state;
    domain->reason = guest->reason;
    if (domain->foreign && guest->settled_reason >= 0) {
        domain->settled_id = (int)guest->domid;
        domain->settled_reason = guest->settled_reason;
    }
    drv_domains_set_id(guest->driver->domains, domain, (int)guest->domid);
    return TRUE;
}

/* What xl put aside when it made a crashed guest anew has another name and, on Xen, still the
 * guest's uuid: it is not the guest. */
static gboolean
check_remnant(const Guest *guest, DrvDomain *found, GError **error)
{
    DRV_DOMAIN_LOCKED(found);
    return guest->settled_reason < 0 || g_str_equal(found->name, guest->def->general.name) ||
           drv_fail(error, VIR_ERR_OPERATION_INVALID,
                    _("it has stopped, and has the uuid of domain '%s'; end it with xl destroy %u"),
                    found->name, guest->domid);
}

/* The domain of this uuid, put on the list when there is none. */
static DrvDomain *
find_or_add(Guest *guest, GError **error)
{
    DrvDomain *found = drv_domains_by_uuid(guest->driver->domains, guest->uuid);
    if (found && !check_remnant(guest, found, error)) {
        drv_domain_unref(found);
        return NULL;
    }
    if (found) {
        return found;
    }
    g_autoptr(DrvDomain) domain = drv_domain_new(dom_def_copy(guest->def), error);
    if (!domain || !take_over(domain, guest, error) ||
        !drv_domains_add(guest->driver->domains, domain, error)) {
        return NULL;
    }
    return g_steal_pointer(&domain);
}

/* What somebody keeps of a guest that has ended, as on_crash=rename-restart does, has not started.
 */
static void
tell_appeared(DrvDriver *driver, DrvDomain *domain, int id)
{
    int state;
    {
        DRV_DOMAIN_LOCKED(domain);
        state = domain->state;
    }
    if (state == VIR_DOMAIN_CRASHED) {
        drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_CRASHED,
                            VIR_DOMAIN_EVENT_CRASHED_PANICKED);
    } else if (state == VIR_DOMAIN_SHUTDOWN) {
        drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_SHUTDOWN,
                            VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED);
    } else {
        drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_STARTED,
                            VIR_DOMAIN_EVENT_STARTED_BOOTED);
    }
}

static gboolean
put_on_list(Guest *guest, GError **error)
{
    g_autoptr(DrvDomain) domain = find_or_add(guest, error);
    if (!domain) {
        return FALSE;
    }
    if (guest->def && !drv_job_run(domain, "appear", 0, take_over, guest, error)) {
        return FALSE;
    }
    if (guest->def) {
        return TRUE; /* somebody was faster */
    }
    drv_driver_count_running(guest->driver, 1);
    drv_note_running(guest->driver, domain);
    tell_appeared(guest->driver, domain, (int)guest->domid);
    return TRUE;
}

/* It may be looked at again. */
static void
forget(DrvForeign *foreign, uint32_t domid)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&foreign->lock);
    g_hash_table_remove(foreign->seen, GUINT_TO_POINTER(domid));
}

static void
guest_work(DrvDriver *driver, gpointer data)
{
    Guest *guest = data;
    g_autoptr(GError) error = NULL;
    gboolean stub = is_stub(driver, guest->domid);
    gboolean listed = !stub && examine(guest, &error) && put_on_list(guest, &error);
    dom_def_free(guest->def);
    /* what failed would fail again each second */
    gboolean busy = g_error_matches(error, DRV_ERROR, VIR_ERR_OPERATION_TIMEOUT);
    if (error && !busy) {
        VIR_WARN("domain %u is not listed: %s", guest->domid, error->message);
    }
    if (listed || busy || (!stub && !error)) {
        forget(driver->foreign, guest->domid);
    }
}

/* An id is one domain: what is left of a guest that is made anew is listed when that has another.
 */
static gboolean
is_id_taken(DrvDriver *driver, int id)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    return domain != NULL;
}

/* Whether the driver knows the guest, or works on the domain that it belongs to. */
static gboolean
is_known(DrvDriver *driver, const libxl_dominfo *info)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_uuid(driver->domains, info->uuid.uuid);
    if (!domain) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    return domain->id >= 0 || domain->job;
}

static void
look_at(DrvDriver *driver, const libxl_dominfo *info)
{
    DrvForeign *foreign = driver->foreign;
    {
        g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&foreign->lock);
        if (!g_hash_table_add(foreign->seen, GUINT_TO_POINTER(info->domid))) {
            return;
        }
    }
    Guest *guest = g_new0(Guest, 1);
    guest->driver = driver;
    guest->domid = info->domid;
    memcpy(guest->uuid, info->uuid.uuid, VIR_UUID_BUFLEN);
    drv_driver_work(driver, guest_work, guest);
}

static gboolean
is_not_listed(gpointer key, gpointer value, gpointer data)
{
    const DrvListing *listing = data;
    for (int i = 0; i < listing->count; i++) {
        if (listing->infos[i].domid == GPOINTER_TO_UINT(key)) {
            return FALSE;
        }
    }
    return TRUE;
}

void
drv_foreign_look(DrvDriver *driver, const DrvListing *listing)
{
    {
        g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&driver->foreign->lock);
        g_hash_table_foreach_remove(driver->foreign->seen, is_not_listed, (gpointer)listing);
    }
    for (int i = 0; i < listing->count; i++) {
        const libxl_dominfo *info = &listing->infos[i];
        if (info->domid != 0 && !info->dying && !is_known(driver, info) &&
            !is_id_taken(driver, (int)info->domid)) {
            look_at(driver, info);
        }
    }
}
