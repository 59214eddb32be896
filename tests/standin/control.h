/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a test does to the world; see control.c. standin.py has the same declarations. */

#include "world.h"

typedef struct {
    char name[WORLD_NAME];
    uint8_t uuid[16];
    int type; /* libxl_domain_type */
    int paused;
    int shutdown;
    int reason; /* libxl_shutdown_reason */
    uint64_t target_memkb;
    uint64_t max_memkb;
    uint32_t n_vcpus;
    uint32_t n_online;
    uint32_t triggers[LIBXL_TRIGGER_S3RESUME + 1];
} StandinGuest;

/* STANDIN_DIR has changed. */
void standin_leave(void);

/* Before the daemon starts. @sockets and @nodes divide @cpus. */
bool standin_set_host(uint32_t cpus, uint32_t nodes, uint32_t sockets, uint32_t threads,
                      uint64_t memory_kib);
bool standin_set_pool(uint32_t id, const char *name, int sched, uint32_t first_cpu,
                      uint32_t n_cpus);

/* Whether guests have security labels, and these are enforced. */
void standin_set_shadow(bool shadow);
void standin_set_flask(bool labels, bool enforcing);

/* Whether xenstore keeps to itself which domains come and go. */
void standin_set_muted(bool muted);

/* Guests that start from now on: their Manner, and how many stop at once for @stop_reason. */
void standin_set_boot(int manner, int stop_reason, uint32_t stops);
uint32_t standin_boot_stops(void);

bool standin_guest_stop(uint32_t domid, int reason);
bool standin_guest_destroy(uint32_t domid);
bool standin_guest_pause(uint32_t domid, bool paused);
bool standin_guest_set_manner(uint32_t domid, int manner);
bool standin_guest_set_cpu_time(uint32_t domid, uint64_t nanoseconds);
int standin_guest_read(uint32_t domid, StandinGuest *ret);
int standin_guests(uint32_t *domids, int max);
int standin_guest_create(const char *name, const uint8_t *uuid, int type, uint64_t memory_kib,
                         uint32_t vcpus);

/* A number for the other functions, or -1; arguments as in Fault (world.h). */
int standin_fault_arm(const char *point, int action, int value, int domid, int skip, int times);
uint32_t standin_fault_hits(int number);
void standin_fault_release(int number);
void standin_faults_clear(void);

/* How often the point was passed. */
uint32_t standin_calls(const char *point);
