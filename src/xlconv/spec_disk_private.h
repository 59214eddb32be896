/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/spec_disk.h"

/* What the two directions of the disk language (spec_disk.c, spec_disk_format.c) share. */

/* A word and the enum value it stands for; tables end with a NULL word. */
typedef struct {
    const char *word;
    int value;
} XlcDiskWord;

extern const XlcDiskWord xlc_disk_format_words[];
extern const XlcDiskWord xlc_disk_access_words[];
extern const XlcDiskWord xlc_disk_backend_words[];
extern const XlcDiskWord xlc_disk_specification_words[];

/* A prefix of the xm days; the table ends with a NULL word. */
typedef struct {
    const char *word;
    XlcDiskFormat format;
    gboolean script; /* sets script=block-WORD */
} XlcDiskPrefix;

extern const XlcDiskPrefix xlc_disk_prefixes[];

/* Adds @prefix to @list, of XlcSpecOption. */
void xlc_disk_list_prefix(GPtrArray *list, const XlcDiskPrefix *prefix);

/* "rw", "r"; NULL for ABSENT */
const char *xlc_disk_access_name(XlcDiskAccess access);

/* "xen", "virtio"; NULL for ABSENT */
const char *xlc_disk_specification_name(XlcDiskSpecification specification);

/* "raw, qcow2 or vhd", with the word that @typed may have meant (transfer full). */
char *xlc_disk_words_expected(const XlcDiskWord *words, const char *typed);

/*
 * What to say of @typed, which stands in front of a = and is none of the @known options that do
 * ("format=", "cdrom", ...) (transfer full).
 */
char *xlc_disk_option_complaint(GPtrArray *known, const char *typed);

/* The same of @typed alone, where no value is expected any more: mostly it is an option that lacks
 * its own, or one that is misspelled. */
char *xlc_disk_surplus_complaint(GPtrArray *known, const char *typed);
