/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/cpulist.h"

#include "driver/bind/topic.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <libxl_utils.h>
#include <stdlib.h>

static gboolean
skip_prefix(const char **text, const char *prefix)
{
    if (!g_str_has_prefix(*text, prefix))
        return FALSE;
    *text += strlen(prefix);
    return TRUE;
}

/* strtoul, as xl has it: leading blanks and a sign are fine, a number too large is not. */
static gboolean
parse_number(const char **text, gulong *number)
{
    char *end;

    errno = 0;
    *number = strtoul(*text, &end, 10);
    if (end == *text || *number == G_MAXULONG)
        return FALSE;
    *text = end;
    return TRUE;
}

static gboolean
parse_range(const char *text, gulong *first, gulong *last)
{
    if (!parse_number(&text, first))
        return FALSE;
    *last = *first;
    if (skip_prefix(&text, "-") && !parse_number(&text, last))
        return FALSE;
    return *text == '\0' && *first <= *last;
}

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
    const char *text = item;
    gboolean off = skip_prefix(&text, "^");
    gboolean nodes = skip_prefix(&text, "node:") || skip_prefix(&text, "nodes:");
    gulong first, last;

    if (g_str_equal(text, "all") && !off) {
        libxl_bitmap_set_any(bitmap);
        return TRUE;
    }
    if (!parse_range(text, &first, &last)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("%s is neither a CPU number, a range like 0-3, nor all"), item);
        return FALSE;
    }
    for (guint cpu = 0; cpu < host->ncpus; cpu++) {
        guint number = nodes ? node_of(host, cpu) : cpu;

        if (number >= first && number <= last)
            set_cpu(bitmap, cpu, !off);
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
