/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The stand-in for Xen: libxl's and libxenstore's functions over a world that is kept in a folder,
 * for tests of the driver on a machine without Xen. See README.md.
 *
 * The folder is named by STANDIN_DIR. Guests outlive the process that made them, as on Xen:
 *
 *     world           the struct below, mapped by all processes that look at it
 *     store/          xenstore: a folder per node, its value in the file "="
 *     userdata/       DOMID.WORD, what libxl_userdata_store() was given
 *     watch/          files that are touched when a domain comes or goes
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxl.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#define WORLD_GUESTS     2048
#define WORLD_VCPUS      512
#define WORLD_CPUS       256
#define WORLD_NODES      8
#define WORLD_POOLS      8
#define WORLD_DOMIDS     0x7ff0 /* DOMID_FIRST_RESERVED: the first that no guest gets */
#define WORLD_FAULTS     64
#define WORLD_CALLS      256
#define WORLD_NAME       128
#define WORLD_CPUMAP     (WORLD_CPUS / 8)
#define WORLD_NO_REQUEST (-1)

/* How a guest takes a request to stop. */
typedef enum {
    MANNER_OBEYS,   /* stops at once */
    MANNER_IGNORES, /* frozen, or it takes its time */
    MANNER_ALIEN,   /* has no PV drivers: libxl says ERROR_NOPARAVIRT */
} Manner;

typedef struct {
    uint8_t hard[WORLD_CPUMAP];
    uint8_t soft[WORLD_CPUMAP];
    bool online;
    libxl_sched_params sched;
} Vcpu;

typedef struct {
    bool used; /* last to be set, first to be cleared */
    uint32_t domid;
    uint8_t uuid[16];
    char name[WORLD_NAME];
    int type; /* libxl_domain_type */
    int manner;
    bool paused;
    bool shutdown;
    bool suspended; /* libxl_domain_suspend_only() or a kept save */
    bool dying;
    int shutdown_reason;
    int request; /* the shutdown reason that it was asked for while paused, or WORLD_NO_REQUEST */
    int pool;
    uint64_t target_memkb;
    uint64_t max_memkb;
    uint64_t current_memkb;
    uint64_t cpu_time; /* ns */
    uint32_t n_vcpus;
    uint32_t nodes; /* bitmap of NUMA nodes */
    uint32_t triggers[LIBXL_TRIGGER_S3RESUME + 1];
    libxl_domain_sched_params sched;
} Guest;

typedef struct {
    bool used;
    char name[32];
    int sched; /* libxl_scheduler */
    uint8_t cpus[WORLD_CPUMAP];
} Pool;

typedef enum {
    FAULT_FAIL, /* the call returns value, having done nothing */
    FAULT_HANG, /* the call waits until it is released or aborted */
    FAULT_KILL, /* the process is killed */
    FAULT_STOP, /* the guest stops for the reason value; the call goes on */
    FAULT_GONE, /* the guest is destroyed as by xl; the call goes on */
} FaultAction;

typedef struct {
    bool used;
    char point[64]; /* name of a function, or "function:stage" */
    int action;
    int value;
    int domid; /* -1: any */
    int skip;  /* calls that pass before the first that is hit */
    int times; /* hits that are left; -1: no limit */
    uint32_t hits;
    uint32_t released; /* futex */
} Fault;

typedef struct {
    char name[64];
    uint32_t count;
} Call;

typedef struct {
    uint32_t magic;
    /* the host; fixed while a daemon runs unless a test changes it */
    uint32_t n_cpus;
    uint32_t n_nodes;
    uint32_t n_sockets;
    uint32_t threads;
    uint64_t total_memkb;
    int flask;           /* 0: no security labels; 1: there are; 2: and they are enforced */
    bool no_shadow;      /* Xen has no shadow page tables */
    bool muted;          /* no notice is given of domains that come and go */
    int manner;          /* of guests that start from now on */
    int boot_stop;       /* shutdown reason of those that stop by themselves when they start */
    uint32_t boot_stops; /* how many more of them */
    uint32_t next_domid;
    Pool pools[WORLD_POOLS];
    libxl_sched_credit_params credit[WORLD_POOLS];
    libxl_sched_credit2_params credit2[WORLD_POOLS];
    Fault faults[WORLD_FAULTS];
    Call calls[WORLD_CALLS];
    int16_t slot_of[WORLD_DOMIDS]; /* 1 + index into guests, 0: none */
    Guest guests[WORLD_GUESTS];
    Vcpu vcpus[WORLD_GUESTS]
              [WORLD_VCPUS]; /* sparse; pages of guests that never were are not made */
} World;

/* Maps the world of STANDIN_DIR, which is made when it is new, and takes its lock: of the process
 * and of the machine. Nobody waits for anything else while holding it. */
World *world_lock(void);
void world_unlock(void);

/* Unmaps it: STANDIN_DIR names another one from now on. Lock not held, by nobody. */
void world_leave(void);

/* The same world, for who has the lock already. */
World *world_lock_held(void);

/* The folder, "" when STANDIN_DIR is not set. */
const char *world_folder(void);

/* STANDIN_DIR/FORMAT. (transfer full) */
char *world_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The guest, or NULL. Lock held. */
Guest *world_guest(World *world, uint32_t domid);
Guest *world_guest_by_name(World *world, const char *name);
Vcpu *world_vcpus(World *world, const Guest *guest);

/* Makes a guest, paused; NULL when there are too many. Lock held. */
Guest *world_add_guest(World *world, const char *name, const uint8_t *uuid, uint32_t n_vcpus);

/* The guest stops, by itself or because it was asked to; destroyed. Both give notice. Lock held. */
void world_stop_guest(World *world, Guest *guest, int reason);
void world_remove_guest(World *world, Guest *guest);

/* The guest's CPUs run, and it does what it was asked for meanwhile. Lock held. */
void world_run_guest(World *world, Guest *guest);

/* What no guest has. Lock held. */
uint64_t world_free_memkb(const World *world);

/* "@introduceDomain" and "@releaseDomain", to all who watch. Lock held. */
void world_notify(const World *world, const char *what);
