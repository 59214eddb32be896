/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxl_utils.h>
#include <stdlib.h>

#include "driver/pool.h"
#include "driver/text.h"

/* Where Xen puts a guest that asks for nothing else. */
#define FIRST_POOL 0

gboolean
drv_pool_find(DrvXen *xen, const char *text, uint32_t *ret_pool, GError **error)
{
    uint32_t pool = FIRST_POOL;
    if (libxl_cpupool_qualifier_to_cpupoolid(xen->ctx, text, &pool, NULL) != 0) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("there is no CPU pool '%s': \"xl cpupool-list\" names those that are"),
                        text);
    }
    *ret_pool = pool;
    return TRUE;
}

gboolean
drv_pool_of(DrvXen *xen, int id, const DomDef *def, uint32_t *ret_pool, GError **error)
{
    libxl_dominfo info;
    if (id < 0 && def->general.pool) {
        return drv_pool_find(xen, def->general.pool, ret_pool, error);
    }
    if (id < 0) {
        *ret_pool = FIRST_POOL;
        return TRUE;
    }
    libxl_dominfo_init(&info);
    gboolean found = libxl_domain_info(xen->ctx, &info, (uint32_t)id) == 0;
    if (found) {
        *ret_pool = info.cpupool;
    }
    libxl_dominfo_dispose(&info);
    return found ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen does not tell the CPU pool of domain '%s'"), def->general.name);
}

gboolean
drv_pool_scheduler(DrvXen *xen, uint32_t pool, libxl_scheduler *ret_sched, GError **error)
{
    libxl_cpupoolinfo info;
    libxl_cpupoolinfo_init(&info);
    gboolean found = libxl_cpupool_info(xen->ctx, &info, pool) == 0;
    if (found) {
        *ret_sched = info.sched;
    }
    libxl_cpupoolinfo_dispose(&info);
    return found || drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                 _("Xen does not tell the scheduler of CPU pool %u"), pool);
}

char *
drv_pool_name(DrvXen *xen, uint32_t pool, GError **error)
{
    char *found = libxl_cpupoolid_to_name(xen->ctx, pool);
    char *name = g_strdup(found);
    free(found);
    if (!name) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("CPU pool %u has no name"), pool);
    }
    return name;
}

gboolean
drv_pool_move(DrvXen *xen, uint32_t domid, uint32_t pool, GError **error)
{
    return libxl_cpupool_movedomain(xen->ctx, pool, domid) == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen cannot move domain %u to CPU pool %u"), domid, pool);
}

void
drv_pool_refresh(DrvXen *xen, uint32_t pool, DomDef *def)
{
    uint32_t said = FIRST_POOL;
    if ((!def->general.pool || drv_pool_find(xen, def->general.pool, &said, NULL)) &&
        said == pool) {
        return;
    }
    g_free(def->general.pool);
    def->general.pool = drv_pool_name(xen, pool, NULL);
}
