/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/error.h"
#include "driver/job.h"
#include "driver/text.h"

static gboolean
job_enter(DrvDomain *domain, const char *what, gint64 patience, GError **error)
{
    gint64 now = g_get_monotonic_time();
    gint64 end = patience > G_MAXINT64 - now ? G_MAXINT64 : now + patience;
    DRV_DOMAIN_LOCKED(domain);
    while (domain->job && !domain->gone) {
        if (!g_cond_wait_until(&domain->job_over, &domain->lock, end) && domain->job) {
            return drv_fail(error, VIR_ERR_OPERATION_TIMEOUT,
                            _("cannot start job '%s' on domain '%s': its job '%s' is not over"),
                            what, domain->name, domain->job);
        }
    }
    if (domain->gone) {
        return drv_fail(error, VIR_ERR_NO_DOMAIN, _("domain '%s' is no longer there"),
                        domain->name);
    }
    domain->job = what;
    return TRUE;
}

static void
job_leave(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    domain->job = NULL;
    domain->jobs++;
    g_cond_broadcast(&domain->job_over);
}

gboolean
drv_job_run(DrvDomain *domain, const char *what, gint64 patience, DrvJobFunc func, gpointer data,
            GError **error)
{
    if (!job_enter(domain, what, patience, error)) {
        return FALSE;
    }
    gboolean done = func(domain, data, error);
    job_leave(domain);
    return done;
}
