/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the daemon finds when it starts. */

#include "driver/driver.h"

/* Loads definitions and state files, and finds the guests that run, by uuid. Never fails: what
 * cannot be read is logged. Called once, before the driver serves anybody. */
void drv_running_load(DrvDriver *driver);

/* Starts, on a worker, what is marked to start with the daemon; once per boot of the machine. */
void drv_running_autostart(DrvDriver *driver);
