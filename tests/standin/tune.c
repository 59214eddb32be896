/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Memory, virtual CPUs and scheduling of guests that run. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "faults.h"
#include "store.h"
#include "world.h"

/* The guest with the lock held, or NULL with nothing locked and @rc set. */
static Guest *
lock_guest(libxl_ctx *ctx, const char *point, uint32_t domid, int *rc)
{
    *rc = fault_at(ctx, point, (int)domid);
    if (*rc != 0) {
        return NULL;
    }
    Guest *guest = world_guest(world_lock(), domid);
    if (!guest) {
        world_unlock();
        context_say(ctx, ESRCH, "Domain %u:no such domain", domid);
        *rc = ERROR_DOMAIN_NOTFOUND;
    }
    return guest;
}

static void
write_number(uint32_t domid, const char *key, uint64_t value)
{
    char path[96], text[32];
    snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, key);
    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    store_write(path, text);
}

int
libxl_domain_setmaxmem(libxl_ctx *ctx, uint32_t domid, uint64_t memkb)
{
    int rc;
    Guest *guest = lock_guest(ctx, "libxl_domain_setmaxmem", domid, &rc);
    if (!guest) {
        return rc;
    }
    bool fits = memkb >= guest->target_memkb;
    if (fits) {
        guest->max_memkb = memkb;
        write_number(domid, "memory/static-max", memkb);
    }
    world_unlock();
    if (!fits) {
        context_say(ctx, 0,
                    "Domain %u:memory_static_max must be greater than or equal to "
                    "memory_dynamic_max",
                    domid);
    }
    return fits ? 0 : ERROR_FAIL;
}

/* The balloon of a guest that obeys reaches its target at once. */
int
libxl_set_memory_target(libxl_ctx *ctx, uint32_t domid, int64_t memkb, int relative, int enforce)
{
    int rc;
    Guest *guest = lock_guest(ctx, "libxl_set_memory_target", domid, &rc);
    if (!guest) {
        return rc;
    }
    int64_t target = relative ? (int64_t)guest->target_memkb + memkb : memkb;
    bool fits = target > 0 && (uint64_t)target <= guest->max_memkb;
    if (fits) {
        guest->target_memkb = (uint64_t)target;
        if (guest->manner == MANNER_OBEYS) {
            guest->current_memkb = (uint64_t)target;
        }
        write_number(domid, "memory/target", (uint64_t)target);
    }
    world_unlock();
    if (!fits) {
        context_say(ctx, 0,
                    "Domain %u:memory_dynamic_max must be less than or equal to "
                    "memory_static_max",
                    domid);
    }
    return fits ? 0 : ERROR_INVAL;
}

int
libxl_get_memory_target(libxl_ctx *ctx, uint32_t domid, uint64_t *target)
{
    int rc;
    const Guest *guest = lock_guest(ctx, "libxl_get_memory_target", domid, &rc);
    if (guest) {
        *target = guest->target_memkb;
        world_unlock();
    }
    return rc;
}

static void
read_map(libxl_ctx *ctx, const World *world, const uint8_t *map, libxl_bitmap *bitmap)
{
    libxl_bitmap_alloc(ctx, bitmap, (int)world->n_cpus);
    memcpy(bitmap->map, map, bitmap->size);
}

libxl_vcpuinfo *
libxl_list_vcpu(libxl_ctx *ctx, uint32_t domid, int *n_vcpus, int *n_cpus)
{
    int rc;
    const Guest *guest = lock_guest(ctx, "libxl_list_vcpu", domid, &rc);
    if (!guest) {
        return NULL;
    }
    World *world = world_lock_held();
    libxl_vcpuinfo *infos = calloc(guest->n_vcpus, sizeof(*infos));
    for (uint32_t i = 0; i < guest->n_vcpus; i++) {
        const Vcpu *vcpu = &world_vcpus(world, guest)[i];
        libxl_vcpuinfo_init(&infos[i]);
        infos[i].vcpuid = i;
        infos[i].cpu = i % world->n_cpus;
        infos[i].online = vcpu->online;
        infos[i].blocked = guest->paused;
        infos[i].running = vcpu->online && !guest->paused;
        infos[i].vcpu_time = guest->cpu_time / guest->n_vcpus;
        read_map(ctx, world, vcpu->hard, &infos[i].cpumap);
        read_map(ctx, world, vcpu->soft, &infos[i].cpumap_soft);
    }
    *n_vcpus = (int)guest->n_vcpus;
    *n_cpus = (int)world->n_cpus;
    world_unlock();
    return infos;
}

typedef struct {
    uint32_t domid;
    const libxl_bitmap *cpus;
} Online;

static int
online_work(libxl_ctx *ctx, void *args)
{
    const Online *call = args;
    World *world = world_lock();
    Guest *guest = world_guest(world, call->domid);
    for (uint32_t i = 0; guest && i < guest->n_vcpus; i++) {
        world_vcpus(world, guest)[i].online = libxl_bitmap_test(call->cpus, (int)i);
    }
    world_unlock();
    return guest ? 0 : ERROR_DOMAIN_NOTFOUND;
}

int
libxl_set_vcpuonline(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *cpus,
                     const libxl_asyncop_how *how)
{
    Online call = { domid, cpus };
    return context_run(ctx, "libxl_set_vcpuonline", (int)domid, online_work, &call, sizeof(call),
                       how);
}

static bool
write_map(const World *world, uint8_t *map, const libxl_bitmap *bitmap)
{
    bool any = false;
    for (uint32_t cpu = 0; cpu < world->n_cpus; cpu++) {
        any |= libxl_bitmap_test(bitmap, (int)cpu);
    }
    if (any) {
        memset(map, 0, WORLD_CPUMAP);
        memcpy(map, bitmap->map, bitmap->size < WORLD_CPUMAP ? bitmap->size : WORLD_CPUMAP);
    }
    return any;
}

static int
set_affinity(libxl_ctx *ctx, const char *point, uint32_t domid, uint32_t first, uint32_t count,
             const libxl_bitmap *hard, const libxl_bitmap *soft)
{
    int rc;
    Guest *guest = lock_guest(ctx, point, domid, &rc);
    if (!guest) {
        return rc;
    }
    World *world = world_lock_held();
    for (uint32_t i = first; i < first + count && rc == 0; i++) {
        Vcpu *vcpu = &world_vcpus(world, guest)[i];
        if (i >= guest->n_vcpus || (hard && !write_map(world, vcpu->hard, hard)) ||
            (soft && !write_map(world, vcpu->soft, soft))) {
            rc = ERROR_INVAL;
        }
    }
    world_unlock();
    if (rc != 0) {
        context_say(ctx, EINVAL, "Domain %u:Setting vcpu affinity", domid);
    }
    return rc;
}

int
libxl_set_vcpuaffinity(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid, const libxl_bitmap *hard,
                       const libxl_bitmap *soft)
{
    return set_affinity(ctx, "libxl_set_vcpuaffinity", domid, vcpuid, 1, hard, soft);
}

int
libxl_set_vcpuaffinity_all(libxl_ctx *ctx, uint32_t domid, unsigned int max_vcpus,
                           const libxl_bitmap *hard, const libxl_bitmap *soft)
{
    return set_affinity(ctx, "libxl_set_vcpuaffinity_all", domid, 0, max_vcpus, hard, soft);
}

int
libxl_domain_set_nodeaffinity(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *nodemap)
{
    int rc;
    Guest *guest = lock_guest(ctx, "libxl_domain_set_nodeaffinity", domid, &rc);
    if (guest) {
        guest->nodes = 0;
        for (int node = 0; node < WORLD_NODES; node++) {
            guest->nodes |= libxl_bitmap_test(nodemap, node) ? 1u << node : 0;
        }
        world_unlock();
    }
    return rc;
}

int
libxl_domain_get_nodeaffinity(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *nodemap)
{
    int rc;
    const Guest *guest = lock_guest(ctx, "libxl_domain_get_nodeaffinity", domid, &rc);
    for (int node = 0; guest && node < WORLD_NODES; node++) {
        if (node / 8 < (int)nodemap->size) {
            (guest->nodes & 1u << node ? libxl_bitmap_set : libxl_bitmap_reset)(nodemap, node);
        }
    }
    if (guest) {
        world_unlock();
    }
    return rc;
}

int
libxl_get_scheduler(libxl_ctx *ctx)
{
    int rc = fault_at(ctx, "libxl_get_scheduler", -1);
    int sched = world_lock()->pools[0].sched;
    world_unlock();
    return rc != 0 ? rc : sched;
}

static libxl_scheduler
sched_of(const Guest *guest)
{
    return (libxl_scheduler)world_lock_held()->pools[guest->pool].sched;
}

int
libxl_domain_sched_params_get(libxl_ctx *ctx, uint32_t domid, libxl_domain_sched_params *params)
{
    int rc;
    const Guest *guest = lock_guest(ctx, "libxl_domain_sched_params_get", domid, &rc);
    if (guest) {
        libxl_domain_sched_params_init(params);
        *params = guest->sched;
        params->sched = sched_of(guest);
        world_unlock();
    }
    return rc;
}

/* Xen's limits: weight 1 to 65535, cap up to 100 for each vCPU, times of at least 10 us. */
static bool
sched_fits(const Guest *guest, libxl_scheduler sched, const libxl_sched_params *wanted)
{
    if (sched == LIBXL_SCHEDULER_RTDS) {
        return wanted->budget >= 10 && wanted->period >= wanted->budget;
    }
    return (sched == LIBXL_SCHEDULER_CREDIT || sched == LIBXL_SCHEDULER_CREDIT2) &&
           wanted->weight >= 1 && wanted->weight <= 65535 && wanted->cap >= 0 &&
           wanted->cap <= 100 * (int)guest->n_vcpus;
}

static void
take_number(int *member, int wanted)
{
    if (wanted >= 0) {
        *member = wanted;
    }
}

int
libxl_domain_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                              const libxl_domain_sched_params *params)
{
    int rc;
    Guest *guest = lock_guest(ctx, "libxl_domain_sched_params_set", domid, &rc);
    if (!guest) {
        return rc;
    }
    libxl_scheduler sched = sched_of(guest);
    libxl_sched_params wanted = { -1,
                                  guest->sched.weight,
                                  guest->sched.cap,
                                  guest->sched.period,
                                  guest->sched.extratime,
                                  guest->sched.budget };
    take_number(&wanted.weight, params->weight);
    take_number(&wanted.cap, params->cap);
    take_number(&wanted.period, params->period);
    take_number(&wanted.extratime, params->extratime);
    take_number(&wanted.budget, params->budget);
    bool known = params->sched == LIBXL_SCHEDULER_UNKNOWN || params->sched == sched;
    if (known && sched_fits(guest, sched, &wanted)) {
        guest->sched.weight = wanted.weight;
        guest->sched.cap = wanted.cap;
        guest->sched.period = wanted.period;
        guest->sched.extratime = wanted.extratime;
        guest->sched.budget = wanted.budget;
        for (uint32_t i = 0; i < guest->n_vcpus; i++) {
            libxl_sched_params *vcpu = &world_vcpus(world_lock_held(), guest)[i].sched;
            *vcpu = wanted;
            vcpu->vcpuid = (int)i;
        }
    } else {
        rc = ERROR_INVAL;
    }
    world_unlock();
    if (rc != 0) {
        context_say(ctx, EINVAL, "Domain %u:Scheduler parameters out of range", domid);
    }
    return rc;
}

int
libxl_vcpu_sched_params_get_all(libxl_ctx *ctx, uint32_t domid, libxl_vcpu_sched_params *params)
{
    int rc;
    const Guest *guest = lock_guest(ctx, "libxl_vcpu_sched_params_get_all", domid, &rc);
    if (!guest) {
        return rc;
    }
    params->sched = sched_of(guest);
    if (params->sched == LIBXL_SCHEDULER_RTDS) {
        params->num_vcpus = (int)guest->n_vcpus;
        params->vcpus = calloc(guest->n_vcpus, sizeof(*params->vcpus));
        for (uint32_t i = 0; i < guest->n_vcpus; i++) {
            params->vcpus[i] = world_vcpus(world_lock_held(), guest)[i].sched;
        }
    } else {
        rc = ERROR_INVAL;
    }
    world_unlock();
    return rc;
}

static int
set_vcpu_sched(libxl_ctx *ctx, const char *point, uint32_t domid,
               const libxl_vcpu_sched_params *params)
{
    int rc;
    Guest *guest = lock_guest(ctx, point, domid, &rc);
    if (!guest) {
        return rc;
    }
    libxl_scheduler sched = sched_of(guest);
    for (int i = 0; i < params->num_vcpus && rc == 0; i++) {
        const libxl_sched_params *wanted = &params->vcpus[i];
        if (sched != LIBXL_SCHEDULER_RTDS || wanted->vcpuid < 0 ||
            wanted->vcpuid >= (int)guest->n_vcpus || !sched_fits(guest, sched, wanted)) {
            rc = ERROR_INVAL;
        } else {
            world_vcpus(world_lock_held(), guest)[wanted->vcpuid].sched = *wanted;
        }
    }
    world_unlock();
    return rc;
}

int
libxl_vcpu_sched_params_set(libxl_ctx *ctx, uint32_t domid, const libxl_vcpu_sched_params *params)
{
    return set_vcpu_sched(ctx, "libxl_vcpu_sched_params_set", domid, params);
}

/* libxl takes the first entry, whatever vCPU it names, for all of them. */
int
libxl_vcpu_sched_params_set_all(libxl_ctx *ctx, uint32_t domid,
                                const libxl_vcpu_sched_params *params)
{
    libxl_sched_params all[WORLD_VCPUS];
    libxl_vcpu_sched_params each = { .sched = params->sched, .vcpus = all };
    const Guest *guest = world_guest(world_lock(), domid);
    each.num_vcpus = guest && params->num_vcpus == 1 ? (int)guest->n_vcpus : 0;
    world_unlock();
    for (int i = 0; i < each.num_vcpus; i++) {
        all[i] = params->vcpus[0];
        all[i].vcpuid = i;
    }
    if (params->num_vcpus != 1) {
        return ERROR_INVAL;
    }
    return set_vcpu_sched(ctx, "libxl_vcpu_sched_params_set_all", domid, &each);
}

/* For the vCPUs that the caller's entries name. */
int
libxl_vcpu_sched_params_get(libxl_ctx *ctx, uint32_t domid, libxl_vcpu_sched_params *params)
{
    int rc;
    const Guest *guest = lock_guest(ctx, "libxl_vcpu_sched_params_get", domid, &rc);
    if (!guest) {
        return rc;
    }
    params->sched = sched_of(guest);
    for (int i = 0; i < params->num_vcpus && rc == 0; i++) {
        int vcpu = params->vcpus[i].vcpuid;
        if (params->sched != LIBXL_SCHEDULER_RTDS || vcpu < 0 || vcpu >= (int)guest->n_vcpus) {
            rc = ERROR_INVAL;
        } else {
            params->vcpus[i] = world_vcpus(world_lock_held(), guest)[vcpu].sched;
        }
    }
    world_unlock();
    return rc;
}

/* The settings of a pool's scheduler: @member is their offset in World, @size that of one pool's.
 */
static int
pool_params(libxl_ctx *ctx, const char *point, uint32_t pool, libxl_scheduler sched, size_t member,
            size_t size, void *get, const void *set)
{
    int rc = fault_at(ctx, point, -1);
    World *world = world_lock();
    if (rc == 0 && (pool >= WORLD_POOLS || world->pools[pool].sched != (int)sched)) {
        rc = ERROR_INVAL;
    }
    char *kept = (char *)world + member + pool % WORLD_POOLS * size;
    if (rc == 0 && get) {
        memcpy(get, kept, size);
    }
    if (rc == 0 && set) {
        memcpy(kept, set, size);
    }
    world_unlock();
    return rc;
}

int
libxl_sched_credit_params_get(libxl_ctx *ctx, uint32_t pool, libxl_sched_credit_params *params)
{
    return pool_params(ctx, "libxl_sched_credit_params_get", pool, LIBXL_SCHEDULER_CREDIT,
                       offsetof(World, credit), sizeof(*params), params, NULL);
}

int
libxl_sched_credit_params_set(libxl_ctx *ctx, uint32_t pool, libxl_sched_credit_params *params)
{
    return pool_params(ctx, "libxl_sched_credit_params_set", pool, LIBXL_SCHEDULER_CREDIT,
                       offsetof(World, credit), sizeof(*params), NULL, params);
}

int
libxl_sched_credit2_params_get(libxl_ctx *ctx, uint32_t pool, libxl_sched_credit2_params *params)
{
    return pool_params(ctx, "libxl_sched_credit2_params_get", pool, LIBXL_SCHEDULER_CREDIT2,
                       offsetof(World, credit2), sizeof(*params), params, NULL);
}

int
libxl_sched_credit2_params_set(libxl_ctx *ctx, uint32_t pool, libxl_sched_credit2_params *params)
{
    return pool_params(ctx, "libxl_sched_credit2_params_set", pool, LIBXL_SCHEDULER_CREDIT2,
                       offsetof(World, credit2), sizeof(*params), NULL, params);
}
