/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/spec_disk.h"

/* What the two directions of the disk language (spec_disk.c, spec_disk_format.c) share. */

/* A word and the enum value it stands for; tables end with a NULL word. */
typedef struct {
    const char *word;
    int value;
} XlcDiskWord;

/* "rw", "r"; NULL for ABSENT */
const char *xlc_disk_access_name(XlcDiskAccess access);

/* "xen", "virtio"; NULL for ABSENT */
const char *xlc_disk_specification_name(XlcDiskSpecification specification);
