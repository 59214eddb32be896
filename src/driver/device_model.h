/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU as libxl's device model. */
#pragma once

#include "conf/def.h"

/* Where libxl lets the device models write. */
#define DRV_DEVICE_MODEL_LOGS "/var/log/xen"

/*
 * The last line that the device model of the guest @name wrote (transfer full), from its log below
 * @folder, but for what it writes about each drive that is empty. NULL when it wrote nothing since
 * the time @since, in seconds since 1970: libxl tells that a device model ended, and why stands only
 * there.
 */
char *drv_device_model_words(const char *folder, const char *name, gint64 since);

/* Adds to *@error, why libxl could not make the guest @name and returned @rc, what it does not say:
 * that it was too slow, or those words. */
void drv_device_model_explain(int rc, const char *name, gint64 since, GError **error);

/* Adds @args, which end with NULL, to those that the device model of @def's guest is started with.
 */
void drv_device_model_add_args(DomDef *def, const char *const *args);
