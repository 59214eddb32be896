/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A list of libvirt's typed parameters that grows. */

#include "internal.h"
#include "virtypedparam.h"

#include <glib.h>

typedef struct {
    virTypedParameterPtr list;
    int count;
    int room;
} DrvParams;

void drv_params_clear(DrvParams *params);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvParams, drv_params_clear)

/* The list, which @params no longer has. */
virTypedParameterPtr drv_params_steal(DrvParams *params);
/* These add one, with a name that is formatted. FALSE with libvirt's error set. */
gboolean drv_params_int(DrvParams *params, int value, const char *format, ...) G_GNUC_PRINTF(3, 4);
gboolean drv_params_uint(DrvParams *params, guint value, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gboolean drv_params_ullong(DrvParams *params, guint64 value, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gboolean drv_params_boolean(DrvParams *params, gboolean value, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* NULL as @value adds nothing. */
gboolean drv_params_text(DrvParams *params, const char *value, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
