/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is written about the image of a disk: in the driver, in its files, and by libxl, which keeps
 * a configuration with each guest that xl reads for its own reboots, lists and saves. A block job
 * can put another image in the place of the first, and all of these must say so.
 *
 * libxl has no call for that; its record is read, changed and stored again. Nobody else's change
 * can come in between but one of a xl that attaches or detaches a device in that very moment.
 */

#include "driver/driver.h"

/* Whether libxl's record of the guest has the disk and can be changed, before it has to be. FALSE
 * with VIR_ERR_OPERATION_UNSUPPORTED. In a job, with nothing locked. */
gboolean drv_books_check(DrvXen *xen, uint32_t domid, const DomDisk *disk, GError **error);

/*
 * A block job begins at whose end the guest may go on with @file, of @format, as its disk @vdev. It
 * is kept with the guest, and nothing else is ever written into the books: QEMU, which a guest may
 * have taken over, could name any file of the host's. FALSE with @error. In a job, with nothing
 * locked.
 */
gboolean drv_books_promise(DrvDriver *driver, int id, const char *vdev, const char *file,
                           DomDiskFormat format, GError **error);

/* Whether @file is what was promised for the disk @vdev of the guest @id; @ret_format is that of
 * the promise. */
gboolean drv_books_promised(DrvDriver *driver, int id, const char *vdev, const char *file,
                            DomDiskFormat *ret_format);

/*
 * The guest @domid uses @file, of @format, as the disk that has been @before. A persistent
 * definition with the same image follows. What cannot be written is logged: QEMU has moved already.
 * In a job, with nothing locked.
 */
void drv_books_move(DrvDriver *driver, DrvDomain *domain, uint32_t domid, const DomDisk *before,
                    const char *file, DomDiskFormat format);
