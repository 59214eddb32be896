/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/affinity.h"

#define FREE "all"

/* Where the model has it: a list for all vCPUs, or one for each; only one of the two is set. */
static const struct {
    gsize all;
    gsize each;
} members[] = {
    [DRV_AFFINITY_HARD] = { DOM_TYPED_OFFSET(DomCpu, cpus, char *),
                            DOM_TYPED_OFFSET(DomCpu, cpus_list, char **) },
    [DRV_AFFINITY_SOFT] = { DOM_TYPED_OFFSET(DomCpu, cpus_soft, char *),
                            DOM_TYPED_OFFSET(DomCpu, cpus_soft_list, char **) },
};

static char **
all_of(DomCpu *cpu, DrvAffinity kind)
{
    return (char **)((char *)cpu + members[kind].all);
}

static char ***
each_of(DomCpu *cpu, DrvAffinity kind)
{
    return (char ***)((char *)cpu + members[kind].each);
}

const char *
drv_affinity_get(const DomCpu *cpu, DrvAffinity kind, guint vcpu)
{
    const char *all = *all_of((DomCpu *)cpu, kind);
    char *const *each = *each_of((DomCpu *)cpu, kind);
    if (each) {
        return vcpu < g_strv_length((char **)each) ? each[vcpu] : FREE;
    }
    return all ? all : FREE;
}

/* vCPUs beyond the list are free, so a free one at its end need not be said. */
static void
trim(char **list)
{
    guint n = g_strv_length(list);
    while (n > 0 && g_str_equal(list[n - 1], FREE)) {
        g_clear_pointer(&list[--n], g_free);
    }
}

void
drv_affinity_set_all(DomCpu *cpu, DrvAffinity kind, const char *cpus)
{
    g_clear_pointer(each_of(cpu, kind), g_strfreev);
    g_free(*all_of(cpu, kind));
    *all_of(cpu, kind) = g_str_equal(cpus, FREE) ? NULL : g_strdup(cpus);
}

void
drv_affinity_set(DomCpu *cpu, DrvAffinity kind, guint n_vcpus, guint vcpu, const char *cpus)
{
    char **list = g_new0(char *, n_vcpus + 1);
    for (guint i = 0; i < n_vcpus; i++) {
        list[i] = g_strdup(i == vcpu ? cpus : drv_affinity_get(cpu, kind, i));
    }
    trim(list);
    drv_affinity_set_all(cpu, kind, FREE);
    *each_of(cpu, kind) = list;
    if (!list[0]) {
        g_clear_pointer(each_of(cpu, kind), g_strfreev);
    }
}
