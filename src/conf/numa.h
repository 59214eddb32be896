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

extern const DomRecord dom_vnode_record;
