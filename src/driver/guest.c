/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/bind/bind.h"
#include "driver/channels.h"
#include "driver/device_model.h"
#include "driver/events.h"
#include "driver/genid.h"
#include "driver/graphics.h"
#include "driver/guest.h"
#include "driver/hook.h"
#include "driver/lease.h"
#include "driver/host.h"
#include "driver/model.h"
#include "driver/iotune.h"
#include "driver/monitors.h"
#include "driver/network.h"
#include "driver/note.h"
#include "driver/pci_host.h"
#include "driver/ports.h"
#include "driver/room.h"
#include "driver/serials.h"
#include "driver/storage.h"
#include "driver/watcher.h"
#include "driver/text.h"
#include "driver/usb_guest.h"

VIR_LOG_INIT("libxl.guest");

static gboolean
is_there(DrvXen *xen, uint32_t domid)
{
    return libxl_domain_info(xen->ctx, NULL, domid) != ERROR_DOMAIN_NOTFOUND;
}

/* After a failure that is reported already. libxl mostly has cleaned up itself, or is about to be
 * done. */
static void
destroy_quietly(DrvXen *xen, uint32_t domid)
{
    if (domid == (uint32_t)-1 || !is_there(xen, domid)) {
        return;
    }
    if (libxl_domain_destroy(xen->ctx, domid, NULL) != 0 && is_there(xen, domid)) {
        VIR_WARN("what was built of domain %u is still there; end it with: xl destroy %u", domid,
                 domid);
    }
}

/* libxl chose the addresses that the definition leaves open; a reboot keeps them. */
static void
keep_macs(DomDef *def, const libxl_domain_config *config)
{
    for (guint i = 0; i < def->nics->len && i < (guint)config->num_nics; i++) {
        DomNic *nic = g_ptr_array_index(def->nics, i);
        const uint8_t *mac = config->nics[i].mac;
        if (!nic->mac) {
            nic->mac = g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
                                       mac[3], mac[4], mac[5]);
        }
    }
}

static void
store_userdata(DrvXen *xen, uint32_t domid, const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = drv_model_format_xml(def, DOM_FORMAT_SECURE, &error);
    if (!xml) {
        VIR_WARN("%s", error->message);
        return;
    }
    if (libxl_userdata_store(xen->ctx, domid, DRV_GUEST_USERDATA, (const uint8_t *)xml,
                             (int)strlen(xml) + 1) != 0) {
        VIR_WARN("Xen does not keep the XML of domain %u: %s", domid, drv_xen_words(xen));
    }
}

void
drv_guest_keep_xml(DrvXen *xen, DrvDomain *domain, uint32_t domid)
{
    g_autoptr(DomDef) def = NULL;
    {
        DRV_DOMAIN_LOCKED(domain);
        def = domain->foreign ? NULL : dom_def_copy(domain->def);
    }
    if (def) {
        store_userdata(xen, domid, def);
    }
}

static gboolean
create_new(DrvXen *xen, DrvDomain *domain, libxl_domain_config *config, uint32_t *ret_domid,
           gpointer data, GError **error)
{
    const char *name = config->c_info.name;
    gint64 since = g_get_real_time() / G_USEC_PER_SEC;
    int rc = libxl_domain_create_new(xen->ctx, config, ret_domid, NULL, NULL);
    if (rc == 0) {
        return TRUE;
    }
    drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("Xen cannot start domain '%s'"), name);
    drv_device_model_explain(rc, name, since, error);
    return FALSE;
}

static const DrvOrigin booted = {
    .create = create_new,
    .running = VIR_DOMAIN_RUNNING_BOOTED,
    .started = VIR_DOMAIN_EVENT_STARTED_BOOTED,
    .suspended = VIR_DOMAIN_EVENT_SUSPENDED_PAUSED,
};

/* A guest that is to be made, and from what. */
typedef struct {
    DrvDriver *driver;
    DrvXen *xen;
    DrvDomain *domain;
    DomDef *def; /* owned, until it runs */
    int restart; /* the id of the one that it follows, the domain being active already; 0: none */
    const DrvOrigin *origin;
    gpointer data; /* origin's */
    DrvStartFlags flags;
} Birth;

static gboolean
create(const Birth *birth, libxl_domain_config *config, DrvRoom *room, uint32_t *ret_domid,
       GError **error)
{
    uint32_t domid = (uint32_t)-1;
    const DrvOrigin *origin = birth->origin;
    if (!origin->create(birth->xen, birth->domain, config, &domid, birth->data, error)) {
        destroy_quietly(birth->xen, domid);
        return FALSE;
    }
    drv_room_clear(room);
    keep_macs(birth->def, config);
    birth->def->live.id = (int)domid;
    if ((origin->settle && !origin->settle(birth->domain, birth->def, birth->data, error)) ||
        !drv_lease_take(birth->driver, birth->def, error) ||
        !drv_graphics_limit(birth->def, (int)domid, error) ||
        !drv_iotune_limit(birth->def, (int)domid, error)) {
        destroy_quietly(birth->xen, domid);
        return FALSE;
    }
    *ret_domid = domid;
    return TRUE;
}

/* Builds the guest, paused. */
static gboolean
build(const Birth *birth, uint32_t *ret_domid, GError **error)
{
    libxl_domain_config config;
    g_auto(DrvHost) host = { 0 };
    g_auto(DrvRoom) room = DRV_ROOM_INIT;
    drv_channels_resolve(birth->def);
    drv_usb_guest_complete(birth->def);
    drv_genid_make(birth->def);
    g_autoptr(DomDef) bound = dom_def_copy(birth->def);
    drv_monitors_prepare(bound);
    drv_host_read(&host, birth->xen);
    if (!drv_hook_run(DRV_HOOK_PREPARE, birth->def, error) ||
        !drv_storage_check(birth->def, error) || !drv_network_resolve(bound, error) ||
        !drv_graphics_resolve(bound, error) ||
        !drv_ports_take(birth->driver, birth->def, bound, error) ||
        !drv_serials_resolve(birth->def, bound, error) ||
        !bind_domain_config(bound, &host.host, &config, error)) {
        return FALSE;
    }
    drv_channels_number(&config);
    gboolean built = drv_usb_guest_prepare(birth->driver, birth->xen, birth->def, error) &&
                     drv_pci_host_take(birth->driver, birth->xen, birth->def, error) &&
                     drv_room_make(&room, birth->driver, birth->xen, &config, error) &&
                     drv_hook_run(DRV_HOOK_START, birth->def, error) &&
                     create(birth, &config, &room, ret_domid, error);
    libxl_domain_config_dispose(&config);
    return built;
}

/* From now on the domain is the one with this id. Its stored definition stays. */
static void
take_running(Birth *birth)
{
    DrvDomain *domain = birth->domain;
    DomDef *live = g_steal_pointer(&birth->def);
    live->live.restart = 0;
    DRV_DOMAIN_LOCKED(domain);
    if (domain->persistent && !domain->next) {
        domain->next = g_steal_pointer(&domain->def);
    }
    dom_def_free(domain->def);
    domain->def = live;
    domain->foreign = FALSE;
    domain->target_known = FALSE;
    domain->tainted = 0;
    domain->model = DRV_MODEL_FINE;
    drv_domains_set_id(birth->driver->domains, domain, live->live.id);
    if (!birth->restart) {
        domain->state = VIR_DOMAIN_PAUSED;
        domain->reason = VIR_DOMAIN_PAUSED_STARTING_UP;
    }
}

static gboolean
let_run(const Birth *birth, uint32_t domid, GError **error)
{
    if (birth->flags & DRV_START_PAUSED) {
        drv_guest_set_state(birth->driver, birth->domain, VIR_DOMAIN_PAUSED,
                            VIR_DOMAIN_PAUSED_USER);
        return TRUE;
    }
    if (libxl_domain_unpause(birth->xen->ctx, domid, NULL) != 0) {
        return drv_xen_fail(birth->xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen built the guest but does not let it run"));
    }
    drv_guest_set_state(birth->driver, birth->domain, VIR_DOMAIN_RUNNING, birth->origin->running);
    return TRUE;
}

void
drv_guest_let_go(DrvDriver *driver, DomDef *def)
{
    drv_hook_tell(DRV_HOOK_STOPPED, def);
    drv_lease_drop(driver, def);
    drv_ports_drop(def);
    drv_monitors_forget(def);
    drv_hook_tell(DRV_HOOK_RELEASE, def);
}

/* A definition that does not run, or not yet, holds nothing, wherever it was copied from. */
static void
forget_holdings(DomDef *def)
{
    def->live.id = -1;
    def->live.leased = FALSE;
    def->live.vnc_kept = 0;
    def->live.spice_kept = 0;
}

/* A copy of what runs, for what is done with nothing locked. NULL for a foreign guest. */
static DomDef *
copy_of_run(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->foreign || domain->id < 0 ? NULL : dom_def_copy(domain->def);
}

/* Not of a guest that is left paused: its CPUs have not run. */
static gboolean
tell_started(const Birth *birth, GError **error)
{
    g_autoptr(DomDef) def =
        birth->flags & DRV_START_PAUSED || !drv_hook_wanted() ? NULL : copy_of_run(birth->domain);
    return !def || drv_hook_run(DRV_HOOK_STARTED, def, error);
}

static void
tell_birth(const Birth *birth, int id)
{
    drv_event_lifecycle(birth->driver, birth->domain, id, VIR_DOMAIN_EVENT_STARTED,
                        birth->origin->started);
    if (birth->flags & DRV_START_PAUSED) {
        drv_event_lifecycle(birth->driver, birth->domain, id, VIR_DOMAIN_EVENT_SUSPENDED,
                            birth->origin->suspended);
    } else if (birth->origin->resumed) {
        drv_event_lifecycle(birth->driver, birth->domain, id, VIR_DOMAIN_EVENT_RESUMED,
                            birth->origin->resumed);
    }
    /* it may have ended before anybody knew its id */
    drv_watcher_wake(birth->driver->watcher);
}

/* Between two lives the domain is still active for clients. Returns the id that it had. */
static int
leave_life(DrvDriver *driver, DrvDomain *domain)
{
    g_autoptr(DomDef) ran = copy_of_run(domain);
    int id;
    {
        DRV_DOMAIN_LOCKED(domain);
        id = domain->id;
        drv_domains_await_id(domain);
        if (domain->state != VIR_DOMAIN_RUNNING) {
            domain->state = VIR_DOMAIN_RUNNING;
            domain->reason = VIR_DOMAIN_RUNNING_BOOTED;
        }
    }
    if (ran) {
        drv_guest_let_go(driver, ran);
    }
    return id;
}

/* The guest that was taken for the domain's failed before anybody heard of it. */
static void
take_back(const Birth *birth, uint32_t domid)
{
    if (birth->restart) {
        drv_note_restart(birth->driver, birth->domain);
    }
    destroy_quietly(birth->xen, domid);
    if (birth->restart) {
        leave_life(birth->driver, birth->domain);
    } else {
        drv_guest_ended(birth->driver, birth->domain, VIR_DOMAIN_SHUTOFF_FAILED,
                        VIR_DOMAIN_EVENT_STOPPED_FAILED);
    }
}

/* The note stays of one that is tried once more. */
static void
miscarry(const Birth *birth)
{
    drv_domain_did_not_start(birth->domain);
    drv_guest_let_go(birth->driver, birth->def);
    drv_pci_host_drop(birth->driver, birth->def);
    if (!birth->restart) {
        drv_store_delete_running(birth->driver->store, birth->def->general.name);
    }
}

static gboolean
bear(Birth *birth, GError **error)
{
    uint32_t domid = 0;
    forget_holdings(birth->def);
    birth->def->live.restart = birth->restart;
    /* before the administrator's script hears of it, which is to hear of its end, too */
    drv_note_birth(birth->driver, birth->def);
    if (!build(birth, &domid, error)) {
        miscarry(birth);
        return FALSE;
    }
    store_userdata(birth->xen, domid, birth->def);
    if (!birth->origin->settle) {
        drv_note_birth(birth->driver, birth->def);
    }
    take_running(birth);
    if (!birth->restart) {
        drv_driver_count_running(birth->driver, 1);
    }
    gboolean runs = let_run(birth, domid, error);
    if (runs && birth->origin->begun) {
        birth->origin->begun(birth->domain, birth->data);
    }
    if (!runs || !tell_started(birth, error)) {
        take_back(birth, domid);
        return FALSE;
    }
    tell_birth(birth, (int)domid);
    return TRUE;
}

gboolean
drv_guest_start_from(DrvDriver *driver, DrvDomain *domain, DomDef *def, const DrvOrigin *origin,
                     gpointer data, DrvStartFlags flags, GError **error)
{
    g_autoptr(DomDef) owned = def;
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    Birth birth = {
        .driver = driver,
        .xen = xen,
        .domain = domain,
        .def = g_steal_pointer(&owned),
        .restart = MAX(who->def->id, 0),
        .origin = origin ? origin : &booted,
        .data = data,
        .flags = flags,
    };
    gboolean born = bear(&birth, error);
    dom_def_free(birth.def);
    return born;
}

static gboolean
boot(DrvDriver *driver, DrvDomain *domain, DomDef *def, DrvStartFlags flags, GError **error)
{
    return drv_guest_start_from(driver, domain, def, &booted, NULL, flags, error);
}

gboolean
drv_guest_start(DrvDriver *driver, DrvDomain *domain, DrvStartFlags flags, GError **error)
{
    DomDef *def = NULL;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->id >= 0) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' is running already"),
                            domain->name);
        }
        def = dom_def_copy(domain->def);
    }
    return boot(driver, domain, def, flags, error);
}

void
drv_guest_ended(DrvDriver *driver, DrvDomain *domain, int reason, int detail)
{
    g_autofree char *name = NULL;
    g_autoptr(DomDef) ran = copy_of_run(domain);
    gboolean persistent;
    int id;
    if (ran) {
        /* before anybody sees that it is off, and starts another guest on its disks */
        drv_lease_drop(driver, ran);
        drv_pci_host_drop(driver, ran);
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        id = drv_domain_shown_id(domain);
        if (id < 0) {
            return;
        }
        name = g_strdup(domain->name);
        persistent = domain->persistent;
        drv_domains_set_id(driver->domains, domain, -1);
        forget_holdings(domain->def);
        domain->settled_id = -1;
        domain->foreign = FALSE;
        domain->owner = NULL;
        domain->state = VIR_DOMAIN_SHUTOFF;
        domain->reason = reason;
        if (domain->next) {
            dom_def_free(domain->def);
            domain->def = g_steal_pointer(&domain->next);
        }
    }
    if (ran) {
        drv_guest_let_go(driver, ran);
    }
    drv_store_delete_running(driver->store, name);
    drv_driver_count_running(driver, -1);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_STOPPED, detail);
    if (!persistent) {
        drv_domains_remove(driver->domains, domain);
    }
}

static gboolean
destroy_on_xen(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    if (!xen) {
        return FALSE;
    }
    int rc = libxl_domain_destroy(xen->ctx, (uint32_t)id, NULL);
    /* gone without us is as good */
    if (rc != 0 && libxl_domain_info(xen->ctx, NULL, (uint32_t)id) != ERROR_DOMAIN_NOTFOUND) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot destroy the domain with id %d"), id);
    }
    return TRUE;
}

gboolean
drv_guest_destroy(DrvDriver *driver, DrvDomain *domain, int reason, int detail, GError **error)
{
    drv_note_end(driver, domain, reason);
    if (!destroy_on_xen(driver, domain, error)) {
        drv_note_running(driver, domain);
        return FALSE;
    }
    drv_guest_ended(driver, domain, reason, detail);
    return TRUE;
}

/* A guest that asked for a reboot ran a moment ago: what fails now, such as a hotplug script that a
 * busy host did not run in time, is tried once more. */
static gboolean
boot_again(DrvDriver *driver, DrvDomain *domain, DrvStartFlags flags, GError **error)
{
    g_autoptr(GError) first = NULL;
    if (boot(driver, domain, drv_domain_copy_def(domain), flags, &first)) {
        return TRUE;
    }
    VIR_WARN("%s; trying once more", first->message);
    return boot(driver, domain, drv_domain_copy_def(domain), flags, error);
}

gboolean
drv_guest_restart(DrvDriver *driver, DrvDomain *domain, int detail, GError **error)
{
    drv_note_restart(driver, domain);
    if (!destroy_on_xen(driver, domain, error)) {
        drv_note_running(driver, domain);
        return FALSE;
    }
    return drv_guest_start_again(driver, domain, detail, error);
}

gboolean
drv_guest_start_again(DrvDriver *driver, DrvDomain *domain, int detail, GError **error)
{
    DrvStartFlags flags = drv_domain_is_held(domain) ? DRV_START_PAUSED : 0;
    int id = leave_life(driver, domain);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_STOPPED, detail);
    if (!boot_again(driver, domain, flags, error)) {
        drv_guest_ended(driver, domain, VIR_DOMAIN_SHUTOFF_FAILED, VIR_DOMAIN_EVENT_STOPPED_FAILED);
        return FALSE;
    }
    return TRUE;
}

void
drv_guest_set_state(DrvDriver *driver, DrvDomain *domain, int state, int reason)
{
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->state = state;
        domain->reason = reason;
    }
    drv_note_running(driver, domain);
}

typedef int (*Switch)(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how);

static int
switch_cpus(DrvDriver *driver, DrvDomain *domain, Switch func, const char *failure, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    if (!xen) {
        return -1;
    }
    if (func(xen->ctx, (uint32_t)id, NULL) != 0) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, "%s", failure);
        return -1;
    }
    return id;
}

static int
state_of(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->state;
}

/* The CPUs of a guest that sleeps are stopped otherwise. */
static gboolean
check_awake(DrvDomain *domain, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->state != VIR_DOMAIN_PMSUSPENDED ||
           drv_fail(error, VIR_ERR_OPERATION_INVALID,
                    _("domain '%s' sleeps: wake it first (virsh dompmwakeup)"), domain->name);
}

gboolean
drv_guest_pause(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    if (state_of(domain) == VIR_DOMAIN_PAUSED) {
        return TRUE;
    }
    if (!check_awake(domain, error)) {
        return FALSE;
    }
    int id =
        switch_cpus(driver, domain, libxl_domain_pause, _("Xen cannot pause the domain"), error);
    if (id < 0) {
        return FALSE;
    }
    drv_guest_set_state(driver, domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_SUSPENDED,
                        VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return TRUE;
}

gboolean
drv_guest_unpause(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    if (state_of(domain) == VIR_DOMAIN_RUNNING) {
        return TRUE;
    }
    if (!check_awake(domain, error)) {
        return FALSE;
    }
    int id =
        switch_cpus(driver, domain, libxl_domain_unpause, _("Xen cannot resume the domain"), error);
    if (id < 0) {
        return FALSE;
    }
    drv_guest_set_state(driver, domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_RESUMED,
                        VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return TRUE;
}
