/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A virtual disk: what backs it and what the guest sees. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_DISK_FORMAT_ABSENT, /* raw; empty for a CD-ROM drive without a target */
    DOM_DISK_FORMAT_RAW,
    DOM_DISK_FORMAT_QCOW,
    DOM_DISK_FORMAT_QCOW2,
    DOM_DISK_FORMAT_VHD,
    DOM_DISK_FORMAT_QED,
    DOM_DISK_FORMAT_EMPTY,
    DOM_DISK_FORMAT_LAST = DOM_DISK_FORMAT_EMPTY,
} DomDiskFormat;

typedef enum {
    DOM_DISK_BACKEND_ABSENT, /* libxl chooses by target and format */
    DOM_DISK_BACKEND_PHY,
    DOM_DISK_BACKEND_TAP,
    DOM_DISK_BACKEND_QDISK,
    DOM_DISK_BACKEND_STANDALONE,
    DOM_DISK_BACKEND_LAST = DOM_DISK_BACKEND_STANDALONE,
} DomDiskBackend;

typedef enum {
    DOM_DISK_SPECIFICATION_ABSENT,
    DOM_DISK_SPECIFICATION_XEN,
    DOM_DISK_SPECIFICATION_VIRTIO,
    DOM_DISK_SPECIFICATION_LAST = DOM_DISK_SPECIFICATION_VIRTIO,
} DomDiskSpecification;

typedef enum {
    DOM_DISK_SOURCE_ABSENT, /* what the target looks like: block below /dev, else file */
    DOM_DISK_SOURCE_FILE,
    DOM_DISK_SOURCE_BLOCK,
    DOM_DISK_SOURCE_LAST = DOM_DISK_SOURCE_BLOCK,
} DomDiskSource;

extern const DomEnum dom_disk_source_names;
extern const DomEnum dom_disk_format_names;
extern const DomEnum dom_disk_backend_names;
extern const DomEnum dom_disk_specification_names;

typedef struct {
    DomRest rest;
    char *target;         /* path, or what script= makes of it; NULL or "": empty drive */
    DomDiskSource source; /* set only where XML says other than the target looks */
    DomDiskFormat format;
    char *vdev;
    DomTristate readonly; /* absent: writable, but a CD-ROM never is */
    DomTristate cdrom;
    DomDiskBackend backend;
    char *backend_domain;
    char *script;
    DomTristate direct_io_safe;
    DomTristate discard;
    DomTristate trusted;
    DomTristate grant_usage;
    DomDiskSpecification specification;
    DomTristate colo;
    char *colo_host;
    DomInt colo_port;
    char *colo_export;
    char *active_disk;
    char *hidden_disk;
} DomDisk;

/* Whether the source is a device, and no file. */
gboolean dom_disk_is_block(const DomDisk *disk);
/* Forgets what goes without saying, now that all of the disk is there: a source that the target
 * looks like, and that a CD-ROM is read-only. */
void dom_disk_settle(DomDisk *disk);

extern const DomRecord dom_disk_record;
