/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/affinity.h"

#define FREE "all"

const char *
drv_affinity_get(const DomCpu *cpu, guint vcpu)
{
    if (cpu->cpus_list) {
        return vcpu < g_strv_length(cpu->cpus_list) ? cpu->cpus_list[vcpu] : FREE;
    }
    return cpu->cpus ? cpu->cpus : FREE;
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
drv_affinity_set(DomCpu *cpu, guint n_vcpus, guint vcpu, const char *cpus)
{
    char **list = g_new0(char *, n_vcpus + 1);
    for (guint i = 0; i < n_vcpus; i++) {
        list[i] = g_strdup(i == vcpu ? cpus : drv_affinity_get(cpu, i));
    }
    trim(list);
    g_clear_pointer(&cpu->cpus, g_free);
    g_strfreev(cpu->cpus_list);
    cpu->cpus_list = list;
    if (!list[0]) {
        g_clear_pointer(&cpu->cpus_list, g_strfreev);
    }
}
