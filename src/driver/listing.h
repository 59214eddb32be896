/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Domains as Xen lists them, at one moment. */

#include "driver/driver.h"

typedef struct {
    libxl_dominfo *infos;
    int count;
} DrvListing;

/* Asks Xen, which answers at once. FALSE with @error when it does not. Any thread, no locks. */
gboolean drv_listing_read(DrvListing *listing, DrvDriver *driver, GError **error);

/* The same for these DrvDomains alone, each of which Xen is asked about: those of them that run. */
gboolean drv_listing_read_some(DrvListing *listing, DrvDriver *driver, GPtrArray *domains,
                               GError **error);

void drv_listing_clear(DrvListing *listing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvListing, drv_listing_clear)

/* Whether the guest has ended and is still there. One that was suspended to be saved or to move to
 * another host has not: it may be let run again. */
gboolean drv_listing_stopped(const libxl_dominfo *info);

/* Suspended as above, by somebody else than this driver, which looks at no guest that it works on.
 */
gboolean drv_listing_suspended(const libxl_dominfo *info);

/* The domain of that uuid, and with @id >= 0 of that domid; NULL when there is none. A domain that
 * is dying is no longer there. */
const libxl_dominfo *drv_listing_find(const DrvListing *listing, const unsigned char *uuid, int id);
