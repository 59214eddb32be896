/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Keeping the list in step with what really runs: at the daemon's start and after each notice. */

#include "driver/driver.h"

/* Loads definitions and state files, and finds the guests that run, by uuid. Never fails: what
 * cannot be read is logged. Called once, before the driver serves anybody. */
void drv_running_load(DrvDriver *driver);

/* Starts, on a worker, what is marked to start with the daemon; once per boot of the machine. */
void drv_running_autostart(DrvDriver *driver);

/* Compares the list with Xen's and puts a worker on each guest that stopped or is gone. Waits for
 * nobody but Xen. FALSE with @error when Xen does not list its domains. */
gboolean drv_running_compare(DrvDriver *driver, GError **error);
