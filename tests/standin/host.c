/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the machine is: its CPUs, memory, NUMA nodes and pools of CPUs. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xenctrl.h>

#include "context.h"
#include "faults.h"
#include "world.h"

static uint32_t
per(uint32_t parts, uint32_t whole)
{
    return parts && whole / parts ? whole / parts : 1;
}

static void
set_words(char **word, const char *text)
{
    *word = strdup(text);
}

const libxl_version_info *
libxl_get_version_info(libxl_ctx *ctx)
{
    static libxl_version_info info;
    if (fault_at(ctx, "libxl_get_version_info", -1) != 0) {
        return NULL;
    }
    world_lock();
    if (!info.capabilities) {
        info.xen_version_major = 4;
        info.xen_version_minor = 17;
        set_words(&info.xen_version_extra, ".5");
        set_words(&info.compiler, "cc");
        set_words(&info.compile_by, "nobody");
        set_words(&info.compile_domain, "example");
        set_words(&info.compile_date, "today");
        set_words(&info.changeset, "none");
        set_words(&info.commandline, "placeholder");
        set_words(&info.build_id, "00");
        info.pagesize = 4096;
        set_words(&info.capabilities, "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p "
                                      "hvm-3.0-x86_64 ");
    }
    world_unlock();
    return &info;
}

int
libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *info)
{
    int rc = fault_at(ctx, "libxl_get_physinfo", -1);
    if (rc != 0) {
        return rc;
    }
    const World *world = world_lock();
    libxl_physinfo_init(info);
    info->nr_cpus = world->n_cpus;
    info->max_cpu_id = world->n_cpus - 1;
    info->nr_nodes = world->n_nodes;
    info->threads_per_core = world->threads;
    info->cores_per_socket = per(world->n_sockets * world->threads, world->n_cpus);
    info->cpu_khz = 2000000;
    info->total_pages = world->total_memkb / 4;
    info->free_pages = world_free_memkb(world) / 4;
    info->cap_hvm = info->cap_pv = info->cap_hap = true;
    info->cap_shadow = !world->no_shadow;
    world_unlock();
    return 0;
}

static int
host_number(libxl_ctx *ctx, const char *point, size_t member)
{
    int rc = fault_at(ctx, point, -1);
    if (rc != 0) {
        return rc;
    }
    uint32_t number;
    memcpy(&number, (const char *)world_lock() + member, sizeof(number));
    world_unlock();
    return (int)number;
}

int
libxl_get_max_cpus(libxl_ctx *ctx)
{
    return host_number(ctx, "libxl_get_max_cpus", offsetof(World, n_cpus));
}

int
libxl_get_online_cpus(libxl_ctx *ctx)
{
    return host_number(ctx, "libxl_get_online_cpus", offsetof(World, n_cpus));
}

/* As many as Xen has room for, and not those of the host. */
int
libxl_get_max_nodes(libxl_ctx *ctx)
{
    int rc = fault_at(ctx, "libxl_get_max_nodes", -1);
    return rc != 0 ? rc : 64;
}

libxl_cputopology *
libxl_get_cpu_topology(libxl_ctx *ctx, int *count)
{
    if (fault_at(ctx, "libxl_get_cpu_topology", -1) != 0) {
        return NULL;
    }
    const World *world = world_lock();
    libxl_cputopology *cpus = calloc(world->n_cpus, sizeof(*cpus));
    *count = (int)world->n_cpus;
    for (uint32_t i = 0; i < world->n_cpus; i++) {
        uint32_t socket = i / per(world->n_sockets, world->n_cpus);
        cpus[i].socket = socket;
        cpus[i].core = i % per(world->n_sockets, world->n_cpus) / world->threads;
        cpus[i].node = i / per(world->n_nodes, world->n_cpus);
    }
    world_unlock();
    return cpus;
}

static bool counted;

int
libxl_psr_cmt_enabled(libxl_ctx *ctx)
{
    return fault_at(ctx, "libxl_psr_cmt_enabled", -1) == 0 && getenv("STANDIN_PSR") != NULL;
}

/* No bandwidth on this machine. */
int
libxl_psr_cmt_type_supported(libxl_ctx *ctx, libxl_psr_cmt_type type)
{
    return libxl_psr_cmt_enabled(ctx) && type == LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY;
}

int
libxl_psr_cmt_domain_attached(libxl_ctx *ctx, uint32_t domid)
{
    return counted;
}

int
libxl_psr_cmt_attach(libxl_ctx *ctx, uint32_t domid)
{
    int rc = fault_at(ctx, "libxl_psr_cmt_attach", (int)domid);
    counted = counted || rc == 0;
    return rc;
}

int
libxl_psr_cmt_detach(libxl_ctx *ctx, uint32_t domid)
{
    int rc = fault_at(ctx, "libxl_psr_cmt_detach", (int)domid);
    counted = counted && rc != 0;
    return rc;
}

int
libxl_flask_getenforce(libxl_ctx *ctx)
{
    int flask = world_lock()->flask;
    world_unlock();
    return flask == 0 ? ERROR_FAIL : flask == 2;
}

/* Libxenctrl's handle: there is nothing behind it. */
xc_interface *
xc_interface_open(xentoollog_logger *logger, xentoollog_logger *other, unsigned flags)
{
    static char handle;
    return fault_at(NULL, "xc_interface_open", -1) == 0 ? (xc_interface *)&handle : NULL;
}

int
xc_interface_close(xc_interface *control)
{
    return 0;
}

/* A child that libxl forks takes one, for the lock that it takes. */
void *
xc__hypercall_buffer_alloc(xc_interface *control, xc_hypercall_buffer_t *buffer, size_t size)
{
    buffer->hbuf = calloc(1, size);
    return buffer->hbuf;
}

int
xc_get_max_cpus(xc_interface *control)
{
    int count = (int)world_lock()->n_cpus;
    world_unlock();
    return count;
}

int
xc_domain_sethandle(xc_interface *control, uint32_t domid, xen_domain_handle_t handle)
{
    int rc = fault_at(NULL, "xc_domain_sethandle", (int)domid) == 0 ? 0 : -1;
    Guest *guest = world_guest(world_lock(), domid);
    if (rc == 0 && guest) {
        memcpy(guest->uuid, handle, sizeof(guest->uuid));
    }
    world_unlock();
    return guest ? rc : -1;
}

/* Each CPU is idle half of the time. */
int
xc_getcpuinfo(xc_interface *control, int most, xc_cpuinfo_t *infos, int *count)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    *count = xc_get_max_cpus(control) < most ? xc_get_max_cpus(control) : most;
    for (int i = 0; i < *count; i++) {
        infos[i].idletime = ((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec) / 2;
    }
    return 0;
}

libxl_numainfo *
libxl_get_numainfo(libxl_ctx *ctx, int *count)
{
    if (fault_at(ctx, "libxl_get_numainfo", -1) != 0) {
        return NULL;
    }
    const World *world = world_lock();
    libxl_numainfo *nodes = calloc(world->n_nodes, sizeof(*nodes));
    *count = (int)world->n_nodes;
    for (uint32_t i = 0; i < world->n_nodes; i++) {
        /* the span of its addresses: one node of all has the hole below 4 GiB */
        nodes[i].size = world->total_memkb * 1024 / world->n_nodes +
                        (world->n_nodes == 1 ? (uint64_t)1 << 31 : 0);
        nodes[i].free = world_free_memkb(world) * 1024 / world->n_nodes;
        nodes[i].num_dists = (int)world->n_nodes;
        nodes[i].dists = calloc(world->n_nodes, sizeof(uint32_t));
        for (uint32_t j = 0; j < world->n_nodes; j++) {
            nodes[i].dists[j] = i == j ? 10 : 20;
        }
    }
    world_unlock();
    return nodes;
}

int
libxl_get_free_memory(libxl_ctx *ctx, uint64_t *memkb)
{
    int rc = fault_at(ctx, "libxl_get_free_memory", -1);
    if (rc == 0) {
        *memkb = world_free_memkb(world_lock());
        world_unlock();
    }
    return rc;
}

int
libxl_domain_need_memory(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid,
                         uint64_t *need_memkb)
{
    *need_memkb = config->b_info.target_memkb + 2048;
    return fault_at(ctx, "libxl_domain_need_memory", -1);
}

int
libxl_wait_for_free_memory(libxl_ctx *ctx, uint32_t domid, uint64_t memory_kb, int wait_secs)
{
    int rc = fault_at(ctx, "libxl_wait_for_free_memory", (int)domid);
    bool enough = world_free_memkb(world_lock()) >= memory_kb;
    world_unlock();
    return rc != 0 ? rc : enough ? 0 : ERROR_NOMEM;
}

int
libxl_wait_for_memory_target(libxl_ctx *ctx, uint32_t domid, int wait_secs)
{
    return fault_at(ctx, "libxl_wait_for_memory_target", (int)domid);
}

static void
fill_pool(libxl_ctx *ctx, World *world, uint32_t id, libxl_cpupoolinfo *info)
{
    const Pool *pool = &world->pools[id];
    libxl_cpupoolinfo_init(info);
    info->poolid = id;
    info->pool_name = strdup(pool->name);
    info->sched = pool->sched;
    libxl_bitmap_alloc(ctx, &info->cpumap, (int)world->n_cpus);
    for (uint32_t cpu = 0; cpu < world->n_cpus; cpu++) {
        if (pool->cpus[cpu / 8] & (1 << cpu % 8)) {
            libxl_bitmap_set(&info->cpumap, (int)cpu);
        }
    }
    for (int i = 0; i < WORLD_GUESTS; i++) {
        info->n_dom += world->guests[i].used && world->guests[i].pool == (int)id;
    }
}

libxl_cpupoolinfo *
libxl_list_cpupool(libxl_ctx *ctx, int *count)
{
    if (fault_at(ctx, "libxl_list_cpupool", -1) != 0) {
        return NULL;
    }
    World *world = world_lock();
    libxl_cpupoolinfo *pools = calloc(WORLD_POOLS, sizeof(*pools));
    *count = 0;
    for (uint32_t id = 0; id < WORLD_POOLS; id++) {
        if (world->pools[id].used) {
            fill_pool(ctx, world, id, &pools[(*count)++]);
        }
    }
    world_unlock();
    return pools;
}

int
libxl_cpupool_info(libxl_ctx *ctx, libxl_cpupoolinfo *info, uint32_t poolid)
{
    int rc = fault_at(ctx, "libxl_cpupool_info", -1);
    World *world = world_lock();
    if (rc == 0 && (poolid >= WORLD_POOLS || !world->pools[poolid].used)) {
        rc = ERROR_FAIL;
    }
    if (rc == 0) {
        fill_pool(ctx, world, poolid, info);
    }
    world_unlock();
    return rc;
}

char *
libxl_cpupoolid_to_name(libxl_ctx *ctx, uint32_t poolid)
{
    const World *world = world_lock();
    bool found = poolid < WORLD_POOLS && world->pools[poolid].used;
    char *name = found ? strdup(world->pools[poolid].name) : NULL;
    world_unlock();
    return name;
}

int
libxl_name_to_cpupoolid(libxl_ctx *ctx, const char *name, uint32_t *poolid)
{
    int rc = ERROR_INVAL;
    const World *world = world_lock();
    for (uint32_t id = 0; id < WORLD_POOLS; id++) {
        if (world->pools[id].used && strcmp(world->pools[id].name, name) == 0) {
            *poolid = id;
            rc = 0;
        }
    }
    world_unlock();
    return rc;
}

/* By name; by number when that is what it is. */
int
libxl_cpupool_qualifier_to_cpupoolid(libxl_ctx *ctx, const char *text, uint32_t *poolid,
                                     int *was_name)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    bool is_number = *text && !*end;
    if (was_name) {
        *was_name = !is_number;
    }
    if (!is_number) {
        return libxl_name_to_cpupoolid(ctx, text, poolid);
    }
    bool found = number < WORLD_POOLS && world_lock()->pools[number].used;
    if (number < WORLD_POOLS) {
        world_unlock();
    }
    *poolid = (uint32_t)number;
    return found ? 0 : ERROR_INVAL;
}

int
libxl_cpupool_movedomain(libxl_ctx *ctx, uint32_t poolid, uint32_t domid)
{
    int rc = fault_at(ctx, "libxl_cpupool_movedomain", (int)domid);
    World *world = world_lock();
    Guest *guest = world_guest(world, domid);
    if (rc == 0 && (!guest || poolid >= WORLD_POOLS || !world->pools[poolid].used)) {
        rc = ERROR_FAIL;
    }
    if (rc == 0) {
        guest->pool = (int)poolid;
    }
    world_unlock();
    return rc;
}
