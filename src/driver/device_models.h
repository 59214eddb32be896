/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Device models that end under their guests. @models is the watcher's, of whose thread all is. */

#include <glib.h>

#include "driver/driver.h"
#include "driver/processes.h"

/* Watches the guest's device model, if xenstore names one and it is not watched yet. */
void drv_device_models_begin(DrvProcesses *models, DrvDriver *driver, int id);

/* Notes with each domain whose device model has ended that it has. */
void drv_device_models_note_ended(DrvProcesses *models, DrvDriver *driver);

/*
 * Whether libxl still has the guest's device model on its books, in xenstore: it takes it off before
 * it ends one itself. Any thread.
 */
gboolean drv_device_models_missed(DrvDriver *driver, int id);
