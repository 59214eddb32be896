/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The shared memory, its lock and the guests in it. */

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"
#include "world.h"

#define MAGIC 0x58656e21

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static World *mapped; /* under lock */
static int lock_fd = -1;

static void
give_up(const char *what)
{
    fprintf(stderr, "stand-in: %s: ", what);
    perror(NULL);
    abort();
}

const char *
world_folder(void)
{
    const char *folder = getenv("STANDIN_DIR");
    return folder ? folder : "";
}

char *
world_path(const char *format, ...)
{
    char *name = NULL, *path = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&name, format, args) < 0 || asprintf(&path, "%s/%s", world_folder(), name) < 0) {
        abort();
    }
    va_end(args);
    free(name);
    return path;
}

static void
make_control_domain(World *world)
{
    static const uint8_t no_uuid[16];
    world->next_domid = 0;
    Guest *host = world_add_guest(world, "Domain-0", no_uuid, world->n_cpus);
    host->paused = false;
    host->type = LIBXL_DOMAIN_TYPE_PV;
    host->target_memkb = host->max_memkb = host->current_memkb = 1 << 20;
    store_write("/local/domain/0/name", "Domain-0");
    world->next_domid = 1;
}

static void
make(World *world)
{
    static const char *const folders[] = { "store", "userdata", "watch" };
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char *path = world_path("%s", folders[i]);
        mkdir(path, 0700);
        free(path);
    }
    world->n_cpus = 4;
    world->n_nodes = 1;
    world->n_sockets = 1;
    world->threads = 1;
    world->total_memkb = 64ull << 20;
    world->pools[0].used = true;
    world->pools[0].sched = LIBXL_SCHEDULER_CREDIT2;
    snprintf(world->pools[0].name, sizeof(world->pools[0].name), "Pool-0");
    memset(world->pools[0].cpus, 0xff, sizeof(world->pools[0].cpus));
    for (int i = 0; i < WORLD_POOLS; i++) {
        world->credit[i] = (libxl_sched_credit_params){ 30, 1000, 0 };
        world->credit2[i] = (libxl_sched_credit2_params){ 1000 };
    }
    make_control_domain(world);
    world->magic = MAGIC;
}

static void
map(void)
{
    char *path = world_path("world");
    lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (lock_fd < 0 || flock(lock_fd, LOCK_EX) < 0 || ftruncate(lock_fd, sizeof(World)) < 0) {
        give_up("cannot open the file 'world' in STANDIN_DIR");
    }
    mapped = mmap(NULL, sizeof(World), PROT_READ | PROT_WRITE, MAP_SHARED, lock_fd, 0);
    if (mapped == MAP_FAILED) {
        give_up("cannot map the world");
    }
    if (mapped->magic != MAGIC) {
        make(mapped);
    }
}

/* A lock of flock() is its file's, as often as that is open: a child opens it for itself. And it
 * may have files of its own where ours were. */
static void
forget(void)
{
    pthread_mutex_init(&lock, NULL);
    mapped = NULL;
}

__attribute__((constructor)) static void
watch_forks(void)
{
    pthread_atfork(NULL, NULL, forget);
}

World *
world_lock(void)
{
    pthread_mutex_lock(&lock);
    if (!mapped) {
        map();
    } else if (flock(lock_fd, LOCK_EX) < 0) {
        give_up("flock");
    }
    return mapped;
}

void
world_leave(void)
{
    pthread_mutex_lock(&lock);
    if (mapped) {
        munmap(mapped, sizeof(World));
        close(lock_fd);
    }
    mapped = NULL;
    pthread_mutex_unlock(&lock);
}

void
world_unlock(void)
{
    flock(lock_fd, LOCK_UN);
    pthread_mutex_unlock(&lock);
}

World *
world_lock_held(void)
{
    return mapped;
}

Guest *
world_guest(World *world, uint32_t domid)
{
    int slot = domid < WORLD_DOMIDS ? world->slot_of[domid] : 0;
    return slot ? &world->guests[slot - 1] : NULL;
}

Guest *
world_guest_by_name(World *world, const char *name)
{
    for (int i = 0; i < WORLD_GUESTS; i++) {
        if (world->guests[i].used && strcmp(world->guests[i].name, name) == 0) {
            return &world->guests[i];
        }
    }
    return NULL;
}

Vcpu *
world_vcpus(World *world, const Guest *guest)
{
    return world->vcpus[guest - world->guests];
}

static Guest *
free_slot(World *world)
{
    for (int i = 0; i < WORLD_GUESTS; i++) {
        if (!world->guests[i].used) {
            return &world->guests[i];
        }
    }
    return NULL;
}

static uint32_t
take_domid(World *world)
{
    uint32_t domid = world->next_domid;
    while (world->slot_of[domid]) {
        domid = domid + 1 < WORLD_DOMIDS ? domid + 1 : 1;
    }
    world->next_domid = domid + 1 < WORLD_DOMIDS ? domid + 1 : 1;
    return domid;
}

Guest *
world_add_guest(World *world, const char *name, const uint8_t *uuid, uint32_t n_vcpus)
{
    Guest *guest = free_slot(world);
    if (!guest || n_vcpus > WORLD_VCPUS) {
        return NULL;
    }
    memset(guest, 0, sizeof(*guest));
    guest->domid = take_domid(world);
    memcpy(guest->uuid, uuid, sizeof(guest->uuid));
    snprintf(guest->name, sizeof(guest->name), "%s", name);
    guest->paused = true;
    guest->manner = world->manner;
    guest->request = WORLD_NO_REQUEST;
    guest->n_vcpus = n_vcpus;
    guest->nodes = (1u << world->n_nodes) - 1;
    guest->sched.weight = 256;
    for (uint32_t i = 0; i < n_vcpus; i++) {
        Vcpu *vcpu = &world_vcpus(world, guest)[i];
        memset(vcpu->hard, 0xff, sizeof(vcpu->hard));
        memset(vcpu->soft, 0xff, sizeof(vcpu->soft));
        vcpu->online = true;
        vcpu->sched = (libxl_sched_params){ (int)i, 256, 0, 10000, 1, 4000 };
    }
    guest->used = true;
    world->slot_of[guest->domid] = (int16_t)(guest - world->guests + 1);
    return guest;
}

void
world_stop_guest(World *world, Guest *guest, int reason)
{
    if (guest->shutdown) {
        return;
    }
    guest->shutdown_reason = reason;
    guest->shutdown = true;
    world_notify(world, "@releaseDomain");
}

static void
remove_userdata(uint32_t domid)
{
    char *folder = world_path("userdata");
    char prefix[16];
    snprintf(prefix, sizeof(prefix), "%u.", domid);
    store_remove_files(folder, prefix);
    free(folder);
}

void
world_remove_guest(World *world, Guest *guest)
{
    char path[64];
    snprintf(path, sizeof(path), "/local/domain/%u", guest->domid);
    world->slot_of[guest->domid] = 0;
    guest->used = false;
    store_remove(path);
    remove_userdata(guest->domid);
    world_notify(world, "@releaseDomain");
}

void
world_run_guest(World *world, Guest *guest)
{
    guest->paused = false;
    if (world->boot_stops > 0) {
        world->boot_stops--;
        world_stop_guest(world, guest, world->boot_stop);
    } else if (guest->request != WORLD_NO_REQUEST) {
        int reason = guest->request;
        guest->request = WORLD_NO_REQUEST;
        world_stop_guest(world, guest, reason);
    }
}

uint64_t
world_free_memkb(const World *world)
{
    uint64_t used = 0;
    for (int i = 0; i < WORLD_GUESTS; i++) {
        used += world->guests[i].used ? world->guests[i].current_memkb : 0;
    }
    return used < world->total_memkb ? world->total_memkb - used : 0;
}

void
world_notify(const World *world, const char *what)
{
    if (!world->muted) {
        char *path = world_path("watch/%s", what);
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) {
            close(fd); /* inotify's IN_CLOSE_WRITE */
        }
        free(path);
    }
}
