/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"
#include "xlconv/pair.h"

static const XlcPair cpus = XLC_PAIR(cpu.cpus, cpu.cpus_list);
static const XlcPair cpus_soft = XLC_PAIR(cpu.cpus_soft, cpu.cpus_soft_list);
static const XlcPair cpuid = XLC_PAIR(cpu.cpuid, cpu.cpuid_list);

XLC_PAIR_CODEC(cpus);
XLC_PAIR_CODEC(cpus_soft);
XLC_PAIR_CODEC(cpuid);

static const XlcKey keys[] = {
    XLC_UINT("vcpus", cpu.vcpus, XLC_ANY, .flags = XLC_FATAL_NEGATIVE,
             .otherwise = N_("the guest gets one"),
             .doc = N_("Virtual CPUs that are online at start")),
    XLC_UINT("maxvcpus", cpu.maxvcpus, XLC_ANY, .flags = XLC_FATAL_NEGATIVE,
             .doc = N_("Virtual CPUs the guest can have")),
    XLC_SPECIAL("cpus", &cpus_codec, XLC_ANY, .doc = N_("CPUs the guest may run on")),
    XLC_SPECIAL("cpus_soft", &cpus_soft_codec, XLC_ANY, .doc = N_("CPUs the guest should run on")),
    XLC_BOOL("nestedhvm", cpu.nestedhvm, XLC_PVH | XLC_HVM,
             .doc = N_("The guest can run virtual machines itself")),
    XLC_BOOL("nx", cpu.nx, XLC_HVM, .doc = N_("Show the no-execute bit")),
    XLC_SPECIAL("cpuid", &cpuid_codec, XLC_ANY, .doc = N_("Changes to CPUID")),
};

XLC_TOPIC(cpu, keys);
