/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* What is done to a guest that no longer listens, and what it does when it stops. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* Xen cannot reset a guest: it is made anew, with another domid, as by the button of a machine. */
static gboolean
reset_job(DrvDomain *domain, gpointer data, GError **error)
{
    DrvDriver *driver = data;
    int id = drv_domain_running_id(domain, error);
    if (id < 0) {
        return FALSE;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->control) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("domain '%s' is the host's own: use the host's commands"),
                            domain->name);
        }
        if (domain->foreign) {
            return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            _("domain '%s' was made by xl, which cannot be told to make it anew: "
                              "define it with libvirt, or destroy it and use xl"),
                            domain->name);
        }
    }
    drv_event_reboot(driver, domain, id);
    return drv_guest_restart(driver, domain, VIR_DOMAIN_EVENT_STOPPED_DESTROYED, error);
}

int
drv_domain_reset(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainResetEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_job_run(domain, "reset", DRV_JOB_PATIENCE, reset_job, drv_driver_of(dom->conn),
                     &error)) {
        return drv_raise(&error);
    }
    return 0;
}

static gboolean
nmi_job(DrvDomain *domain, gpointer data, GError **error)
{
    DrvDriver *driver = data;
    int id = drv_domain_running_id(domain, error);
    if (id == 0) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("Domain-0 is the host itself, which is sent no NMI"));
    }
    g_autoptr(DrvXen) xen = id > 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    if (!xen) {
        return FALSE;
    }
    return libxl_send_trigger(xen->ctx, (uint32_t)id, LIBXL_TRIGGER_NMI, 0, NULL) == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen cannot send an NMI to domain %d"), id);
}

int
drv_domain_inject_nmi(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainInjectNMIEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_job_run(domain, "nmi", DRV_JOB_PATIENCE, nmi_job, drv_driver_of(dom->conn), &error)) {
        return drv_raise(&error);
    }
    return 0;
}

/* libvirt's actions in our words; the last two are for crashes. */
static const DomAction actions[VIR_DOMAIN_LIFECYCLE_ACTION_LAST] = {
    [VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY] = DOM_ACTION_DESTROY,
    [VIR_DOMAIN_LIFECYCLE_ACTION_RESTART] = DOM_ACTION_RESTART,
    [VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME] = DOM_ACTION_RENAME_RESTART,
    [VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE] = DOM_ACTION_PRESERVE,
    [VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY] = DOM_ACTION_COREDUMP_DESTROY,
    [VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART] = DOM_ACTION_COREDUMP_RESTART,
};

typedef struct {
    unsigned int occasion; /* virDomainLifecycle */
    unsigned int action;   /* virDomainLifecycleAction */
    DrvDomain *domain;
} Request;

static gboolean
check_foreign(DrvDomain *domain, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->foreign) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("domain '%s' was made by xl, which acts when it stops"), domain->name);
    }
    return TRUE;
}

static gboolean
edit_action(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    DomAction *const places[VIR_DOMAIN_LIFECYCLE_LAST] = {
        [VIR_DOMAIN_LIFECYCLE_POWEROFF] = &def->events.on_poweroff,
        [VIR_DOMAIN_LIFECYCLE_REBOOT] = &def->events.on_reboot,
        [VIR_DOMAIN_LIFECYCLE_CRASH] = &def->events.on_crash,
    };
    if (target == DRV_CHANGE_LIVE && !check_foreign(request->domain, error)) {
        return FALSE;
    }
    *places[request->occasion] = actions[request->action];
    return TRUE;
}

static const DrvChange change_action = { "set-lifecycle-action", edit_action, NULL };

static gboolean
check_action(unsigned int occasion, unsigned int action, GError **error)
{
    if (occasion >= VIR_DOMAIN_LIFECYCLE_LAST) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("type: unknown occasion %u"), occasion);
    }
    if (action >= VIR_DOMAIN_LIFECYCLE_ACTION_LAST ||
        (occasion != VIR_DOMAIN_LIFECYCLE_CRASH &&
         action >= VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("action: %u is none for this occasion"),
                        action);
    }
    return TRUE;
}

int
drv_domain_set_lifecycle_action(virDomainPtr dom, unsigned int type, unsigned int action,
                                unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetLifecycleActionEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    Request request = { type, action, domain };
    if (!check_action(type, action, &error) ||
        !drv_change_run(drv_driver_of(dom->conn), domain, &change_action, flags, &request,
                        &error)) {
        return drv_raise(&error);
    }
    return 0;
}
