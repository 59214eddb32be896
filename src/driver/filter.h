/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A program that compresses what it reads, or does the opposite. Any thread, nothing locked. */

#include "driver/save_image.h"

typedef struct DrvFilter DrvFilter;

typedef struct {
    const DrvImageFormat *format;
    gboolean back;      /* what is read is compressed */
    gboolean gives_way; /* it is nice (driver/hypervisor.h) */
    int from;           /* borrowed */
    int to;             /* borrowed; -1: a pipe, whose other end drv_filter_start() returns */
} DrvFilterPlan;

/* Starts it. @ret_fd, the caller's to close, is set when the plan names no @to. NULL with @error.
 * (transfer full) */
DrvFilter *drv_filter_start(const DrvFilterPlan *plan, int *ret_fd, GError **error);

/* Waits until it has got the end of its input, or died, and frees it. FALSE with @error, which is
 * what it said. */
gboolean drv_filter_end(DrvFilter *filter, GError **error);

/* Kills it, unless it has ended, and frees it. NULL is fine. */
void drv_filter_free(DrvFilter *filter);

/* FALSE with @error when this host does not have the program. */
gboolean drv_filter_check(const DrvImageFormat *format, GError **error);
