/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virarch.h"
#include "virerror.h"
#include "virstring.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/node.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* libxl's limits: XEN_LEGACY_MAX_VCPUS for PV with shared info; HVM_MAX_VCPUS in Xen's public
 * headers (hvm/hvm_info_table.h) for the others. */
#define MAX_VCPUS_PV  512
#define MAX_VCPUS_HVM 128

typedef struct {
    libxl_cputopology *cpus;
    int n_cpus;
} Topology;

static void
topology_clear(Topology *topology)
{
    libxl_cputopology_list_free(topology->cpus, topology->n_cpus);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Topology, topology_clear)

/* Counts different numbers among the entries that @pick gives, which run from 0 to below 2^32-1. */
static guint
count_different(const Topology *topology, guint64 (*pick)(const libxl_cputopology *cpu))
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (int i = 0; i < topology->n_cpus; i++) {
        const libxl_cputopology *cpu = &topology->cpus[i];
        if (cpu->core != LIBXL_CPUTOPOLOGY_INVALID_ENTRY) {
            guint64 number = pick(cpu);
            g_hash_table_add(seen, g_memdup2(&number, sizeof(number)));
        }
    }
    return g_hash_table_size(seen);
}

static guint64
pick_socket(const libxl_cputopology *cpu)
{
    return cpu->socket;
}

static guint64
pick_core(const libxl_cputopology *cpu)
{
    return (guint64)cpu->socket << 32 | cpu->core;
}

static guint64
pick_node(const libxl_cputopology *cpu)
{
    return cpu->node;
}

/*
 * libvirt multiplies nodes, sockets, cores and threads to get the CPUs and wants the product to
 * cover all of them; where the parts do not divide evenly everything is put into one socket's
 * cores, as virNodeGetInfo documents.
 */
static void
fill_topology(const Topology *topology, virNodeInfoPtr info)
{
    guint sockets = MAX(count_different(topology, pick_socket), 1);
    guint cores = MAX(count_different(topology, pick_core), 1);
    guint nodes = MAX(count_different(topology, pick_node), 1);
    guint cpus = info->cpus;
    nodes = sockets % nodes == 0 ? nodes : 1;
    if (cores % sockets == 0 && cpus % cores == 0) {
        info->nodes = nodes;
        info->sockets = sockets / nodes;
        info->cores = cores / sockets;
        info->threads = cpus / cores;
    } else {
        info->nodes = 1;
        info->sockets = 1;
        info->cores = cpus;
        info->threads = 1;
    }
}

static gboolean
read_node_info(DrvXen *xen, virNodeInfoPtr info, GError **error)
{
    libxl_physinfo phys;
    libxl_physinfo_init(&phys);
    if (libxl_get_physinfo(xen->ctx, &phys) != 0) {
        libxl_physinfo_dispose(&phys);
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("cannot read the machine's properties from Xen"));
    }
    const libxl_version_info *version = libxl_get_version_info(xen->ctx);
    guint64 page_kib = version ? version->pagesize / 1024 : 4;
    info->memory = phys.total_pages * page_kib;
    info->cpus = phys.nr_cpus;
    info->mhz = phys.cpu_khz / 1000;
    libxl_physinfo_dispose(&phys);
    return TRUE;
}

gboolean
drv_node_read_info(DrvXen *xen, virNodeInfoPtr info, GError **error)
{
    memset(info, 0, sizeof(*info));
    if (virStrcpyStatic(info->model, virArchToString(virArchFromHost())) < 0 ||
        !read_node_info(xen, info, error)) {
        return FALSE;
    }
    g_auto(Topology) topology = { 0 };
    topology.cpus = libxl_get_cpu_topology(xen->ctx, &topology.n_cpus);
    if (!topology.cpus) {
        topology.n_cpus = 0;
    }
    fill_topology(&topology, info);
    return TRUE;
}

int
drv_node_get_info(virConnectPtr conn, virNodeInfoPtr info)
{
    g_autoptr(GError) error = NULL;
    if (virNodeGetInfoEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    if (!xen || !drv_node_read_info(xen, info, &error)) {
        return drv_raise(&error);
    }
    return 0;
}

int
drv_connect_get_max_vcpus(virConnectPtr conn, const char *type)
{
    if (virConnectGetMaxVcpusEnsureACL(conn) < 0) {
        return -1;
    }
    return type && (g_str_equal(type, "hvm") || g_str_equal(type, "xenpvh")) ? MAX_VCPUS_HVM
                                                                             : MAX_VCPUS_PV;
}

static gboolean
read_free_memory(DrvXen *xen, guint64 *ret_bytes, GError **error)
{
    uint64_t kib = 0;
    if (libxl_get_free_memory(xen->ctx, &kib) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("cannot read the free memory from Xen"));
    }
    *ret_bytes = kib * 1024;
    return TRUE;
}

unsigned long long
drv_node_get_free_memory(virConnectPtr conn)
{
    g_autoptr(GError) error = NULL;
    guint64 bytes = 0;
    if (virNodeGetFreeMemoryEnsureACL(conn) < 0) {
        return 0;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    if (!xen || !read_free_memory(xen, &bytes, &error)) {
        drv_raise(&error);
    }
    return bytes;
}

int
drv_node_get_cells_free_memory(virConnectPtr conn, unsigned long long *free_bytes, int start_cell,
                               int max_cells)
{
    g_autoptr(GError) error = NULL;
    if (virNodeGetCellsFreeMemoryEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    if (!xen) {
        return drv_raise(&error);
    }
    int n_nodes = 0;
    libxl_numainfo *nodes = libxl_get_numainfo(xen->ctx, &n_nodes);
    if (!nodes) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, &error,
                     _("cannot read the NUMA nodes from Xen"));
        return drv_raise(&error);
    }
    int count = 0;
    if (start_cell < 0 || start_cell >= n_nodes) {
        libxl_numainfo_list_free(nodes, n_nodes);
        drv_fail(&error, VIR_ERR_INVALID_ARG, _("this host has NUMA cells 0 to %d, not %d"),
                 n_nodes - 1, start_cell);
        return drv_raise(&error);
    }
    for (int i = start_cell; i < n_nodes && count < max_cells; i++) {
        free_bytes[count++] = nodes[i].size == LIBXL_NUMAINFO_INVALID_ENTRY ? 0 : nodes[i].free;
    }
    libxl_numainfo_list_free(nodes, n_nodes);
    return count;
}
