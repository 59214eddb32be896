/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Who holds a running guest's leases may be killed, by the kernel when memory is short, say: then
 * sanlock gives them to whoever asks. They are taken again at once. @holders is the watcher's, of
 * whose thread both are.
 */

#include "driver/driver.h"
#include "driver/processes.h"

/* Watches who holds the leases of the guest, if somebody does and is not watched yet. */
void drv_lease_watch_begin(DrvProcesses *holders, DrvDriver *driver, int id);

/* Has a worker take the leases again of each guest whose holder has ended. */
void drv_lease_watch_renew(DrvProcesses *holders, DrvDriver *driver);
