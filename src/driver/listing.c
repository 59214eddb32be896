/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stdlib.h>

#include "internal.h"

#include "driver/listing.h"
#include "driver/text.h"

void
drv_listing_clear(DrvListing *listing)
{
    if (listing->infos) {
        libxl_dominfo_list_free(listing->infos, listing->count);
    }
}

gboolean
drv_listing_read(DrvListing *listing, DrvDriver *driver, GError **error)
{
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    listing->infos = libxl_list_domain(xen->ctx, &listing->count);
    if (!listing->infos) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen does not list its domains"));
    }
    return TRUE;
}

gboolean
drv_listing_read_some(DrvListing *listing, DrvDriver *driver, GPtrArray *domains, GError **error)
{
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    /* libxl's to free, with free() */
    listing->infos = calloc(domains->len + 1, sizeof(*listing->infos));
    for (guint i = 0; i < domains->len; i++) {
        int id = drv_domain_running_id(g_ptr_array_index(domains, i), NULL);
        libxl_dominfo *info = &listing->infos[listing->count];
        libxl_dominfo_init(info);
        if (id >= 0 && libxl_domain_info(xen->ctx, info, (uint32_t)id) == 0) {
            listing->count++;
        }
    }
    return TRUE;
}

gboolean
drv_listing_stopped(const libxl_dominfo *info)
{
    return info->shutdown && info->shutdown_reason != LIBXL_SHUTDOWN_REASON_SUSPEND;
}

gboolean
drv_listing_suspended(const libxl_dominfo *info)
{
    return info->shutdown && info->shutdown_reason == LIBXL_SHUTDOWN_REASON_SUSPEND;
}

const libxl_dominfo *
drv_listing_find(const DrvListing *listing, const unsigned char *uuid, int id)
{
    for (int i = 0; i < listing->count; i++) {
        const libxl_dominfo *info = &listing->infos[i];
        if (!info->dying && memcmp(info->uuid.uuid, uuid, VIR_UUID_BUFLEN) == 0 &&
            (id < 0 || info->domid == (uint32_t)id)) {
            return info;
        }
    }
    return NULL;
}
