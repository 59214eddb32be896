/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The disks of a guest as its device model has them. Of one disk QEMU can have two: the emulated
 * one and the one of the guest's PV driver, each with counters of its own.
 */

#include "conf/disk.h"
#include "driver/counters.h"
#include "driver/qmp.h"

/* An image of a disk, or one behind it. */
typedef struct {
    char *file;
    char *format; /* QEMU's name of it */
} DrvQimage;

typedef struct {
    char *node;  /* the node of QEMU's that holds the image */
    char *drive; /* the drive's name, or where its device is (qdev, a QOM path); see is_path */
    gboolean is_path;
    char *vdev;       /* what its PV device says it is, when the node does not; or NULL */
    char *file;       /* what the image is opened from */
    GPtrArray *chain; /* of DrvQimage: the image, and those behind it down to the last */
    char *status;     /* "ok", "failed" or "nospace"; NULL: QEMU does not watch it */
    guint64 capacity; /* bytes the guest sees */
    guint64 physical; /* bytes the image takes where it is */
    DrvDiskCounts counts;
} DrvQdisk;

/* All that QEMU has; empty for a guest whose disks dom0's kernel serves. NULL with @error.
 * (transfer full) */
GPtrArray *drv_qdisks_read(DrvQmp *qmp, GError **error);

/* The next one of @qdisks at or after @place that is @disk's; -1: there is none. */
int drv_qdisks_find(const GPtrArray *qdisks, const DomDisk *disk, guint place);

/* Whether it serves the guest's PV driver; otherwise it is an emulated disk. */
gboolean drv_qdisk_is_pv(const DrvQdisk *qdisk, const DomDisk *disk);

/* Whether QEMU's words for a drive mean the disk. */
gboolean drv_qdisk_belongs(const DrvQdisk *qdisk, const DomDisk *disk);

/* The one of @disks that it is; NULL: none. (borrowed) */
const DomDisk *drv_qdisk_owner(const DrvQdisk *qdisk, const GPtrArray *disks);

/* QEMU's name of a format, and what it is; NULL and ABSENT where the other has none. */
const char *drv_qdisk_format_name(DomDiskFormat format);
DomDiskFormat drv_qdisk_format(const char *name);

/* Arguments of a command, which name the drive as this QEMU wants it. (transfer full) */
virJSONValue *drv_qdisk_argument(const DrvQdisk *qdisk);
