/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * USB devices of the host between guests: what libxl leaves undone.
 *
 * - A device for an HVM guest that has no free port gets a controller that libxl writes down and does
 *   not make in QEMU, so that the device finds no bus (seen with 4.17 and 4.20).
 * - A device that is pulled out while a guest has it stays in libxl's books without an address. From
 *   then on libxl cannot tell who has what, and gives no guest of the host any USB device.
 *
 * All wait for libxl, and some for QEMU: in a job, with nothing locked.
 */

#include "driver/driver.h"

/* Gives @def, an HVM guest that is to be started, the controller that its devices need. */
void drv_usb_guest_complete(DomDef *def);

/* Before @def's devices go to a guest: takes devices that are pulled out from all guests. Fails with
 * OPERATION_INVALID when a guest has one of @def's. */
gboolean drv_usb_guest_prepare(DrvDriver *driver, DrvXen *xen, const DomDef *def, GError **error);

/* Takes devices that are pulled out from the guest @domid. */
void drv_usb_guest_sweep(DrvDriver *driver, DrvXen *xen, uint32_t domid);

/* libxl_device_usbdev_add() for a guest of @type, with a controller where that is missing. */
int drv_usb_guest_add(libxl_ctx *ctx, uint32_t domid, libxl_domain_type type,
                      libxl_device_usbdev *device);
