/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests are built, listed, paused, asked to stop and destroyed. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "context.h"
#include "faults.h"
#include "store.h"
#include "world.h"

static void
fill_info(World *world, const Guest *guest, libxl_dominfo *info)
{
    libxl_dominfo_init(info);
    memcpy(info->uuid.uuid, guest->uuid, sizeof(guest->uuid));
    info->domid = guest->domid;
    info->paused = guest->paused;
    info->shutdown = guest->shutdown;
    info->dying = guest->dying;
    info->running = !guest->paused && !guest->shutdown;
    info->shutdown_reason = guest->shutdown ? (libxl_shutdown_reason)guest->shutdown_reason
                                            : LIBXL_SHUTDOWN_REASON_UNKNOWN;
    info->current_memkb = guest->current_memkb;
    info->max_memkb = guest->max_memkb;
    info->cpu_time = guest->cpu_time;
    info->vcpu_max_id = guest->n_vcpus ? guest->n_vcpus - 1 : 0;
    for (uint32_t i = 0; i < guest->n_vcpus; i++) {
        info->vcpu_online += world_vcpus(world, guest)[i].online;
    }
    info->cpupool = (uint32_t)guest->pool;
    info->domain_type = guest->type;
    if (world->flask) {
        info->ssid_label =
            strdup(guest->domid ? "system_u:system_r:domU_t" : "system_u:system_r:dom0_t");
    }
}

static int
by_domid(const void *a, const void *b)
{
    const libxl_dominfo *one = a, *other = b;
    return one->domid < other->domid ? -1 : one->domid > other->domid;
}

libxl_dominfo *
libxl_list_domain(libxl_ctx *ctx, int *count)
{
    if (fault_at(ctx, "libxl_list_domain", -1) != 0) {
        return NULL;
    }
    World *world = world_lock();
    int n = 0;
    for (int i = 0; i < WORLD_GUESTS; i++) {
        n += world->guests[i].used;
    }
    libxl_dominfo *infos = calloc((size_t)n + 1, sizeof(*infos));
    *count = 0;
    for (int i = 0; i < WORLD_GUESTS && *count < n; i++) {
        if (world->guests[i].used) {
            fill_info(world, &world->guests[i], &infos[(*count)++]);
        }
    }
    world_unlock();
    qsort(infos, (size_t)*count, sizeof(*infos), by_domid);
    return infos;
}

int
libxl_domain_info(libxl_ctx *ctx, libxl_dominfo *info, uint32_t domid)
{
    int rc = fault_at(ctx, "libxl_domain_info", (int)domid);
    if (rc != 0) {
        return rc;
    }
    World *world = world_lock();
    const Guest *guest = world_guest(world, domid);
    if (guest && info) {
        fill_info(world, guest, info);
    }
    world_unlock();
    return guest ? 0 : ERROR_DOMAIN_NOTFOUND;
}

int
libxl_name_to_domid(libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    int rc = fault_at(ctx, "libxl_name_to_domid", -1);
    World *world = world_lock();
    const Guest *guest = world_guest_by_name(world, name);
    if (guest) {
        *domid = guest->domid;
    }
    world_unlock();
    return rc ? rc : guest ? 0 : ERROR_INVAL;
}

char *
libxl_domid_to_name(libxl_ctx *ctx, uint32_t domid)
{
    if (fault_at(ctx, "libxl_domid_to_name", (int)domid) != 0) {
        return NULL;
    }
    const Guest *guest = world_guest(world_lock(), domid);
    char *name = guest ? strdup(guest->name) : NULL;
    world_unlock();
    return name;
}

int
libxl_domain_rename(libxl_ctx *ctx, uint32_t domid, const char *old_name, const char *new_name)
{
    int rc = fault_at(ctx, "libxl_domain_rename", (int)domid);
    char path[64];
    snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
    World *world = world_lock();
    Guest *guest = world_guest(world, domid);
    if (rc == 0 && (!guest || (old_name && strcmp(old_name, guest->name) != 0) ||
                    world_guest_by_name(world, new_name))) {
        rc = ERROR_INVAL;
    }
    if (rc == 0) {
        snprintf(guest->name, sizeof(guest->name), "%s", new_name);
        store_write(path, new_name);
    }
    world_unlock();
    return rc;
}

typedef struct {
    libxl_domain_config *config;
    uint32_t *domid;
} Create;

static int
create_work(libxl_ctx *ctx, void *args)
{
    const Create *create = args;
    return build_guest(ctx, create->config, "libxl_domain_create_new", create->domid);
}

int
libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *config, uint32_t *domid,
                        const libxl_asyncop_how *ao_how,
                        const libxl_asyncprogress_how *aop_console_how)
{
    Create create = { config, domid };
    *domid = (uint32_t)INVALID_DOMID;
    return context_run(ctx, "libxl_domain_create_new", -1, create_work, &create, sizeof(create),
                       ao_how);
}

/* What is done to a guest that is there, with the lock held. */
typedef int (*Deed)(libxl_ctx *ctx, World *world, Guest *guest);

typedef struct {
    uint32_t domid;
    Deed deed;
} Do;

static int
do_work(libxl_ctx *ctx, void *args)
{
    const Do *call = args;
    World *world = world_lock();
    Guest *guest = world_guest(world, call->domid);
    int rc = guest ? call->deed(ctx, world, guest) : ERROR_DOMAIN_NOTFOUND;
    world_unlock();
    if (!guest) {
        context_say(ctx, ESRCH, "Domain %u:no such domain", call->domid);
    }
    return rc;
}

static int
do_to(libxl_ctx *ctx, const char *name, uint32_t domid, Deed deed, const libxl_asyncop_how *how)
{
    Do call = { domid, deed };
    return context_run(ctx, name, (int)domid, do_work, &call, sizeof(call), how);
}

static int
pause_guest(libxl_ctx *ctx, World *world, Guest *guest)
{
    guest->paused = true;
    return 0;
}

int
libxl_domain_pause(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    return do_to(ctx, "libxl_domain_pause", domid, pause_guest, how);
}

static int
unpause_guest(libxl_ctx *ctx, World *world, Guest *guest)
{
    world_run_guest(world, guest);
    return 0;
}

int
libxl_domain_unpause(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    return do_to(ctx, "libxl_domain_unpause", domid, unpause_guest, how);
}

/* A request through xenstore: a guest that is paused finds it when it runs again. */
static int
ask_guest(World *world, Guest *guest, int reason)
{
    if (guest->manner == MANNER_ALIEN) {
        return ERROR_NOPARAVIRT;
    }
    if (guest->manner == MANNER_OBEYS && guest->paused) {
        guest->request = reason;
    } else if (guest->manner == MANNER_OBEYS) {
        world_stop_guest(world, guest, reason);
    }
    return 0;
}

static int
ask_poweroff(libxl_ctx *ctx, World *world, Guest *guest)
{
    return ask_guest(world, guest, LIBXL_SHUTDOWN_REASON_POWEROFF);
}

int
libxl_domain_shutdown(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    return do_to(ctx, "libxl_domain_shutdown", domid, ask_poweroff, how);
}

static int
ask_reboot(libxl_ctx *ctx, World *world, Guest *guest)
{
    return ask_guest(world, guest, LIBXL_SHUTDOWN_REASON_REBOOT);
}

int
libxl_domain_reboot(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    return do_to(ctx, "libxl_domain_reboot", domid, ask_reboot, how);
}

typedef struct {
    uint32_t domid;
    libxl_trigger trigger;
} Trigger;

static int
trigger_work(libxl_ctx *ctx, void *args)
{
    const Trigger *call = args;
    World *world = world_lock();
    Guest *guest = world_guest(world, call->domid);
    /* Xen's hypercall knows no reset */
    bool known = guest && call->trigger > LIBXL_TRIGGER_UNKNOWN &&
                 call->trigger <= LIBXL_TRIGGER_S3RESUME && call->trigger != LIBXL_TRIGGER_RESET &&
                 guest->type == LIBXL_DOMAIN_TYPE_HVM;
    if (known) {
        guest->triggers[call->trigger]++;
    }
    if (known && call->trigger == LIBXL_TRIGGER_POWER && guest->manner != MANNER_IGNORES) {
        world_stop_guest(world, guest, LIBXL_SHUTDOWN_REASON_POWEROFF);
    }
    world_unlock();
    if (!known) {
        context_say(ctx, ENOSYS, "Domain %u:Send trigger '%s' failed", call->domid,
                    libxl_trigger_to_string(call->trigger));
    }
    return known ? 0 : ERROR_FAIL;
}

int
libxl_send_trigger(libxl_ctx *ctx, uint32_t domid, libxl_trigger trigger, uint32_t vcpuid,
                   const libxl_asyncop_how *how)
{
    Trigger call = { domid, trigger };
    return context_run(ctx, "libxl_send_trigger", (int)domid, trigger_work, &call, sizeof(call),
                       how);
}

int
libxl_send_sysrq(libxl_ctx *ctx, uint32_t domid, char sysrq)
{
    char path[64], word[2] = { sysrq, '\0' };
    snprintf(path, sizeof(path), "/local/domain/%u/control/sysrq", domid);
    int rc = fault_at(ctx, "libxl_send_sysrq", (int)domid);
    bool there = world_guest(world_lock(), domid) != NULL;
    world_unlock();
    if (rc == 0) {
        rc = there && store_write(path, word) ? 0 : ERROR_FAIL;
    }
    return rc;
}

/* In two steps, as Xen does: first it is dying, then it is gone. */
static int
destroy_work(libxl_ctx *ctx, void *args)
{
    uint32_t domid;
    memcpy(&domid, args, sizeof(domid));
    Guest *guest = world_guest(world_lock(), domid);
    if (guest) {
        guest->dying = true;
    }
    world_unlock();
    if (!guest) {
        context_say(ctx, 0, "Domain %u:Non-existant domain", domid);
        return ERROR_DOMAIN_NOTFOUND;
    }
    int rc = fault_at(ctx, "libxl_domain_destroy:dying", (int)domid);
    if (rc != 0) {
        return rc;
    }
    World *world = world_lock();
    guest = world_guest(world, domid);
    if (guest) {
        world_remove_guest(world, guest);
    }
    world_unlock();
    return fault_at(ctx, "libxl_domain_destroy:gone", (int)domid);
}

int
libxl_domain_destroy(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    return context_run(ctx, "libxl_domain_destroy", (int)domid, destroy_work, &domid, sizeof(domid),
                       how);
}

/* The dead guest keeps its memory under another name. As libxl: the new uuid is for xenstore only.
 */
int
libxl_domain_preserve(libxl_ctx *ctx, uint32_t domid, libxl_domain_create_info *info,
                      const char *suffix, libxl_uuid new_uuid)
{
    int rc = fault_at(ctx, "libxl_domain_preserve", (int)domid);
    char path[64], name[WORLD_NAME];
    snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
    World *world = world_lock();
    Guest *guest = world_guest(world, domid);
    if (rc == 0 && !guest) {
        rc = ERROR_DOMAIN_NOTFOUND;
    }
    if (rc == 0) {
        snprintf(name, sizeof(name), "%s%s", info->name, suffix);
        memcpy(guest->name, name, sizeof(name));
        store_write(path, name);
    }
    world_unlock();
    return rc;
}

/* The guest is built anew in its place, and runs when it is let. */
static int
reset_guest(libxl_ctx *ctx, World *world, Guest *guest)
{
    if (!guest->shutdown || guest->shutdown_reason != LIBXL_SHUTDOWN_REASON_SOFT_RESET) {
        return ERROR_INVAL;
    }
    guest->shutdown = false;
    guest->paused = true;
    return 0;
}

int
libxl_domain_soft_reset(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid,
                        const libxl_asyncop_how *how,
                        const libxl_asyncprogress_how *aop_console_how)
{
    return do_to(ctx, "libxl_domain_soft_reset", domid, reset_guest, how);
}
