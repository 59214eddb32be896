/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/guest.h"
#include "driver/job.h"
#include "driver/owner.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.owner");

/* The owner of a guest whose connection is closed: another one may get the same address. */
static const char nobody;

void
drv_owner_set(DrvDomain *domain, virConnectPtr conn)
{
    DRV_DOMAIN_LOCKED(domain);
    if (drv_domain_shown_id(domain) >= 0) {
        domain->owner = conn;
    }
}

static gboolean
end_job(DrvDomain *domain, gpointer data, GError **error)
{
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->id < 0 || domain->owner != &nobody) {
            return TRUE;
        }
    }
    return drv_guest_destroy(data, domain, VIR_DOMAIN_SHUTOFF_DESTROYED,
                             VIR_DOMAIN_EVENT_STOPPED_DESTROYED, error);
}

static void
end_guest(DrvDriver *driver, gpointer uuid)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = drv_domains_by_uuid(driver->domains, uuid);
    if (domain && !drv_job_run(domain, "autodestroy", DRV_JOB_FOREVER, end_job, driver, &error)) {
        VIR_ERROR("autodestroy: %s", error->message);
    }
}

void
drv_owner_gone(DrvDriver *driver, virConnectPtr conn)
{
    g_autoptr(GPtrArray) all = drv_domains_all(driver->domains);
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        DRV_DOMAIN_LOCKED(domain);
        if (domain->owner == conn) {
            domain->owner = &nobody;
            drv_driver_work(driver, end_guest, g_memdup2(domain->uuid, VIR_UUID_BUFLEN));
        }
    }
}
