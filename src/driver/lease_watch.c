/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/job.h"
#include "driver/lease.h"
#include "driver/lease_watch.h"
#include "driver/note.h"

VIR_LOG_INIT("libxl.lease_watch");

static gboolean
is_leased(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->id > 0 && domain->def->live.leased;
}

void
drv_lease_watch_begin(DrvProcesses *holders, DrvDriver *driver, int id)
{
    if (!drv_lease_has_holders(driver) || drv_processes_has(holders, id)) {
        return;
    }
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    pid_t pid = domain && is_leased(domain) ? drv_lease_holder(domain->uuid) : 0;
    if (pid > 0) {
        drv_processes_add(holders, id, pid);
    }
}

/* A guest that has ended, or was sent away, holds nothing any more. */
static gboolean
renew_job(DrvDomain *domain, gpointer data, GError **error G_GNUC_UNUSED)
{
    DrvDriver *driver = data;
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    if (!is_leased(domain)) {
        return TRUE;
    }
    drv_lease_renew(driver, def);
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->def->live.leased = def->live.leased;
    }
    drv_note_running(driver, domain);
    return TRUE;
}

static void
renew_work(DrvDriver *driver, gpointer data)
{
    int id = *(int *)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    if (domain && is_leased(domain) &&
        !drv_job_run(domain, "lease", DRV_JOB_FOREVER, renew_job, driver, &error)) {
        VIR_WARN("the leases of the domain with id %d are not held: %s", id, error->message);
    }
}

void
drv_lease_watch_renew(DrvProcesses *holders, DrvDriver *driver)
{
    int id;
    while ((id = drv_processes_next_ended(holders)) >= 0) {
        drv_processes_remove(holders, id);
        drv_driver_work(driver, renew_work, g_memdup2(&id, sizeof(id)));
    }
}
