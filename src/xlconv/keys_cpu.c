/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"
#include "xlconv/pair.h"
#include "xlconv/spec.h"

static const XlcPair cpus = XLC_PAIR(cpu.cpus, cpu.cpus_list);
static const XlcPair cpus_soft = XLC_PAIR(cpu.cpus_soft, cpu.cpus_soft_list);
static const XlcPair cpuid = XLC_PAIR(cpu.cpuid, cpu.cpuid_list);

XLC_PAIR_CODEC(cpus);
XLC_PAIR_CODEC(cpus_soft);
XLC_PAIR_CODEC(cpuid);

/* Beside libxl's names of features, each 0, 1, x, k or s. */
static const XlcSpecRow cpuid_rows[] = {
    { "maxleaf", DOM_KIND_UINT, N_("Last basic leaf") },
    { "maxhvleaf", DOM_KIND_UINT, N_("Last leaf of Xen's own") },
    { "family", DOM_KIND_UINT, N_("Family of the processor") },
    { "model", DOM_KIND_UINT, N_("Model of the processor") },
    { "stepping", DOM_KIND_UINT, N_("Stepping of the processor") },
    { "brandid", DOM_KIND_UINT, N_("Index of the processor's brand") },
    { "clflush", DOM_KIND_UINT, N_("Size of a cache line that CLFLUSH writes, in 8 bytes") },
    { "localapicid", DOM_KIND_UINT, N_("First APIC ID") },
    { "proccount", DOM_KIND_UINT, N_("Number of logical processors in a package") },
    { "procpkg", DOM_KIND_UINT, N_("Number of cores in a package, less one") },
    { "nc", DOM_KIND_UINT, N_("The same as AMD's processors tell it") },
    { "apicidsize", DOM_KIND_UINT, N_("Number of bits of an APIC ID that tell the core") },
};

static void
cpuid_options(GPtrArray *list)
{
    xlc_spec_options_add(list, cpuid_rows, G_N_ELEMENTS(cpuid_rows));
}

static const XlcKey keys[] = {
    XLC_UINT("vcpus", cpu.vcpus, XLC_ANY, .flags = XLC_FATAL_NEGATIVE,
             .otherwise = N_("the guest gets one"),
             .doc = N_("Virtual CPUs that are online at start")),
    XLC_UINT("maxvcpus", cpu.maxvcpus, XLC_ANY, .flags = XLC_FATAL_NEGATIVE,
             .doc = N_("Virtual CPUs the guest can have")),
    XLC_SPECIAL("cpus", &cpus_codec, XLC_ANY,
                .value = N_("CPUs such as \"0-3,^2\", or a list of that, one for each virtual CPU"),
                .doc = N_("CPUs the guest may run on")),
    XLC_SPECIAL("cpus_soft", &cpus_soft_codec, XLC_ANY,
                .value = N_("CPUs such as \"0-3,^2\", or a list of that, one for each virtual CPU"),
                .doc = N_("CPUs the guest should run on")),
    XLC_BOOL("nestedhvm", cpu.nestedhvm, XLC_PVH | XLC_HVM,
             .doc = N_("The guest can run virtual machines itself")),
    XLC_BOOL("nx", cpu.nx, XLC_HVM, .doc = N_("Show the no-execute bit")),
    XLC_SPECIAL("cpuid", &cpuid_codec, XLC_ANY, .options = cpuid_options,
                .value = N_("\"host,NAME=VALUE,...\", or a list of \"LEAF:REGISTER=BITS,...\""),
                .doc = N_("Changes to CPUID")),
};

XLC_TOPIC(cpu, keys);
