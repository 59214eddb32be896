/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that give a domain a device, take one away, or change one. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/graphics.h"
#include "driver/hotplug.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define BOTH          (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)

typedef struct {
    DrvDriver *driver;
    DrvDevice device; /* for the guest and its definition alike */
    int id;           /* of the guest that was changed; -1: none was */
} Request;

static gboolean
edit_attach(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    return drv_device_insert(&request->device, def, error);
}

/* The device is one of the guest that runs. */
static void
be_live(Request *request, const DomDef *def)
{
    request->device.def->live = (DomLive){ .id = def->live.id, .leased = def->live.leased };
}

static gboolean
apply_attach(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    request->id = (int)domid;
    request->device.place = (int)drv_device_count(&request->device, def);
    be_live(request, def);
    return drv_hotplug_attach(request->driver, xen, domid, &request->device, error);
}

static const DrvChange change_attach = { "attach-device", edit_attach, apply_attach };

static gboolean
edit_detach(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    int place = drv_device_need(&request->device, def, error);
    if (place < 0) {
        return FALSE;
    }
    return drv_device_take_out(&request->device, def, place, error);
}

static gboolean
apply_detach(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    request->id = (int)domid;
    request->device.place = drv_device_find(&request->device, def);
    drv_device_become(&request->device, def, request->device.place);
    be_live(request, def);
    return drv_hotplug_detach(request->driver, xen, domid, &request->device, error);
}

static const DrvChange change_detach = { "detach-device", edit_detach, apply_detach };

static gboolean
edit_update(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    int place = drv_device_need(&request->device, def, error);
    if (place < 0) {
        return FALSE;
    }
    drv_device_replace(&request->device, def, place);
    return TRUE;
}

static gboolean
apply_update(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    g_auto(DrvDevice)
        before = { request->device.kind, dom_def_copy(request->device.def), request->device.place };
    drv_device_become(&before, def, drv_device_find(&before, def));
    return drv_hotplug_update(request->driver, xen, domid, &request->device, &before, error);
}

static const DrvChange change_update = { "update-device", edit_update, apply_update };

static void
tell(const Request *request, DrvDomain *domain, const DrvChange *change)
{
    g_autofree char *alias = drv_device_alias(&request->device);
    if (request->id < 0) {
        return;
    }
    drv_hotplug_settle_after(request->driver, domain, request->device.kind);
    (change == &change_attach ? drv_event_device_added : drv_event_device_removed)(
        request->driver, domain, request->id, alias);
}

/* Consumes the device. */
static int
run(DrvDomain *domain, const DrvChange *change, Request *request, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    request->id = -1;
    gboolean done = drv_change_run(request->driver, domain, change, flags, request, &error);
    if (done) {
        tell(request, domain, change);
    }
    drv_device_clear(&request->device);
    return done ? 0 : drv_raise(&error);
}

/* To take a device away, a part of its XML will do. */
static gboolean
read_device(const DomDef *def, const DrvChange *change, const char *xml, DrvDevice *ret_device,
            GError **error)
{
    g_auto(DrvDevice) device = { 0 };
    if (!drv_device_parse(def, xml, &device, error) ||
        (change != &change_detach && !drv_device_accepts(def, xml, error))) {
        return FALSE;
    }
    *ret_device = device;
    device.def = NULL;
    return TRUE;
}

static int
run_xml(virDomainPtr dom, DrvDomain *domain, const DrvChange *change, const char *xml,
        unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    /* the kind of guest, for which it is read, does not change while it has a name */
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    Request request = { .driver = drv_driver_of(dom->conn) };
    return read_device(def, change, xml, &request.device, &error)
               ? run(domain, change, &request, flags)
               : drv_raise(&error);
}

int
drv_domain_attach_device_flags(virDomainPtr dom, const char *xml, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(BOTH, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainAttachDeviceFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    return run_xml(dom, domain, &change_attach, xml, flags);
}

int
drv_domain_attach_device(virDomainPtr dom, const char *xml)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainAttachDeviceEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run_xml(dom, domain, &change_attach, xml, VIR_DOMAIN_AFFECT_LIVE);
}

int
drv_domain_detach_device_flags(virDomainPtr dom, const char *xml, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(BOTH, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainDetachDeviceFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    return run_xml(dom, domain, &change_detach, xml, flags);
}

int
drv_domain_detach_device(virDomainPtr dom, const char *xml)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainDetachDeviceEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run_xml(dom, domain, &change_detach, xml, VIR_DOMAIN_AFFECT_LIVE);
}

/* The alias of the guest that runs, or that it would have of what is stored. */
int
drv_domain_detach_device_alias(virDomainPtr dom, const char *alias, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(BOTH, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainDetachDeviceAliasEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    int id;
    unsigned int one = (flags & BOTH) == BOTH ? VIR_DOMAIN_AFFECT_LIVE : flags;
    Request request = { .driver = drv_driver_of(dom->conn) };
    g_autoptr(DomDef) def = drv_change_look(request.driver, domain, one, &id, &error);
    return def && drv_device_by_alias(def, alias, &request.device, &error)
               ? run(domain, &change_detach, &request, flags)
               : drv_raise(&error);
}

/* libxl does not ask the guest whether it lets a medium go: every change is a forced one. */
int
drv_domain_update_device_flags(virDomainPtr dom, const char *xml, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(BOTH | VIR_DOMAIN_DEVICE_MODIFY_FORCE, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainUpdateDeviceFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    return drv_graphics_is(xml) ? drv_graphics_update(dom, domain, xml, flags)
                                : run_xml(dom, domain, &change_update, xml, flags);
}
