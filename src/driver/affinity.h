/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which CPUs of the host each vCPU may run on: pure functions on the model. */

#include "conf/def.h"

/* The CPU list (xl.cfg's language) of one vCPU; "all" when it is free. Borrowed. */
const char *drv_affinity_get(const DomCpu *cpu, guint vcpu);

/* Gives @vcpu the list @cpus; the others, of @n_vcpus, keep theirs. "all" frees it. */
void drv_affinity_set(DomCpu *cpu, guint n_vcpus, guint vcpu, const char *cpus);
