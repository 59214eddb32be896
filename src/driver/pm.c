/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* A guest sleeps in its memory, where it stays on Xen, and is woken. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/events.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* The domid of a guest that sleeps, or of one that is awake; -1 with @error when it does not. */
static int
find_guest(DrvDomain *domain, gboolean asleep, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    if (id < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    if (asleep && domain->state != VIR_DOMAIN_PMSUSPENDED) {
        drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' does not sleep"), domain->name);
        return -1;
    }
    if (!asleep && (domain->control || domain->state != VIR_DOMAIN_RUNNING)) {
        drv_fail(error, VIR_ERR_OPERATION_INVALID,
                 _("domain '%s' cannot be sent to sleep: it is no guest whose CPUs run"),
                 domain->name);
        return -1;
    }
    return id;
}

static gboolean
suspend_job(DrvDomain *domain, gpointer data, GError **error)
{
    DrvDriver *driver = data;
    int id = find_guest(domain, FALSE, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    if (!xen) {
        return FALSE;
    }
    if (libxl_domain_suspend_only(xen->ctx, (uint32_t)id, NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("the domain with id %d does not go to sleep"), id);
    }
    drv_guest_set_state(driver, domain, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_PMSUSPENDED,
                        VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
    return TRUE;
}

static gboolean
check_request(unsigned int target, unsigned long long duration, GError **error)
{
    if (target != VIR_NODE_SUSPEND_TARGET_MEM) {
        return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                        _("target: a Xen guest sleeps in memory (mem); to disk, use managedsave"));
    }
    if (duration != 0) {
        return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                        _("duration: nothing wakes a Xen guest by itself: use 0 and dompmwakeup"));
    }
    return TRUE;
}

int
drv_domain_pm_suspend_for_duration(virDomainPtr dom, unsigned int target,
                                   unsigned long long duration, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainPMSuspendForDurationEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!check_request(target, duration, &error) ||
        !drv_job_run(domain, "sleep", DRV_JOB_PATIENCE, suspend_job, drv_driver_of(dom->conn),
                     &error)) {
        return drv_raise(&error);
    }
    return 0;
}

static gboolean
wakeup_job(DrvDomain *domain, gpointer data, GError **error)
{
    DrvDriver *driver = data;
    int id = find_guest(domain, TRUE, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    if (!xen) {
        return FALSE;
    }
    if (libxl_domain_resume(xen->ctx, (uint32_t)id, 1, NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot wake the domain with id %d"), id);
    }
    drv_guest_set_state(driver, domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_STARTED,
                        VIR_DOMAIN_EVENT_STARTED_WAKEUP);
    return TRUE;
}

int
drv_domain_pm_wakeup(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainPMWakeupEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_job_run(domain, "wake", DRV_JOB_PATIENCE, wakeup_job, drv_driver_of(dom->conn),
                     &error)) {
        return drv_raise(&error);
    }
    return 0;
}
