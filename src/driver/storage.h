/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The image files that a guest's disks are on. */
#pragma once

#include "conf/def.h"

/*
 * Looks at the files that QEMU is to serve as disks of @def, before the guest is made: libxl does
 * not, and QEMU would leave out a disk that it cannot open and let the guest start without it.
 * Disks of other backends, of driver domains and with a script are not looked at: libxl judges
 * them.
 *
 * Opens files, which may wait for a server: in a job, with nothing locked. Any thread.
 *
 * A disk of a type that Xen does not have would be missing without a word, too.
 *
 * Returns: FALSE when a file cannot be read (VIR_ERR_OPERATION_FAILED, with its path and the
 * system's words), or is no image of the format that the disk has, or when a disk cannot be served
 * (VIR_ERR_CONFIG_UNSUPPORTED).
 */
gboolean drv_storage_check(const DomDef *def, GError **error);

/* Whether the disk is a file or block device of this machine, and not one of a driver domain or one
 * that a script makes. */
gboolean drv_storage_is_here(const DomDisk *disk);

/* The disk of @def's that the guest calls @vdev, or NULL; borrowed. */
DomDisk *drv_storage_by_vdev(const DomDef *def, const char *vdev);

/* The disk of @def's that a client calls @path, by its name in the guest or by what backs it;
 * borrowed. NULL with @error INVALID_ARG. */
DomDisk *drv_storage_find(const DomDef *def, const char *path, GError **error);
