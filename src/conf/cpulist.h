/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The language of xl.cfg's cpus and cpus_soft (xl.cfg(5)): "0-3,^2", "all", "nodes:0-1,^node:1". */
#pragma once

#include <glib.h>

/* What stands between two commas. */
typedef struct {
    gboolean all;
    gboolean off;   /* taken out again: ^ */
    gboolean nodes; /* the numbers are NUMA nodes, not CPUs */
    gulong first, last;
} DomCpuRange;

/* FALSE when @item is no such thing, as xl reads it: blanks and signs before a number are fine. Any
 * thread. */
gboolean dom_cpu_range_parse(const char *item, DomCpuRange *ret_range);

/* The first item of @text that is none (transfer full), or NULL. Empty items mean nothing. Any
 * thread. */
char *dom_cpulist_wrong_item(const char *text);
