/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "driver/driver.h"

/* A core dump to be. */
typedef struct {
    DrvDriver *driver;
    DrvDomain *domain; /* its job is the caller's, and a long one */
    int id;            /* of the guest */
    const char *name;  /* of the guest, for messages */
    const char *path;
    gboolean bypass_cache;
} DrvCore;

/* Writes the guest's memory into a file that is there when it is whole, compressed as libxl.conf says.
 * The job can be aborted meanwhile: FALSE with @error OPERATION_ABORTED. No locks. */
gboolean drv_core_write(const DrvCore *core, GError **error);
