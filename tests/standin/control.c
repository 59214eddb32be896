/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The test's side: what a guest, an administrator with xl, or bad luck does. Called by standin.py
 * through ctypes in a process of its own, on the same world. Functions that name a domid return
 * false when there is no such guest.
 */

#include <linux/futex.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "build.h"
#include "control.h"
#include "world.h"

void
standin_leave(void)
{
    world_leave();
}

bool
standin_set_host(uint32_t cpus, uint32_t nodes, uint32_t sockets, uint32_t threads,
                 uint64_t memory_kib)
{
    if (cpus < 1 || cpus > WORLD_CPUS || nodes < 1 || nodes > WORLD_NODES) {
        return false;
    }
    World *world = world_lock();
    world->n_cpus = cpus;
    world->n_nodes = nodes;
    world->n_sockets = sockets;
    world->threads = threads;
    world->total_memkb = memory_kib;
    world_unlock();
    return true;
}

bool
standin_set_pool(uint32_t id, const char *name, int sched, uint32_t first_cpu, uint32_t n_cpus)
{
    if (id >= WORLD_POOLS || first_cpu + n_cpus > WORLD_CPUS) {
        return false;
    }
    Pool *pool = &world_lock()->pools[id];
    snprintf(pool->name, sizeof(pool->name), "%s", name);
    pool->sched = sched;
    memset(pool->cpus, 0, sizeof(pool->cpus));
    for (uint32_t cpu = first_cpu; cpu < first_cpu + n_cpus; cpu++) {
        pool->cpus[cpu / 8] |= (uint8_t)(1 << cpu % 8);
    }
    pool->used = true;
    world_unlock();
    return true;
}

void
standin_set_shadow(bool shadow)
{
    world_lock()->no_shadow = !shadow;
    world_unlock();
}

void
standin_set_flask(bool labels, bool enforcing)
{
    world_lock()->flask = labels ? 1 + enforcing : 0;
    world_unlock();
}

void
standin_set_muted(bool muted)
{
    world_lock()->muted = muted;
    world_unlock();
}

void
standin_set_boot(int manner, int stop_reason, uint32_t stops)
{
    World *world = world_lock();
    world->manner = manner;
    world->boot_stop = stop_reason;
    world->boot_stops = stops;
    world_unlock();
}

uint32_t
standin_boot_stops(void)
{
    uint32_t stops = world_lock()->boot_stops;
    world_unlock();
    return stops;
}

static Guest *
find(uint32_t domid)
{
    Guest *guest = world_guest(world_lock(), domid);
    if (!guest) {
        world_unlock();
    }
    return guest;
}

bool
standin_guest_stop(uint32_t domid, int reason)
{
    Guest *guest = find(domid);
    if (guest) {
        world_stop_guest(world_lock_held(), guest, reason);
        world_unlock();
    }
    return guest != NULL;
}

bool
standin_guest_destroy(uint32_t domid)
{
    Guest *guest = find(domid);
    if (guest) {
        world_remove_guest(world_lock_held(), guest);
        world_unlock();
    }
    return guest != NULL;
}

bool
standin_guest_pause(uint32_t domid, bool paused)
{
    Guest *guest = find(domid);
    if (guest && paused) {
        guest->paused = true;
    } else if (guest) {
        world_run_guest(world_lock_held(), guest);
    }
    if (guest) {
        world_unlock();
    }
    return guest != NULL;
}

bool
standin_guest_set_manner(uint32_t domid, int manner)
{
    Guest *guest = find(domid);
    if (guest) {
        guest->manner = manner;
        world_unlock();
    }
    return guest != NULL;
}

bool
standin_guest_set_cpu_time(uint32_t domid, uint64_t nanoseconds)
{
    Guest *guest = find(domid);
    if (guest) {
        guest->cpu_time = nanoseconds;
        world_unlock();
    }
    return guest != NULL;
}

int
standin_guest_read(uint32_t domid, StandinGuest *ret)
{
    Guest *guest = find(domid);
    if (!guest) {
        return 0;
    }
    memset(ret, 0, sizeof(*ret));
    memcpy(ret->name, guest->name, sizeof(ret->name));
    memcpy(ret->uuid, guest->uuid, sizeof(ret->uuid));
    ret->type = guest->type;
    ret->paused = guest->paused;
    ret->shutdown = guest->shutdown;
    ret->reason = guest->shutdown_reason;
    ret->target_memkb = guest->target_memkb;
    ret->max_memkb = guest->max_memkb;
    ret->n_vcpus = guest->n_vcpus;
    for (uint32_t i = 0; i < guest->n_vcpus; i++) {
        ret->n_online += world_vcpus(world_lock_held(), guest)[i].online;
    }
    memcpy(ret->triggers, guest->triggers, sizeof(ret->triggers));
    world_unlock();
    return 1;
}

int
standin_guests(uint32_t *domids, int max)
{
    const World *world = world_lock();
    int count = 0;
    for (uint32_t domid = 1; domid < WORLD_DOMIDS && count < max; domid++) {
        if (world->slot_of[domid]) {
            domids[count++] = domid;
        }
    }
    world_unlock();
    return count;
}

/* As "xl create" does it: by another process, running at once. */
int
standin_guest_create(const char *name, const uint8_t *uuid, int type, uint64_t memory_kib,
                     uint32_t vcpus)
{
    libxl_domain_config config;
    libxl_ctx *ctx = NULL;
    uint32_t domid = 0;
    libxl_domain_config_init(&config);
    config.c_info.type = (libxl_domain_type)type;
    config.c_info.name = strdup(name);
    memcpy(config.c_info.uuid.uuid, uuid, 16);
    libxl_domain_build_info_init_type(&config.b_info, (libxl_domain_type)type);
    config.b_info.target_memkb = config.b_info.max_memkb = memory_kib;
    config.b_info.max_vcpus = (int)vcpus;
    libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, NULL);
    libxl_bitmap_alloc(ctx, &config.b_info.avail_vcpus, (int)vcpus);
    for (uint32_t i = 0; i < vcpus; i++) {
        libxl_bitmap_set(&config.b_info.avail_vcpus, (int)i);
    }
    int rc = build_guest(ctx, &config, "xl", &domid);
    if (rc == 0) {
        World *world = world_lock();
        world_run_guest(world, world_guest(world, domid));
        world_unlock();
    }
    libxl_domain_config_dispose(&config);
    libxl_ctx_free(ctx);
    return rc == 0 ? (int)domid : rc;
}

int
standin_fault_arm(const char *point, int action, int value, int domid, int skip, int times)
{
    World *world = world_lock();
    int number = 0;
    while (number < WORLD_FAULTS && world->faults[number].used) {
        number++;
    }
    if (number < WORLD_FAULTS) {
        Fault *fault = &world->faults[number];
        memset(fault, 0, sizeof(*fault));
        snprintf(fault->point, sizeof(fault->point), "%s", point);
        fault->action = action;
        fault->value = value;
        fault->domid = domid;
        fault->skip = skip;
        fault->times = times;
        fault->used = true;
    }
    world_unlock();
    return number < WORLD_FAULTS ? number : -1;
}

uint32_t
standin_fault_hits(int number)
{
    uint32_t hits = world_lock()->faults[number].hits;
    world_unlock();
    return hits;
}

/* Those that hang go on; the fault hits nobody any more. */
void
standin_fault_release(int number)
{
    Fault *fault = &world_lock()->faults[number];
    fault->times = 0;
    __atomic_store_n(&fault->released, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &fault->released, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    world_unlock();
}

void
standin_faults_clear(void)
{
    World *world = world_lock();
    for (int i = 0; i < WORLD_FAULTS; i++) {
        __atomic_store_n(&world->faults[i].released, 1, __ATOMIC_RELEASE);
        world->faults[i].times = 0;
        world->faults[i].used = false;
    }
    world_unlock();
}

uint32_t
standin_calls(const char *point)
{
    const World *world = world_lock();
    uint32_t count = 0;
    for (int i = 0; i < WORLD_CALLS; i++) {
        count += strcmp(world->calls[i].name, point) == 0 ? world->calls[i].count : 0;
    }
    world_unlock();
    return count;
}
