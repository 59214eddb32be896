/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The number behind the name of a virtual disk. */
#pragma once

#include <glib.h>

/*
 * What libxl numbers the disk called @vdev with, by which xenstore, dom0's kernel and QEMU know it:
 * "xvda" is 51712. Names are xvdLETTERS, hdLETTER and sdLETTER with or without the number of a
 * partition, dDISKpPARTITION, or the number itself (xen-vbd-interface(7)). @ret_number may be NULL.
 *
 * Returns: FALSE when libxl has no number for it; such a guest does not start.
 */
gboolean dom_disk_number(const char *vdev, guint *ret_number);

/*
 * The place of the disk's letter, by which libxl gives a disk its place on an emulated controller: 1
 * for xvdb, hdb3 and d1p0.
 *
 * Returns: FALSE when @vdev is a number, or no name at all.
 */
gboolean dom_disk_letter(const char *vdev, guint *ret_disk);
