/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Moves a stream from one descriptor to another in a thread of its own, between libxl and a file.
 * It is what gives a save its progress and its end before time: bytes are counted on the way, and
 * when the pump stops, libxl's end of the pipe breaks and libxl fails as it does on a full disk.
 *
 *     DrvPump *pump = drv_pump_start(&plan, error);
 *     ... libxl writes into the other end of plan.from, which is then closed ...
 *     gboolean whole = drv_pump_wait(pump, error);
 *     drv_pump_free(pump);
 */

#include <glib.h>

typedef struct DrvPump DrvPump;

/* @total bytes have been moved so far. Called in the pump's thread. */
typedef void (*DrvPumpMoved)(guint64 total, gpointer data);

/* As read(2) and write(2), of what is no plain descriptor; the pump waits for the descriptor when
 * it is told EAGAIN. Called in the pump's thread. */
typedef gssize (*DrvPumpRead)(gpointer bytes, gsize size, gpointer data);
typedef gssize (*DrvPumpWrite)(gconstpointer bytes, gsize size, gpointer data);

/* How many bytes/s may be moved now; 0: as many as there are. Called in the pump's thread. */
typedef guint64 (*DrvPumpSpeed)(gpointer data);

typedef struct {
    int from; /* closed by the pump at its end */
    int to;   /* closed by the pump at its end; -1: write() waits by itself */

    DrvPumpRead read;   /* or NULL: from is plain */
    DrvPumpWrite write; /* or NULL: to is plain */
    DrvPumpSpeed speed; /* or NULL */

    /* When it cannot or must not write on: read to the end and drop it, for a writer that would
     * otherwise wait for ever. */
    gboolean drain;

    gboolean gives_way; /* its thread is nice (driver/hypervisor.h) */

    int cached; /* a file that shall not fill the page cache (borrowed), or -1 */

    DrvPumpMoved moved; /* or NULL */
    gpointer data;      /* of all functions */
} DrvPumpPlan;

/* Starts it. The descriptors are the pump's, also on failure. */
DrvPump *drv_pump_start(const DrvPumpPlan *plan, GError **error);

/* Ends it before the stream does: OPERATION_ABORTED. Any thread, until it is freed; what has ended
 * by itself stays as it ended. */
void drv_pump_stop(DrvPump *pump);

/* Waits for the end; once. FALSE with @error when not all came through: SYSTEM_ERROR when it
 * could not be read, OPERATION_FAILED when it could not be written, OPERATION_ABORTED. */
gboolean drv_pump_wait(DrvPump *pump, GError **error);

/* Stops it when nobody has waited for it. NULL is fine. */
void drv_pump_free(DrvPump *pump);
