/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The file of a saved guest, to be looked at, restored from or given another definition. */

#include "driver/pump.h"
#include "driver/save_image.h"

typedef struct {
    char *path;
    int fd; /* at the stream */
    DrvImageHead head;
    char *xml; /* the guest's definition, with secrets */
} DrvInput;

/*
 * Opens it and reads the head. What is no saved guest, is cut short or damaged is refused with a
 * sentence that names the file.
 */
DrvInput *drv_input_open(const char *path, GError **error);

/* NULL is fine. */
void drv_input_free(DrvInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvInput, drv_input_free)

/* A stream that is being read. */
typedef struct DrvReading DrvReading;

/*
 * Starts to read the stream, as libxl wrote it, which can be done once. @ret_fd is where it comes
 * out, the caller's to close. @moved as in pump.h. NULL with @error.
 */
DrvReading *drv_reading_begin(DrvInput *input, gboolean bypass_cache, DrvPumpMoved moved,
                              gpointer data, int *ret_fd, GError **error);

/* Breaks it: who reads finds the end. Any thread, before the end. @reading is a DrvReading. */
void drv_reading_stop(gpointer reading);

/* Ends and frees it, when the descriptor is closed. FALSE with @error when the file could not be
 * read, a program found it damaged, or it has been stopped; that the other end was closed before
 * the stream's end is none of these. */
gboolean drv_reading_end(DrvReading *reading, GError **error);
