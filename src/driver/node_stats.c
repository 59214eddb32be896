/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* What the machine's CPUs and memory do, in Xen's eyes: dom0's /proc knows its own share only. */

#include <time.h>
#include <xenctrl.h>

#include "datatypes.h"
#include "virerror.h"
#include "virstring.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/host.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define PAGE_KIB      4

int
drv_node_get_cpu_map(virConnectPtr conn, unsigned char **map, unsigned int *online,
                     unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    int n_cpus = 0, used = 0;
    virCheckFlags(0, -1);
    if (virNodeGetCPUMapEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    libxl_cputopology *cpus = xen ? libxl_get_cpu_topology(xen->ctx, &n_cpus) : NULL;
    if (xen && !cpus) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, &error, _("Xen does not list the CPUs"));
    }
    if (!cpus) {
        return drv_raise(&error);
    }
    g_autofree unsigned char *bits = g_new0(unsigned char, VIR_CPU_MAPLEN(n_cpus));
    for (int i = 0; i < n_cpus; i++) {
        if (cpus[i].core != LIBXL_CPUTOPOLOGY_INVALID_ENTRY) {
            VIR_USE_CPU(bits, i);
            used++;
        }
    }
    libxl_cputopology_list_free(cpus, n_cpus);
    if (online) {
        *online = (unsigned int)used;
    }
    if (map) {
        *map = g_steal_pointer(&bits);
    }
    return n_cpus;
}

/* How long each CPU had nothing to do since Xen started, ns; libxl has no call for it. (transfer
 * full) */
static guint64 *
read_idle(guint *ret_count, GError **error)
{
    xc_interface *control = xc_interface_open(NULL, NULL, 0);
    int n = 0, most = control ? xc_get_max_cpus(control) : 0;
    g_autofree xc_cpuinfo_t *infos = g_new0(xc_cpuinfo_t, MAX(most, 1));
    gboolean done = most > 0 && xc_getcpuinfo(control, most, infos, &n) == 0 && n > 0;
    if (control) {
        xc_interface_close(control);
    }
    if (!done) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("Xen does not tell what its CPUs do"));
        return NULL;
    }
    guint64 *idle = g_new(guint64, n);
    for (int i = 0; i < n; i++) {
        idle[i] = infos[i].idletime;
    }
    *ret_count = (guint)n;
    return idle;
}

/* Xen's clock runs a little longer than dom0's: a CPU that was idle since Xen's start tells. */
static guint64
elapsed(const guint64 *idle, guint n_cpus)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_BOOTTIME, &now);
    guint64 ns = (guint64)now.tv_sec * 1000000000 + (guint64)now.tv_nsec;
    for (guint i = 0; i < n_cpus; i++) {
        ns = MAX(ns, idle[i]);
    }
    return ns;
}

/* A CPU runs guests, Domain-0 being one, or nothing. */
typedef struct {
    guint64 busy; /* ns */
    guint64 idle;
} CpuTimes;

static gboolean
read_times(int cpu, CpuTimes *ret_times, GError **error)
{
    guint n_cpus = 0;
    g_autofree guint64 *idle = read_idle(&n_cpus, error);
    if (!idle) {
        return FALSE;
    }
    if (cpu != VIR_NODE_CPU_STATS_ALL_CPUS && (cpu < 0 || (guint)cpu >= n_cpus)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("cpuNum: this host has CPUs 0 to %u"),
                        n_cpus - 1);
    }
    guint64 since = elapsed(idle, n_cpus);
    CpuTimes times = { 0 };
    for (guint i = 0; i < n_cpus; i++) {
        if (cpu == VIR_NODE_CPU_STATS_ALL_CPUS || i == (guint)cpu) {
            times.idle += idle[i];
            times.busy += since - idle[i];
        }
    }
    *ret_times = times;
    return TRUE;
}

int
drv_node_get_cpu_stats(virConnectPtr conn, int cpu, virNodeCPUStatsPtr params, int *n_params,
                       unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    CpuTimes times = { 0 };
    virCheckFlags(0, -1);
    if (virNodeGetCPUStatsEnsureACL(conn) < 0) {
        return -1;
    }
    if (!read_times(cpu, &times, &error)) {
        return drv_raise(&error);
    }
    const struct {
        const char *field;
        guint64 value;
    } rows[] = {
        { VIR_NODE_CPU_STATS_USER, times.busy },
        { VIR_NODE_CPU_STATS_KERNEL, 0 },
        { VIR_NODE_CPU_STATS_IDLE, times.idle },
        { VIR_NODE_CPU_STATS_IOWAIT, 0 },
    };
    int count = *n_params == 0 ? 0 : MIN(*n_params, (int)G_N_ELEMENTS(rows));
    for (int i = 0; i < count; i++) {
        if (virStrcpyStatic(params[i].field, rows[i].field) < 0) {
            return -1;
        }
        params[i].value = rows[i].value;
    }
    *n_params = count == 0 ? (int)G_N_ELEMENTS(rows) : count;
    return 0;
}

/* KiB. */
typedef struct {
    guint64 total;
    guint64 free;
} Memory;

static gboolean
read_all_memory(DrvXen *xen, Memory *ret_memory)
{
    libxl_physinfo phys;
    libxl_physinfo_init(&phys);
    gboolean done = libxl_get_physinfo(xen->ctx, &phys) == 0;
    *ret_memory = (Memory){ phys.total_pages * PAGE_KIB, phys.free_pages * PAGE_KIB };
    libxl_physinfo_dispose(&phys);
    return done;
}

static gboolean
check_cell(int cell, int n_cells, GError **error)
{
    if (cell >= n_cells) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("this host has NUMA cells 0 to %d, not %d"),
                        n_cells - 1, cell);
    }
    return TRUE;
}

/* @cell below 0 is the whole host. */
static gboolean
read_memory(DrvXen *xen, int cell, Memory *ret_memory, GError **error)
{
    int n_cells = 0;
    if (cell < 0) {
        return read_all_memory(xen, ret_memory) ||
               drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("cannot read the host's memory from Xen"));
    }
    libxl_numainfo *cells = libxl_get_numainfo(xen->ctx, &n_cells);
    if (!cells) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("cannot read the NUMA nodes from Xen"));
    }
    gboolean there = check_cell(cell, n_cells, error);
    if (there && cells[cell].size != LIBXL_NUMAINFO_INVALID_ENTRY) {
        /* the size is the span of its addresses, holes included */
        *ret_memory =
            (Memory){ MIN(cells[cell].size / 1024, drv_host_memory(xen)), cells[cell].free / 1024 };
    }
    libxl_numainfo_list_free(cells, n_cells);
    return there;
}

int
drv_node_get_memory_stats(virConnectPtr conn, int cell, virNodeMemoryStatsPtr params, int *n_params,
                          unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    Memory memory = { 0 };
    virCheckFlags(0, -1);
    if (virNodeGetMemoryStatsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    if (!xen || !read_memory(xen, cell, &memory, &error)) {
        return drv_raise(&error);
    }
    const struct {
        const char *field;
        guint64 value;
    } rows[] = {
        { VIR_NODE_MEMORY_STATS_TOTAL, memory.total },
        { VIR_NODE_MEMORY_STATS_FREE, memory.free },
    };
    int count = *n_params == 0 ? 0 : MIN(*n_params, (int)G_N_ELEMENTS(rows));
    for (int i = 0; i < count; i++) {
        if (virStrcpyStatic(params[i].field, rows[i].field) < 0) {
            return -1;
        }
        params[i].value = rows[i].value;
    }
    *n_params = count == 0 ? (int)G_N_ELEMENTS(rows) : count;
    return 0;
}

/* Xen keeps no pool of larger pages: it makes them of small ones where it can. */
static gboolean
check_sizes(const unsigned int *sizes, guint n_sizes, GError **error)
{
    for (guint i = 0; i < n_sizes; i++) {
        if (sizes[i] != PAGE_KIB) {
            return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            _("Xen counts free pages of %d KiB only, not of %u KiB"), PAGE_KIB,
                            sizes[i]);
        }
    }
    return TRUE;
}

int
drv_node_get_free_pages(virConnectPtr conn, unsigned int n_sizes, unsigned int *sizes,
                        int first_cell, unsigned int n_cells, unsigned long long *counts,
                        unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    int filled = 0;
    virCheckFlags(0, -1);
    if (virNodeGetFreePagesEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    if (!xen || !check_sizes(sizes, n_sizes, &error)) {
        return drv_raise(&error);
    }
    for (guint i = 0; i < n_cells; i++) {
        Memory memory = { 0 };
        if (!read_memory(xen, first_cell + (int)i, &memory, &error)) {
            return drv_raise(&error);
        }
        for (guint j = 0; j < n_sizes; j++) {
            counts[filled++] = memory.free / PAGE_KIB;
        }
    }
    return filled;
}
