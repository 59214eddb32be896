/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Domains as Xen lists them, at one moment. */

#include "driver/driver.h"

typedef struct {
    libxl_dominfo *infos; /* in the order of their domids */
    int count;
} DrvListing;

/* Asks Xen, which answers at once. FALSE with @error when it does not. Any thread, no locks. */
gboolean drv_listing_read(DrvListing *listing, DrvDriver *driver, GError **error);

void drv_listing_clear(DrvListing *listing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvListing, drv_listing_clear)

/* The domain of that uuid, and with @id >= 0 of that domid; NULL when there is none. A domain that
 * is dying is no longer there. */
const libxl_dominfo *drv_listing_find(const DrvListing *listing, const unsigned char *uuid, int id);
