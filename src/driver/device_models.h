/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Device models that end under their guests. One thread's (the watcher's); it waits on the descriptor
 * together with what else it waits for.
 */

#include <glib.h>

#include "driver/driver.h"

typedef struct DrvDeviceModels DrvDeviceModels;

/* NULL with @error when the kernel gives no descriptor. */
DrvDeviceModels *drv_device_models_new(GError **error);

/* NULL is fine. */
void drv_device_models_free(DrvDeviceModels *models);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvDeviceModels, drv_device_models_free)

/* Readable when a device model has ended. */
int drv_device_models_fd(const DrvDeviceModels *models);

/* Watches the guest's device model, if xenstore names one and it is not watched yet. */
void drv_device_models_begin(DrvDeviceModels *models, DrvDriver *driver, int id);

/* The guest is no longer there. */
void drv_device_models_end(DrvDeviceModels *models, int id);

/* Notes with each domain whose device model has ended that it has. */
void drv_device_models_note_ended(DrvDeviceModels *models, DrvDriver *driver);

/*
 * Whether libxl still has the guest's device model on its books, in xenstore: it takes it off before
 * it ends one itself.
 */
gboolean drv_device_models_missed(DrvDriver *driver, int id);
