/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A virtual NUMA node. */
#pragma once

#include "conf/record.h"

typedef struct {
    DomRest rest;
    DomUint pnode;    /* node of the host */
    DomUint size;     /* KiB */
    char *vcpus;      /* "0-1,4" */
    char *vdistances; /* one per node, separated by commas */
} DomVnode;

/* What all cells have, each rounded up to whole units of @unit KiB. 0 where there is none, or one of
 * them has no size, or none that could be. */
guint64 dom_numa_total(const DomDef *def, guint unit);

/* The virtual CPUs of one item of a node's list as xl reads them, which looks at no error: the number
 * that @item begins with, or 0, and none when *@ret_first is more than *@ret_last. FALSE for a number
 * that has no room, with which xl comes to no end. Any thread. */
gboolean dom_numa_range_parse(const char *item, gulong *ret_first, gulong *ret_last);

/* How many virtual CPUs the cells name, as xl counts them: one that is named twice counts twice. Any
 * thread. */
guint64 dom_numa_named(const DomDef *def);

/* The first virtual CPU that is wrong among as many as the cells name, which libxl wants once each:
 * *@ret_twice or not at all. -1: none is. Any thread. */
int dom_numa_wrong_vcpu(const DomDef *def, gboolean *ret_twice);

/* How many virtual CPUs a guest must have for its cells: those that they name, and up to the highest
 * number named. 0 without cells. */
guint64 dom_numa_vcpus(const DomDef *def);
/* Where residual text told the cells anew, and the memory is not what they have together, text has to
 * say that memory, too: in whole MiB. */
void dom_numa_settle(DomDef *def);

extern const DomRecord dom_vnode_record;
