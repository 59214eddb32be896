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

/* "raw, qcow2 or vhd", with the word that @typed may have meant (transfer full). */
char *xlc_disk_words_expected(const XlcDiskWord *words, const char *typed);

/* What to say of @typed, which is none of the @known options ("format=", "cdrom", ...), beginning
 * with "; " (transfer full). */
char *xlc_disk_option_hint(GPtrArray *known, const char *typed);
