/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* What the CPU counts for a guest: its share of the cache and of the memory's bandwidth (Intel's
 * monitoring, which Xen has when it is booted with psr=cmt). */

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/job.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    const char *param;
    libxl_psr_cmt_type type;
} Event;

static const Event events[] = {
    { VIR_PERF_PARAM_CMT, LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY },
    { VIR_PERF_PARAM_MBMT, LIBXL_PSR_CMT_TYPE_TOTAL_MEM_COUNT },
    { VIR_PERF_PARAM_MBML, LIBXL_PSR_CMT_TYPE_LOCAL_MEM_COUNT },
};

/* Xen counts all that the CPU has for a guest, or nothing. */
static gboolean
is_counted(DrvXen *xen, int id, const Event *event)
{
    return id >= 0 && libxl_psr_cmt_enabled(xen->ctx) &&
           libxl_psr_cmt_type_supported(xen->ctx, event->type) &&
           libxl_psr_cmt_domain_attached(xen->ctx, (uint32_t)id);
}

int
drv_domain_get_perf_events(virDomainPtr dom, virTypedParameterPtr *params, int *n_params,
                           unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virTypedParameterPtr list = NULL;
    int count = 0, room = 0;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_TYPED_PARAM_STRING_OKAY,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetPerfEventsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(dom->conn)->hypervisor, &error);
    if (!xen) {
        return drv_raise(&error);
    }
    int id = flags & VIR_DOMAIN_AFFECT_CONFIG ? -1 : drv_domain_running_id(domain, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(events); i++) {
        if (virTypedParamsAddBoolean(&list, &count, &room, events[i].param,
                                     is_counted(xen, id, &events[i])) < 0) {
            virTypedParamsFree(list, count);
            return -1;
        }
    }
    *params = list;
    *n_params = count;
    return 0;
}

typedef struct {
    DrvDriver *driver;
    const virTypedParameter *params;
    int n_params;
} Wish;

static gboolean
check_machine(DrvXen *xen, GError **error)
{
    return libxl_psr_cmt_enabled(xen->ctx) ||
           drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("this machine's CPU cannot count cache and memory traffic, or Xen was not "
                      "booted with psr=cmt"));
}

/* One wish for all events: they are counted together. */
static gboolean
read_wish(const Wish *wish, gboolean *ret_wanted, GError **error)
{
    for (int i = 0; i < wish->n_params; i++) {
        gboolean wanted = wish->params[i].value.b != 0;
        if (i > 0 && wanted != *ret_wanted) {
            return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                            _("Xen counts cmt, mbmt and mbml together: switch all on or all off"));
        }
        *ret_wanted = wanted;
    }
    return TRUE;
}

static gboolean
set_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Wish *wish = data;
    gboolean wanted = FALSE;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(wish->driver->hypervisor, error) : NULL;
    if (!xen || !check_machine(xen, error) || !read_wish(wish, &wanted, error)) {
        return FALSE;
    }
    if (wanted == (libxl_psr_cmt_domain_attached(xen->ctx, (uint32_t)id) != 0)) {
        return TRUE;
    }
    int rc = wanted ? libxl_psr_cmt_attach(xen->ctx, (uint32_t)id)
                    : libxl_psr_cmt_detach(xen->ctx, (uint32_t)id);
    return rc == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen does not change what it counts for domain '%s'"), domain->name);
}

int
drv_domain_set_perf_events(virDomainPtr dom, virTypedParameterPtr params, int n_params,
                           unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE, -1);
    if (virTypedParamsValidate(params, n_params, VIR_PERF_PARAM_CMT, VIR_TYPED_PARAM_BOOLEAN,
                               VIR_PERF_PARAM_MBMT, VIR_TYPED_PARAM_BOOLEAN, VIR_PERF_PARAM_MBML,
                               VIR_TYPED_PARAM_BOOLEAN, NULL) < 0) {
        return -1;
    }
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetPerfEventsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    Wish wish = { drv_driver_of(dom->conn), params, n_params };
    if (!drv_job_run(domain, "perf", DRV_JOB_PATIENCE, set_job, &wish, &error)) {
        return drv_raise(&error);
    }
    return 0;
}
