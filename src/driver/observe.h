/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Keeping the list of domains in step with what Xen runs. */

#include "driver/driver.h"

/*
 * Compares the list with Xen's: what somebody else paused or let run is noted, and a worker is put
 * on each guest that stopped, is gone, or was made by somebody else. Waits for nobody but Xen. A
 * domain with a job is left to the job. FALSE with @error when Xen does not list its domains.
 */
gboolean drv_observe(DrvDriver *driver, GError **error);
