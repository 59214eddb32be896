/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/api.h"
#include "driver/events.h"
#include "driver/late.h"

#include "datatypes.h"
#include "domain_event.h"
#include "viraccessapicheck.h"
#include "viraccessapicheckqemu.h"

void
drv_event_lifecycle(DrvDriver *driver, DrvDomain *domain, int id, int type, int detail)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    drv_late_send(driver, who->def->uuid,
                  virDomainEventLifecycleNew(id, who->def->name, who->def->uuid, type, detail));
}

void
drv_event_reboot(DrvDriver *driver, DrvDomain *domain, int id)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    drv_late_send(driver, who->def->uuid,
                  virDomainEventRebootNew(id, who->def->name, who->def->uuid));
}

/* The handle that libvirt's makers of events want; they read id, name and uuid of it. */
static virDomain
handle_of(const DrvIdentity *who, int id)
{
    virDomain handle = { .id = id, .name = who->def->name };
    memcpy(handle.uuid, who->def->uuid, VIR_UUID_BUFLEN);
    return handle;
}

void
drv_event_control_error(DrvDriver *driver, DrvDomain *domain, int id)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, id);
    virObjectEventStateQueue(driver->events, virDomainEventControlErrorNewFromDom(&handle));
}

void
drv_event_device_added(DrvDriver *driver, DrvDomain *domain, int id, const char *alias)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, id);
    virObjectEventStateQueue(driver->events, virDomainEventDeviceAddedNewFromDom(&handle, alias));
}

void
drv_event_device_removed(DrvDriver *driver, DrvDomain *domain, int id, const char *alias)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, id);
    virObjectEventStateQueue(driver->events, virDomainEventDeviceRemovedNewFromDom(&handle, alias));
}

void
drv_event_balloon_change(DrvDriver *driver, DrvDomain *domain, int id, guint64 kib)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, id);
    virObjectEventStateQueue(driver->events, virDomainEventBalloonChangeNewFromDom(&handle, kib));
}

void
drv_event_agent(DrvDriver *driver, DrvDomain *domain, int id, int state)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, id);
    virObjectEventStateQueue(
        driver->events,
        virDomainEventAgentLifecycleNewFromDom(
            &handle, state, VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL));
}

void
drv_event_job_completed(DrvDriver *driver, DrvDomain *domain, virTypedParameterPtr params,
                        int nparams)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, who->def->id);
    virObjectEventStateQueue(driver->events,
                             virDomainEventJobCompletedNewFromDom(&handle, params, nparams));
}

void
drv_event_tunable(DrvDriver *driver, virDomainPtr dom, virTypedParameterPtr params, int n)
{
    virObjectEventStateQueue(driver->events, virDomainEventTunableNewFromDom(dom, &params, n));
}

void
drv_event_tunable_text(DrvDriver *driver, virDomainPtr dom, const char *name, const char *value)
{
    virTypedParameterPtr params = NULL;
    int n = 0, room = 0;
    if (virTypedParamsAddString(&params, &n, &room, name, value) == 0) {
        drv_event_tunable(driver, dom, params, n);
    }
}

/* Twice: clients have asked for what backs the disk, or for its name. */
void
drv_event_block_job(DrvDriver *driver, DrvDomain *domain, const DomDisk *disk, int type, int status)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    virDomain handle = handle_of(who, who->def->id);
    virObjectEventStateQueue(
        driver->events,
        virDomainEventBlockJobNewFromDom(&handle, disk->target ? disk->target : "", type, status));
    virObjectEventStateQueue(driver->events,
                             virDomainEventBlockJob2NewFromDom(&handle, disk->vdev, type, status));
}

void
drv_event_metadata(DrvDriver *driver, virDomainPtr dom, int type, const char *uri)
{
    virObjectEventStateQueue(driver->events,
                             virDomainEventMetadataChangeNewFromDom(dom, type, uri));
}

void
drv_event_renamed(DrvDriver *driver, DrvDomain *domain, const DrvIdentity *before)
{
    const virDomainDef *old = before->def;
    drv_late_send(driver, old->uuid,
                  virDomainEventLifecycleNew(old->id, old->name, old->uuid,
                                             VIR_DOMAIN_EVENT_UNDEFINED,
                                             VIR_DOMAIN_EVENT_UNDEFINED_RENAMED));
    drv_event_lifecycle(driver, domain, old->id, VIR_DOMAIN_EVENT_DEFINED,
                        VIR_DOMAIN_EVENT_DEFINED_RENAMED);
}

int
drv_connect_domain_event_register(virConnectPtr conn, virConnectDomainEventCallback callback,
                                  void *opaque, virFreeCallback free_opaque)
{
    DrvDriver *driver = drv_driver_of(conn);
    if (virConnectDomainEventRegisterEnsureACL(conn) < 0) {
        return -1;
    }
    if (virDomainEventStateRegister(conn, driver->events, callback, opaque, free_opaque) < 0) {
        return -1;
    }
    drv_late_listen(driver);
    return 0;
}

int
drv_connect_domain_event_deregister(virConnectPtr conn, virConnectDomainEventCallback callback)
{
    DrvDriver *driver = drv_driver_of(conn);
    if (virConnectDomainEventDeregisterEnsureACL(conn) < 0) {
        return -1;
    }
    return virDomainEventStateDeregister(conn, driver->events, callback) < 0 ? -1 : 0;
}

int
drv_connect_domain_event_register_any(virConnectPtr conn, virDomainPtr dom, int event_id,
                                      virConnectDomainEventGenericCallback callback, void *opaque,
                                      virFreeCallback free_opaque)
{
    DrvDriver *driver = drv_driver_of(conn);
    int callback_id = -1;
    if (virConnectDomainEventRegisterAnyEnsureACL(conn) < 0) {
        return -1;
    }
    if (virDomainEventStateRegisterID(conn, driver->events, dom, event_id, callback, opaque,
                                      free_opaque, &callback_id) < 0) {
        return -1;
    }
    if (event_id == VIR_DOMAIN_EVENT_ID_LIFECYCLE) {
        drv_late_listen(driver);
    }
    return callback_id;
}

int
drv_connect_domain_event_deregister_any(virConnectPtr conn, int callback_id)
{
    DrvDriver *driver = drv_driver_of(conn);
    if (virConnectDomainEventDeregisterAnyEnsureACL(conn) < 0) {
        return -1;
    }
    return virObjectEventStateDeregisterID(conn, driver->events, callback_id, true) < 0 ? -1 : 0;
}

int
drv_connect_domain_qemu_monitor_event_register(virConnectPtr conn, virDomainPtr dom,
                                               const char *event,
                                               virConnectDomainQemuMonitorEventCallback callback,
                                               void *opaque, virFreeCallback free_opaque,
                                               unsigned int flags)
{
    DrvDriver *driver = drv_driver_of(conn);
    int callback_id = -1;
    if (virConnectDomainQemuMonitorEventRegisterEnsureACL(conn) < 0) {
        return -1;
    }
    if (virDomainQemuMonitorEventStateRegisterID(conn, driver->events, dom, event, callback, opaque,
                                                 free_opaque, flags, &callback_id) < 0) {
        return -1;
    }
    return callback_id;
}

int
drv_connect_domain_qemu_monitor_event_deregister(virConnectPtr conn, int callback_id)
{
    DrvDriver *driver = drv_driver_of(conn);
    if (virConnectDomainQemuMonitorEventDeregisterEnsureACL(conn) < 0) {
        return -1;
    }
    return virObjectEventStateDeregisterID(conn, driver->events, callback_id, true) < 0 ? -1 : 0;
}
