/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Memory for a guest that does not fit beside the others: Domain-0 gives some of its own. */

#include "driver/driver.h"

/* Held from the look at what is free until the guest has its memory, by xl in the same way: of two
 * starts at a time the second sees what the first has taken. */
typedef struct {
    int lock_fd; /* of the lock file; -1: not held */
} DrvRoom;

#define DRV_ROOM_INIT                                                                              \
    {                                                                                              \
        .lock_fd = -1                                                                              \
    }

/*
 * Sees to it that the guest that @config describes has room, when libxl.conf lets Domain-0 be
 * ballooned. Waits for other starts, and for Domain-0 to give memory back: up to half a minute.
 * FALSE with @error when there is not enough. Call without any lock.
 */
gboolean drv_room_make(DrvRoom *room, DrvDriver *driver, DrvXen *xen,
                       const libxl_domain_config *config, GError **error);

/* The guest has its memory, or will not have it. */
void drv_room_clear(DrvRoom *room);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvRoom, drv_room_clear)
