/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which CPUs of the host each vCPU may run on, and which it prefers: pure functions on the model. */

#include "conf/def.h"

typedef enum {
    DRV_AFFINITY_HARD, /* xl.cfg's cpus */
    DRV_AFFINITY_SOFT, /* xl.cfg's cpus_soft */
} DrvAffinity;

/* The CPU list (xl.cfg's language) of one vCPU; "all" when it is free. Borrowed. */
const char *drv_affinity_get(const DomCpu *cpu, DrvAffinity kind, guint vcpu);

/* Gives @vcpu the list @cpus; the others, of @n_vcpus, keep theirs. "all" frees it. */
void drv_affinity_set(DomCpu *cpu, DrvAffinity kind, guint n_vcpus, guint vcpu, const char *cpus);

/* Gives all vCPUs the list @cpus. "all" frees them. */
void drv_affinity_set_all(DomCpu *cpu, DrvAffinity kind, const char *cpus);
