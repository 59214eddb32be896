/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/host.h"

void
drv_host_clear(DrvHost *host)
{
    g_free(host->cpu_nodes);
}

void
drv_host_read(DrvHost *host, DrvXen *xen)
{
    int n = 0, nodes = libxl_get_max_nodes(xen->ctx);
    host->host = bind_host_any;
    libxl_cputopology *cpus = nodes > 0 ? libxl_get_cpu_topology(xen->ctx, &n) : NULL;
    if (!cpus) {
        return;
    }
    host->cpu_nodes = g_new(guint, n);
    for (int i = 0; i < n; i++) {
        gboolean known = cpus[i].node != LIBXL_CPUTOPOLOGY_INVALID_ENTRY;
        host->cpu_nodes[i] = known ? cpus[i].node : 0;
    }
    host->host.ncpus = (guint)n;
    host->host.nnodes = (guint)nodes;
    host->host.cpu_nodes = host->cpu_nodes;
    libxl_cputopology_list_free(cpus, n);
}

guint64
drv_host_memory(DrvXen *xen)
{
    libxl_physinfo phys;
    guint64 kib = 0;
    libxl_physinfo_init(&phys);
    if (libxl_get_physinfo(xen->ctx, &phys) == 0) {
        const libxl_version_info *version = libxl_get_version_info(xen->ctx);
        kib = phys.total_pages * (version ? version->pagesize / 1024 : 4);
    }
    libxl_physinfo_dispose(&phys);
    return kib;
}
