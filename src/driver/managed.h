/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Managed saves: the image that a domain is started from next time, in the place of the driver that
 * this one replaces. A domain that runs has none; DrvDomain.saved says whether there is one.
 */

#include "driver/guest.h"

/* Where the image of the domain of that name is. (transfer full) */
char *drv_managed_path(const char *name);

/* Inside a job. Removes the image, if there is one. */
gboolean drv_managed_remove(DrvDriver *driver, DrvDomain *domain, GError **error);

typedef enum {
    DRV_MANAGED_DROP = 1 << 0,         /* remove the image and boot */
    DRV_MANAGED_BYPASS_CACHE = 1 << 1, /* see pump.h */
} DrvManagedFlags;

/*
 * Inside a job: starts a domain that does not run from its image when there is one, which is
 * removed when the guest goes on, and boots it otherwise. With an image that cannot be used the
 * domain stays off and the image is kept.
 */
gboolean drv_managed_start(DrvDriver *driver, DrvDomain *domain, DrvStartFlags flags,
                           DrvManagedFlags managed, GError **error);

/* Looks for an image of a domain that has just been loaded. */
void drv_managed_load(DrvDomain *domain);

/*
 * When the daemon starts, of a guest that runs: what the daemon before it left undone when it was
 * killed. The managed image that the guest came from goes; a guest that was held for a core dump
 * runs on. One that stopped for a save is left to drv_managed_wake().
 */
void drv_managed_settle(DrvDriver *driver, DrvDomain *domain);

/*
 * Inside a job, for a guest that stopped for a save that nobody does any more, since the daemon was
 * killed: with a whole managed image it is ended, otherwise it goes on.
 */
gboolean drv_managed_wake(DrvDriver *driver, DrvDomain *domain, GError **error);
