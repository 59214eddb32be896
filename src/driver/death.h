/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What follows when a guest stops: the on_poweroff, on_reboot, on_crash ... of its definition. */

#include "driver/driver.h"

/* Beside libxl_shutdown_reason: the domain is not there any more. */
#define DRV_DEATH_GONE (-1)

/*
 * Puts a worker on the end of the guest that had the domid @id; @reason is a libxl_shutdown_reason
 * or DRV_DEATH_GONE. The domain's down_queued is set and is cleared by the worker. Any thread.
 */
void drv_death_handle(DrvDriver *driver, DrvDomain *domain, int id, int reason);

/* The action that @def wants on @reason, defaults resolved. */
DomAction drv_death_action(const DomDef *def, int reason);
