/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The host's USB devices, which libxl knows by bus and address alone. */

#include <glib.h>

/* Where Linux lists them. */
#define DRV_USB_HOST_DEVICES "/sys/bus/usb/devices"

/*
 * @xml, a device's element, with the address on the host in place of vendor and product when it is
 * a USB device that is told by these; else as it is (transfer full). @folder: DRV_USB_HOST_DEVICES.
 * NULL with VIR_ERR_DEVICE_MISSING when none is plugged in, with VIR_ERR_OPERATION_FAILED when
 * several are. Reads files; any thread.
 */
char *drv_usb_host_resolve(const char *folder, const char *xml, GError **error);

/* Whether a device is plugged in at that address of the bus. Reads files; any thread. */
gboolean drv_usb_host_has(const char *folder, guint bus, guint address);
