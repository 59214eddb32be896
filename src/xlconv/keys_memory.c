/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"

/* xl wants what the nodes of vnuma have together, whose sizes are rounded up to MiB each. */
static guint64
maxmem_kib(const DomDef *def)
{
    guint64 max = def->memory.max.value;

    return dom_numa_total(def, 1) == max && max != 0 ? dom_numa_total(def, 1024) : max;
}

static const XlcKey keys[] = {
    XLC_MIB("memory", memory.target, XLC_ANY,
            .otherwise = N_("the guest gets what maxmem says, or 32 MiB"),
            .doc = N_("Memory at start, in MiB")),
    XLC_MIB("maxmem", memory.max, XLC_ANY, .kib = maxmem_kib, .beside = "memory",
            .doc = N_("Most memory the guest can have, in MiB")),
    XLC_MIB("shadow_memory", memory.shadow, XLC_PVH | XLC_HVM | XLC_ARM,
            .doc = N_("Memory for the guest's page tables, in MiB")),
};

XLC_TOPIC(memory, keys);
