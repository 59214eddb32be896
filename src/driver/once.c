/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/jobs.h"
#include "driver/managed.h"
#include "driver/once.h"
#include "driver/text.h"

typedef struct {
    DrvDriver *driver;
    DrvOnce *once;
} Run;

static gboolean
check(DrvDomain *domain, const DrvOnce *once, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id >= 0) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' is running already"),
                        domain->name);
    }
    if (!g_str_equal(domain->name, once->def->general.name)) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("the uuid of '%s' belongs to domain '%s'"), once->def->general.name,
                        domain->name);
    }
    if (domain->saved && !once->drop_saved) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has a managed save image: start it from that, or remove it "
                          "with: virsh managedsave-remove %s"),
                        domain->name, domain->name);
    }
    return TRUE;
}

static gboolean
run_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Run *run = data;
    DrvOnce *once = run->once;
    if (!check(domain, once, error) ||
        (once->drop_saved && !drv_managed_remove(run->driver, domain, error))) {
        return FALSE;
    }
    return drv_guest_start_from(run->driver, domain, g_steal_pointer(&once->def), once->origin,
                                once->data, once->flags, error);
}

DrvDomain *
drv_once_run(DrvDriver *driver, DrvOnce *once, GError **error)
{
    Run run = { driver, once };
    unsigned char uuid[VIR_UUID_BUFLEN];
    gboolean added = FALSE;
    g_autoptr(DrvDomain) domain =
        drv_def_uuid(once->def, uuid) ? drv_domains_by_uuid(driver->domains, uuid) : NULL;
    if (!domain) {
        domain = drv_domain_new(dom_def_copy(once->def), error);
        added = domain && drv_domains_add(driver->domains, domain, error);
        if (!added) {
            return NULL;
        }
    }
    if (!drv_jobs_run(driver, domain, once->what, run_job, &run, error)) {
        if (added) {
            drv_domains_remove(driver->domains, domain);
        }
        return NULL;
    }
    return g_steal_pointer(&domain);
}
