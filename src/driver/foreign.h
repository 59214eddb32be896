/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Guests that somebody else made: xl, a cluster manager, a script. They are on the list like any
 * other, with a definition made from the configuration that libxl keeps with each guest, and can be
 * worked with. What becomes of them when they stop is left to whoever made them: xl's own process
 * waits for the guest's end and does what its on_reboot and on_crash say.
 *
 * A guest whose definition this driver (or the one that it replaces) left with Xen, but of which
 * there is no state file, is the driver's own: the daemon ended before it could write the file.
 */

#include "driver/listing.h"

DrvForeign *drv_foreign_new(void);

/* NULL is fine. */
void drv_foreign_free(DrvForeign *foreign);

/*
 * The name of the guest with the domid @id and that uuid, as it is on the list: what Xen calls it,
 * made different when another domain of the list has that name. NULL when it has none that libvirt
 * could show, as a guest that is being destroyed. (transfer full)
 */
char *drv_foreign_name(DrvDriver *driver, const unsigned char *uuid, int id);

/* The guest as libxl has it, devices that have come since included. Waits for whoever changes it.
 * NULL with @error. (transfer full) */
DomDef *drv_foreign_def(DrvXen *xen, uint32_t domid, GError **error);

/* Puts a worker on each guest that Xen lists and the driver does not know. One that is still being
 * built is looked at again with the next call. */
void drv_foreign_look(DrvDriver *driver, const DrvListing *listing);
