/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/cpulist.h"

#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <libxl_utils.h>

#include "conf/cpulist.h"

static guint
node_of(const BindHost *host, guint cpu)
{
    if (host->cpu_nodes != NULL)
        return host->cpu_nodes[cpu];
    return cpu / MAX(host->ncpus / MAX(host->nnodes, 1), 1);
}

static void
set_cpu(libxl_bitmap *bitmap, guint cpu, gboolean on)
{
    if (on)
        libxl_bitmap_set(bitmap, (int)cpu);
    else
        libxl_bitmap_reset(bitmap, (int)cpu);
}

static gboolean
apply_item(const char *item, const BindHost *host, libxl_bitmap *bitmap, GError **error)
{
    DomCpuRange range;

    if (!dom_cpu_range_parse(item, &range)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("%s is neither a CPU number, a range like 0-3, nor all"), item);
        return FALSE;
    }
    if (range.all)
        libxl_bitmap_set_any(bitmap);
    for (guint cpu = 0; !range.all && cpu < host->ncpus; cpu++) {
        guint number = range.nodes ? node_of(host, cpu) : cpu;

        if (number >= range.first && number <= range.last)
            set_cpu(bitmap, cpu, !range.off);
    }
    return TRUE;
}

gboolean
bind_cpulist_parse(const char *text, const BindHost *host, libxl_bitmap *bitmap, GError **error)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    libxl_bitmap cpus;

    libxl_bitmap_init(&cpus);
    bind_bitmap_alloc(&cpus, host->ncpus);
    for (guint i = 0; items[i] != NULL; i++) {
        if (items[i][0] != '\0' && !apply_item(items[i], host, &cpus, error)) {
            libxl_bitmap_dispose(&cpus);
            return FALSE;
        }
    }
    *bitmap = cpus;
    return TRUE;
}

char *
bind_cpulist_format(const libxl_bitmap *bitmap, guint ncpus)
{
    GString *list = g_string_new(NULL);
    guint bits = 8 * bitmap->size;
    guint cpu = 0;

    while (cpu < bits) {
        guint first = cpu;

        while (cpu < bits && libxl_bitmap_test(bitmap, (int)cpu))
            cpu++;
        if (first == 0 && cpu >= ncpus && ncpus > 0) {
            g_string_assign(list, "all");
            break;
        }
        if (cpu - first == 1)
            g_string_append_printf(list, "%s%u", list->len > 0 ? "," : "", first);
        else if (cpu > first)
            g_string_append_printf(list, "%s%u-%u", list->len > 0 ? "," : "", first, cpu - 1);
        cpu++;
    }
    return g_string_free(list, FALSE);
}
