/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that look at the job of a domain and end it. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/events.h"
#include "driver/jobs.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* What a job's numbers are to libvirt. Times in ms, data in bytes. */
typedef struct {
    virDomainJobType type;
    guint64 elapsed;
    guint64 left; /* until its end, about; counts for VIR_DOMAIN_JOB_BOUNDED */
    guint64 total, processed, remaining;
    guint64 speed; /* per second */
} Figures;

static virDomainJobType
type_of_ended(const DrvJobInfo *info)
{
    return info->succeeded ? VIR_DOMAIN_JOB_COMPLETED : VIR_DOMAIN_JOB_FAILED;
}

/* A stream is a little more than the memory that it carries. */
static void
set_data(Figures *figures, const DrvJobInfo *info)
{
    figures->processed = info->done;
    figures->total = MAX(info->total, info->done);
    figures->remaining = info->succeeded ? 0 : figures->total - info->done;
    if (info->took > 0) {
        figures->speed = (guint64)((double)info->done * G_USEC_PER_SEC / (double)info->took);
    }
    if (figures->speed > 0) {
        figures->left = figures->remaining * 1000 / figures->speed;
    }
}

static void
figures_running(Figures *figures, const DrvJobInfo *info)
{
    *figures = (Figures){ .elapsed = (guint64)info->took / 1000 };
    set_data(figures, info);
    if (!info->began) {
        figures->type = VIR_DOMAIN_JOB_NONE;
    } else {
        figures->type = figures->speed > 0 ? VIR_DOMAIN_JOB_BOUNDED : VIR_DOMAIN_JOB_UNBOUNDED;
    }
}

static void
figures_ended(Figures *figures, const DrvJobInfo *info)
{
    *figures = (Figures){ .elapsed = (guint64)info->took / 1000 };
    set_data(figures, info);
    figures->left = 0;
    figures->type = info->began ? type_of_ended(info) : VIR_DOMAIN_JOB_NONE;
}

typedef struct {
    virTypedParameterPtr params;
    int n, max;
} Params;

/* Fails only for a name that is too long, which none is. */
static void
add_ull(Params *list, const char *name, guint64 value)
{
    ignore_value(virTypedParamsAddULLong(&list->params, &list->n, &list->max, name, value));
}

/* The numbers of data are the memory's: a guest's disks are not saved. */
static void
add_figures(Params *list, const Figures *figures)
{
    const struct {
        const char *name;
        guint64 value;
    } rows[] = {
        { VIR_DOMAIN_JOB_DATA_TOTAL, figures->total },
        { VIR_DOMAIN_JOB_DATA_PROCESSED, figures->processed },
        { VIR_DOMAIN_JOB_DATA_REMAINING, figures->remaining },
        { VIR_DOMAIN_JOB_MEMORY_TOTAL, figures->total },
        { VIR_DOMAIN_JOB_MEMORY_PROCESSED, figures->processed },
        { VIR_DOMAIN_JOB_MEMORY_REMAINING, figures->remaining },
        { VIR_DOMAIN_JOB_MEMORY_BPS, figures->speed },
    };
    add_ull(list, VIR_DOMAIN_JOB_TIME_ELAPSED, figures->elapsed);
    if (figures->type == VIR_DOMAIN_JOB_BOUNDED) {
        add_ull(list, VIR_DOMAIN_JOB_TIME_REMAINING, figures->left);
    }
    for (gsize i = 0; figures->total > 0 && i < G_N_ELEMENTS(rows); i++) {
        add_ull(list, rows[i].name, rows[i].value);
    }
}

/* (transfer full) */
static virTypedParameterPtr
make_params(const DrvJobInfo *info, const Figures *figures, int *ret_n)
{
    Params list = { 0 };
    ignore_value(virTypedParamsAddInt(&list.params, &list.n, &list.max, VIR_DOMAIN_JOB_OPERATION,
                                      info->operation));
    add_figures(&list, figures);
    if (figures->type == VIR_DOMAIN_JOB_COMPLETED || figures->type == VIR_DOMAIN_JOB_FAILED) {
        ignore_value(virTypedParamsAddBoolean(&list.params, &list.n, &list.max,
                                              VIR_DOMAIN_JOB_SUCCESS, info->succeeded));
    }
    *ret_n = list.n;
    return list.params;
}

int
drv_domain_get_job_info(virDomainPtr dom, virDomainJobInfoPtr info)
{
    DrvJobInfo job;
    Figures figures;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetJobInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    drv_job_look(domain, &job);
    figures_running(&figures, &job);
    *info = (virDomainJobInfo){
        .type = figures.type,
        .timeElapsed = figures.elapsed,
        .timeRemaining = figures.type == VIR_DOMAIN_JOB_BOUNDED ? figures.left : 0,
        .dataTotal = figures.total,
        .dataProcessed = figures.processed,
        .dataRemaining = figures.remaining,
        .memTotal = figures.total,
        .memProcessed = figures.processed,
        .memRemaining = figures.remaining,
    };
    return 0;
}

int
drv_domain_get_job_stats(virDomainPtr dom, int *type, virTypedParameterPtr *params, int *nparams,
                         unsigned int flags)
{
    DrvJobInfo job;
    Figures figures;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetJobStatsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (flags & VIR_DOMAIN_JOB_STATS_COMPLETED) {
        drv_job_look_back(domain, (flags & VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED) != 0, &job);
        figures_ended(&figures, &job);
    } else {
        drv_job_look(domain, &job);
        figures_running(&figures, &job);
    }
    *type = figures.type;
    *params = NULL;
    *nparams = 0;
    if (figures.type != VIR_DOMAIN_JOB_NONE) {
        *params = make_params(&job, &figures, nparams);
    }
    return 0;
}

/* POSTCOPY is about a kind of migration that Xen does not have. */
int
drv_domain_abort_job_flags(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainAbortJobFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return drv_job_cancel(domain, &error) ? 0 : drv_raise(&error);
}

int
drv_domain_abort_job(virDomainPtr dom)
{
    return drv_domain_abort_job_flags(dom, 0);
}

static void
tell_completed(DrvDriver *driver, DrvDomain *domain)
{
    DrvJobInfo job;
    Figures figures;
    int n;
    drv_job_look_back(domain, TRUE, &job);
    figures_ended(&figures, &job);
    virTypedParameterPtr params = make_params(&job, &figures, &n);
    drv_event_job_completed(driver, domain, params, n);
}

static gboolean
is_long(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->job_info.operation != VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
}

void
drv_jobs_leave(DrvDriver *driver, DrvDomain *domain, gboolean succeeded)
{
    gboolean told = is_long(domain);
    drv_job_leave(domain, succeeded);
    if (told) {
        tell_completed(driver, domain);
    }
}

gboolean
drv_jobs_run(DrvDriver *driver, DrvDomain *domain, const char *what, DrvJobFunc func, gpointer data,
             GError **error)
{
    if (!drv_job_enter(domain, what, DRV_JOB_PATIENCE, error)) {
        return FALSE;
    }
    gboolean done = func(domain, data, error);
    drv_jobs_leave(driver, domain, done);
    return done;
}

void
drv_jobs_measure(DrvDomain *domain, int operation, DrvXen *xen, int id)
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    gboolean known = libxl_domain_info(xen->ctx, &info, (uint32_t)id) == 0;
    drv_job_measure(domain, operation, known ? info.current_memkb * 1024 : 0);
    libxl_dominfo_dispose(&info);
}
