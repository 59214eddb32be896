/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "context.h"
#include "faults.h"

/* How often a call that hangs looks whether it was aborted. */
#define LOOK_MS 20

static void
count(World *world, const char *point)
{
    for (int i = 0; i < WORLD_CALLS; i++) {
        Call *call = &world->calls[i];
        if (call->count == 0) {
            snprintf(call->name, sizeof(call->name), "%s", point);
        }
        if (strcmp(call->name, point) == 0) {
            call->count++;
            return;
        }
    }
}

static Fault *
find(World *world, const char *point, int domid)
{
    for (int i = 0; i < WORLD_FAULTS; i++) {
        Fault *fault = &world->faults[i];
        if (!fault->used || fault->times == 0 || strcmp(fault->point, point) != 0 ||
            (fault->domid >= 0 && fault->domid != domid)) {
            continue;
        }
        if (fault->skip > 0) {
            fault->skip--;
            continue;
        }
        fault->times -= fault->times > 0;
        fault->hits++;
        return fault;
    }
    return NULL;
}

/* Until a test, in this process or another, releases it. */
static int
hang(libxl_ctx *ctx, Fault *fault)
{
    const struct timespec timeout = { .tv_nsec = LOOK_MS * 1000000 };
    while (!__atomic_load_n(&fault->released, __ATOMIC_ACQUIRE)) {
        if (context_aborted(ctx)) {
            context_say(ctx, 0, "aborted");
            return ERROR_ABORTED;
        }
        syscall(SYS_futex, &fault->released, FUTEX_WAIT, 0, &timeout, NULL, 0);
    }
    return fault->value;
}

static void
harm_guest(World *world, const Fault *fault, int domid)
{
    Guest *guest = domid >= 0 ? world_guest(world, (uint32_t)domid) : NULL;
    if (!guest) {
        return;
    }
    if (fault->action == FAULT_GONE) {
        world_remove_guest(world, guest);
    } else {
        world_stop_guest(world, guest, fault->value);
    }
}

int
fault_at(libxl_ctx *ctx, const char *point, int domid)
{
    World *world = world_lock();
    count(world, point);
    Fault *fault = find(world, point, domid);
    int action = fault ? fault->action : -1;
    int value = fault ? fault->value : 0;
    if (action == FAULT_STOP || action == FAULT_GONE) {
        harm_guest(world, fault, domid);
    }
    world_unlock();
    switch (action) {
    case FAULT_FAIL:
        context_say(ctx, 0, "stand-in: %s fails as told", point);
        return value;
    case FAULT_HANG:
        return hang(ctx, fault);
    case FAULT_KILL:
        kill(context_daemon(), SIGKILL);
        pause();
    }
    return 0;
}
