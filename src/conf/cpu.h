/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Virtual CPUs, their placement, and what CPUID tells the guest. */
#pragma once

#include "conf/record.h"

/* Xen's own limit for any guest is far below; this keeps a typo from eating memory. */
#define DOM_CPU_VCPUS_MAX 65536

typedef struct {
    DomRest rest;
    DomUint vcpus;    /* online at start; xl takes 1 */
    DomUint maxvcpus; /* xl takes vcpus */
    char *cpus;       /* hard affinity of all vCPUs, in xl.cfg's CPU list language */
    char **cpus_list; /* the same, an item for each vCPU; only one of the two is set */
    char *cpus_soft;
    char **cpus_soft_list;
    DomTristate nestedhvm;
    DomTristate nx;
    char *cpuid;       /* "host,feature=x" form */
    char **cpuid_list; /* leaf form */
} DomCpu;

extern const DomRecord dom_cpu_record;
