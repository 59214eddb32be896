/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Devices that come and go on Xen while the guest runs. Each function waits for libxl, which waits
 * for the backend and the guest: in a job, with nothing locked.
 */

#include "driver/device.h"
#include "driver/driver.h"

/* Gives the guest @domid the device, whose def->live is the guest's: a disk is leased when the
 * guest's others are. */
gboolean drv_hotplug_attach(DrvDriver *driver, DrvXen *xen, uint32_t domid, DrvDevice *device,
                            GError **error);

/* Takes it away. A guest that does not let it go within libxl's time loses it all the same. */
gboolean drv_hotplug_detach(DrvDriver *driver, DrvXen *xen, uint32_t domid, DrvDevice *device,
                            GError **error);

/* Makes the one that the guest has into @device: the medium of a CD-ROM drive; nothing else can be
 * changed. @before is as it was. */
gboolean drv_hotplug_update(DrvDriver *driver, DrvXen *xen, uint32_t domid, DrvDevice *device,
                            DrvDevice *before, GError **error);

/* The daemon may have been killed between a change on Xen and its note of it: soon, on a worker,
 * all guests show the devices that they have. When the driver has started. */
void drv_hotplug_settle(DrvDriver *driver);

/* With a device of @kind others came or went: the domain, if it runs, shows those too. Runs a job.
 */
void drv_hotplug_settle_after(DrvDriver *driver, DrvDomain *domain, DomDeviceKind kind);
