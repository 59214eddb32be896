/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A file that takes what libxl writes. It is written under another name beside the one that it
 * gets, and gets that when it is whole and on the disk: whoever looks finds the old file or the new
 * one. A device or a pipe, which cannot be replaced, is written as it is.
 *
 *     g_autoptr(DrvOutput) output = drv_output_open(&plan, error);
 *     if (!output || !drv_output_put(output, head, size, error))
 *         return FALSE;
 *     int fd = drv_output_begin(output, error);
 *     ... libxl writes to fd; close(fd) ...
 *     return drv_output_end(output, error) && drv_output_commit(output, error);
 *
 * One thread, but for drv_output_stop().
 */

#include "driver/pump.h"
#include "driver/save_image.h"

typedef struct DrvOutput DrvOutput;

typedef struct {
    const char *path;
    const char *notes; /* folder for the note of a file that is not whole; see partial.h */
    const char *name;  /* under which it is noted */
    const DrvImageFormat *format;
    gboolean bypass_cache; /* leave other files in the page cache */
    gboolean drain;        /* see pump.h */
    DrvPumpMoved moved;    /* or NULL; counts what libxl writes */
    gpointer data;
} DrvOutputPlan;

/* Opens it; the plan's texts are copied. NULL with @error. */
DrvOutput *drv_output_open(const DrvOutputPlan *plan, GError **error);

/* Writes into the file, at its beginning or after what was put before. */
gboolean drv_output_put(DrvOutput *output, const void *bytes, gsize size, GError **error);

/* Gives the descriptor for the stream, the caller's to close; -1 with @error. */
int drv_output_begin(DrvOutput *output, GError **error);

/* Breaks the stream: OPERATION_ABORTED. Any thread, from begin on. @output is a DrvOutput, so
 * that this serves as a DrvJobCancel. */
void drv_output_stop(gpointer output);

/* Waits until all of the stream, whose descriptor is closed, is in the file. @ret_size (may be
 * NULL) is its size there; 0 when that cannot be told. */
gboolean drv_output_end(DrvOutput *output, guint64 *ret_size, GError **error);

/* Writes over the beginning of the file; nothing is done when that is not possible. */
gboolean drv_output_rewrite(DrvOutput *output, const void *bytes, gsize size, GError **error);

/* Makes it the file of its name. */
gboolean drv_output_commit(DrvOutput *output, GError **error);

/* Removes what has not been committed, and the note: it stands until then, for a daemon that is
 * killed between the two. NULL is fine. */
void drv_output_free(DrvOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvOutput, drv_output_free)
