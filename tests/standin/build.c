/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "context.h"
#include "devices.h"
#include "faults.h"
#include "store.h"
#include "userdata.h"

/* Below the host's own and what virt-install hands out. */
#define FIRST_VNC_PORT 5900
#define VNC_PORTS      10000

static void
copy_map(uint8_t *map, const libxl_bitmap *bitmap)
{
    if (bitmap->size > 0) {
        memset(map, 0, WORLD_CPUMAP);
        memcpy(map, bitmap->map, bitmap->size < WORLD_CPUMAP ? bitmap->size : WORLD_CPUMAP);
    }
}

static void
set_vcpus(World *world, const Guest *guest, const libxl_domain_build_info *info)
{
    Vcpu *vcpus = world_vcpus(world, guest);
    for (int i = 0; i < info->max_vcpus; i++) {
        vcpus[i].online =
            !info->avail_vcpus.size ? i == 0 : libxl_bitmap_test(&info->avail_vcpus, i);
        if (i < info->num_vcpu_hard_affinity) {
            copy_map(vcpus[i].hard, &info->vcpu_hard_affinity[i]);
        }
        if (i < info->num_vcpu_soft_affinity) {
            copy_map(vcpus[i].soft, &info->vcpu_soft_affinity[i]);
        }
    }
}

/* Members that say "default" are negative. */
static void
set_sched(Guest *guest, const libxl_domain_sched_params *wanted)
{
    guest->sched.weight = wanted->weight > 0 ? wanted->weight : 256;
    guest->sched.cap = wanted->cap > 0 ? wanted->cap : 0;
    guest->sched.period = wanted->period > 0 ? wanted->period : 10000;
    guest->sched.budget = wanted->budget > 0 ? wanted->budget : 4000;
    guest->sched.extratime = wanted->extratime >= 0 ? wanted->extratime : 1;
}

/* By name or number; -1: there is none. */
static int
find_pool(const World *world, const char *wanted)
{
    char number[16];
    for (int id = 0; wanted && id < WORLD_POOLS; id++) {
        snprintf(number, sizeof(number), "%d", id);
        if (world->pools[id].used &&
            (strcmp(world->pools[id].name, wanted) == 0 || strcmp(number, wanted) == 0)) {
            return id;
        }
    }
    return wanted ? -1 : 0;
}

static Guest *
make_guest(libxl_ctx *ctx, World *world, libxl_domain_config *config)
{
    const libxl_domain_create_info *create = &config->c_info;
    const libxl_domain_build_info *info = &config->b_info;
    if (info->target_memkb > world_free_memkb(world)) {
        context_say(ctx, ENOMEM, "xc: panic: cannot allocate memory for the guest");
        return NULL;
    }
    int pool = find_pool(world, create->pool_name);
    if (pool < 0) {
        context_say(ctx, 0, "Illegal pool specified: %s", create->pool_name);
        return NULL;
    }
    Guest *guest =
        world_add_guest(world, create->name, create->uuid.uuid, (uint32_t)info->max_vcpus);
    if (!guest) {
        context_say(ctx, ENOSPC, "domain creation fail");
        return NULL;
    }
    guest->type = create->type;
    guest->pool = pool;
    guest->current_memkb = guest->target_memkb = info->target_memkb;
    guest->max_memkb = info->max_memkb;
    set_vcpus(world, guest, info);
    set_sched(guest, &info->sched_params);
    return guest;
}

/* Addresses that the config leaves open are in Xen's range. */
static void
fill_config(libxl_domain_config *config, uint32_t domid)
{
    static const uint8_t none[6];
    for (int i = 0; i < config->num_nics; i++) {
        libxl_device_nic *nic = &config->nics[i];
        if (memcmp(nic->mac, none, sizeof(none)) == 0) {
            const uint8_t mac[6] = { 0x00,           0x16,      0x3e, (uint8_t)(domid >> 8),
                                     (uint8_t)domid, (uint8_t)i };
            memcpy(nic->mac, mac, sizeof(mac));
        }
        nic->devid = nic->devid < 0 ? i : nic->devid;
    }
}

static void __attribute__((format(printf, 3, 4)))
write_key(uint32_t domid, const char *key, const char *format, ...)
{
    char path[96], value[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof(value), format, args);
    va_end(args);
    snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, key);
    store_write(path, value);
}

static bool
has_vnc(const libxl_domain_config *config)
{
    bool hvm = config->b_info.type == LIBXL_DOMAIN_TYPE_HVM;
    return config->num_vfbs > 0 ||
           (hvm && !libxl_defbool_is_default(config->b_info.u.hvm.vnc.enable) &&
            libxl_defbool_val(config->b_info.u.hvm.vnc.enable));
}

/* Whether QEMU has a terminal as the character device that @word names. */
static bool
is_terminal(const libxl_domain_build_info *info, const char *word)
{
    char device[64];
    if (strncmp(word, "chardev:", strlen("chardev:")) != 0) {
        return strcmp(word, "pty") == 0;
    }
    snprintf(device, sizeof(device), "pty,id=%s,", word + strlen("chardev:"));
    for (int i = 0; info->extra && info->extra[i]; i++) {
        if (strncmp(info->extra[i], device, strlen(device)) == 0) {
            return true;
        }
    }
    return false;
}

/* Of those that lead to a terminal libxl tells which. */
static void
write_serial(const libxl_domain_build_info *info, int port, const char *word, uint32_t domid)
{
    char key[32];
    snprintf(key, sizeof(key), "serial/%d/tty", port);
    if (is_terminal(info, word)) {
        write_key(domid, key, "%s/tty/%u-serial%d", world_folder(), domid, port);
    }
}

static void
write_serials(const libxl_domain_build_info *info, uint32_t domid)
{
    if (info->u.hvm.serial) {
        write_serial(info, 0, info->u.hvm.serial, domid);
    }
    for (int port = 0; info->u.hvm.serial_list && info->u.hvm.serial_list[port]; port++) {
        write_serial(info, port, info->u.hvm.serial_list[port], domid);
    }
}

/* As libxl: number 0 is the guest's own console, and a channel with it is left out silently. */
static void
write_channels(const libxl_domain_config *config, uint32_t domid)
{
    char key[64];
    for (int i = 0; i < config->num_channels; i++) {
        const libxl_device_channel *channel = &config->channels[i];
        if (channel->devid == 0) {
            continue;
        }
        snprintf(key, sizeof(key), "device/console/%d/name", channel->devid);
        write_key(domid, key, "%s", channel->name);
        snprintf(key, sizeof(key), "device/console/%d/tty", channel->devid);
        if (channel->connection == LIBXL_CHANNEL_CONNECTION_PTY) {
            write_key(domid, key, "%s/tty/%u-%s", world_folder(), domid, channel->name);
        }
    }
}

static void
write_store(const libxl_domain_config *config, uint32_t domid)
{
    const libxl_domain_build_info *info = &config->b_info;
    write_key(domid, "name", "%s", config->c_info.name);
    write_key(domid, "domid", "%u", domid);
    write_key(domid, "memory/target", "%llu", (unsigned long long)info->target_memkb);
    write_key(domid, "memory/static-max", "%llu", (unsigned long long)info->max_memkb);
    write_key(domid, "console/tty", "%s/tty/%u", world_folder(), domid);
    if (info->type == LIBXL_DOMAIN_TYPE_HVM) {
        write_serials(info, domid);
    }
    write_channels(config, domid);
    if (has_vnc(config)) {
        const libxl_vnc_info *vnc = config->num_vfbs > 0 ? &config->vfbs[0].vnc : &info->u.hvm.vnc;
        bool fixed =
            !libxl_defbool_is_default(vnc->findunused) && !libxl_defbool_val(vnc->findunused);
        write_key(domid, "console/vnc-port", "%u",
                  FIRST_VNC_PORT + (fixed ? (uint32_t)vnc->display : domid % VNC_PORTS));
    }
}

/* Passes POINT:STAGE; what is there of the guest is removed when that fails. */
static int
pass(libxl_ctx *ctx, const char *point, const char *stage, uint32_t *domid)
{
    char full[96];
    snprintf(full, sizeof(full), "%s:%s", point, stage);
    int rc = fault_at(ctx, full, (int)*domid);
    if (rc != 0) {
        World *world = world_lock();
        Guest *guest = world_guest(world, *domid);
        if (guest) {
            world_remove_guest(world, guest);
        }
        world_unlock();
        *domid = (uint32_t)INVALID_DOMID;
    }
    return rc;
}

int
build_guest(libxl_ctx *ctx, libxl_domain_config *config, const char *point, uint32_t *domid)
{
    World *world = world_lock();
    if (world_guest_by_name(world, config->c_info.name)) {
        world_unlock();
        context_say(ctx, 0, "Domain with name \"%s\" already exists.", config->c_info.name);
        return ERROR_INVAL;
    }
    Guest *guest = make_guest(ctx, world, config);
    if (!guest) {
        world_unlock();
        return ERROR_NOMEM;
    }
    *domid = guest->domid;
    world_unlock();
    int rc = pass(ctx, point, "made", domid);
    if (rc != 0) {
        return rc;
    }
    fill_config(config, *domid);
    write_store(config, *domid);
    devices_of_config(ctx, config, *domid);
    userdata_store_config(ctx, *domid, config);
    world_notify(world_lock(), "@introduceDomain");
    world_unlock();
    return pass(ctx, point, "built", domid);
}
