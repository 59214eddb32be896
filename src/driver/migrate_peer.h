/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Migrations that this daemon leads itself (VIR_MIGRATE_PEER2PEER): it speaks with the
 * destination's daemon, and its client only waits. */

#include "driver/driver.h"
#include "driver/migrate_params.h"

/* Moves the guest to the host of the daemon at @uri, in a job of the domain. FALSE with @error, and
 * it is still here. Call with nothing locked. */
gboolean drv_migrate_peer(DrvDriver *driver, DrvDomain *domain, const char *uri,
                          const DrvMigrateParams *params, unsigned int flags, GError **error);
