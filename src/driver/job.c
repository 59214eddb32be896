/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/error.h"
#include "driver/job.h"
#include "driver/migrate_channel.h"
#include "driver/text.h"

gboolean
drv_job_enter(DrvDomain *domain, const char *what, gint64 patience, GError **error)
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
    domain->job_info = (DrvJobInfo){ .began = g_get_monotonic_time() };
    domain->job_cancelled = FALSE;
    return TRUE;
}

void
drv_job_leave(DrvDomain *domain, gboolean succeeded)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->job_info.operation != VIR_DOMAIN_JOB_OPERATION_UNKNOWN) {
        domain->job_completed = domain->job_info;
        domain->job_completed.took = g_get_monotonic_time() - domain->job_info.began;
        domain->job_completed.succeeded = succeeded;
    }
    domain->job = NULL;
    domain->job_info = (DrvJobInfo){ 0 };
    domain->jobs++;
    g_cond_broadcast(&domain->job_over);
}

gboolean
drv_job_run(DrvDomain *domain, const char *what, gint64 patience, DrvJobFunc func, gpointer data,
            GError **error)
{
    if (!drv_job_enter(domain, what, patience, error)) {
        return FALSE;
    }
    gboolean done = func(domain, data, error);
    drv_job_leave(domain, done);
    return done;
}

void
drv_job_measure(DrvDomain *domain, int operation, guint64 total)
{
    DRV_DOMAIN_LOCKED(domain);
    domain->job_info.operation = operation;
    domain->job_info.total = total;
}

void
drv_job_moved(guint64 done, gpointer data)
{
    DrvDomain *domain = data;
    DRV_DOMAIN_LOCKED(domain);
    domain->job_info.done = done;
}

/* The lock is held. */
static void
count_moved(DrvDomain *domain)
{
    if (domain->channel) {
        domain->job_info.done = drv_channel_moved(domain->channel);
    }
}

void
drv_job_watch(DrvDomain *domain, DrvChannel *channel, guint64 speed)
{
    DRV_DOMAIN_LOCKED(domain);
    count_moved(domain);
    domain->channel = channel;
    if (channel) {
        drv_channel_limit(channel, speed > 0 ? speed : domain->speed);
    }
}

gboolean
drv_job_allow_cancel(DrvDomain *domain, DrvJobCancel func, gpointer data, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->job_cancelled) {
        return drv_fail(error, VIR_ERR_OPERATION_ABORTED,
                        _("job '%s' of domain '%s' was aborted by the client"), domain->job,
                        domain->name);
    }
    domain->job_cancel = func;
    domain->job_cancel_data = data;
    return TRUE;
}

void
drv_job_forbid_cancel(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    domain->job_cancel = NULL;
    while (domain->job_cancelling) {
        g_cond_wait(&domain->job_over, &domain->lock);
    }
}

gboolean
drv_job_cancel(DrvDomain *domain, GError **error)
{
    DrvJobCancel func;
    gpointer data;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!domain->job) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("domain '%s' has no job that could be aborted"), domain->name);
        }
        if (!domain->job_cancel) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("job '%s' of domain '%s' cannot be aborted"), domain->job,
                            domain->name);
        }
        domain->job_cancelled = TRUE;
        if (domain->job_cancelling) {
            return TRUE;
        }
        domain->job_cancelling = TRUE;
        func = domain->job_cancel;
        data = domain->job_cancel_data;
    }
    func(data);
    DRV_DOMAIN_LOCKED(domain);
    domain->job_cancelling = FALSE;
    g_cond_broadcast(&domain->job_over);
    return TRUE;
}

void
drv_job_look(DrvDomain *domain, DrvJobInfo *ret_info)
{
    DRV_DOMAIN_LOCKED(domain);
    count_moved(domain);
    *ret_info = domain->job_info;
    if (ret_info->began) {
        ret_info->took = g_get_monotonic_time() - ret_info->began;
    }
}

void
drv_job_look_back(DrvDomain *domain, gboolean keep, DrvJobInfo *ret_info)
{
    DRV_DOMAIN_LOCKED(domain);
    *ret_info = domain->job_completed;
    if (!keep) {
        domain->job_completed = (DrvJobInfo){ 0 };
    }
}
