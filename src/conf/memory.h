/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory sizes, all in KiB as libxl has them. */
#pragma once

#include "conf/record.h"

typedef struct {
    DomRest rest;
    DomUint target; /* xl.cfg memory: what the guest has at start */
    DomUint max;    /* xl.cfg maxmem: what it can be given; absent: the same as target */
    DomUint shadow;
} DomMemory;

extern const DomRecord dom_memory_record;

/* What libxl gives a guest that names no size. KiB. */
#define DOM_MEMORY_DEFAULT (32 * 1024)
