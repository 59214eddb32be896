/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder shared with the guest by the 9P protocol. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_P9_TYPE_ABSENT,
    DOM_P9_TYPE_UNKNOWN,
    DOM_P9_TYPE_QEMU,
    DOM_P9_TYPE_XEN_9PFSD,
    DOM_P9_TYPE_LAST = DOM_P9_TYPE_XEN_9PFSD,
} DomP9Type;

extern const DomEnum dom_p9_type_names;

typedef struct {
    DomRest rest;
    char *tag;
    char *path;
    char *security_model;
    char *backend;
    DomP9Type type; /* from here on: Xen 4.19 */
    DomUint max_files;
    DomUint max_open_files;
    DomUint max_space; /* MiB */
    DomTristate auto_delete;
} DomP9;

extern const DomRecord dom_p9_record;
