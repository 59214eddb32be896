/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The driver's own line to each QEMU, on which QEMU tells what happens. libxl's sockets are for one
 * client at a time, and who listens there all the time keeps others out; so QEMU is given another
 * one when its guest is started by us. Guests that others started tell nothing.
 *
 * One thread's (the watcher's); it waits on the descriptor together with what else it waits for.
 */

#include "driver/driver.h"

typedef struct DrvMonitors DrvMonitors;

/* Lets the QEMU of the guest that @def is about to start open the socket. */
void drv_monitors_prepare(DomDef *def);

/* The guest of @def has ended, or its QEMU did not start: takes the socket away, if there is one. */
void drv_monitors_forget(const DomDef *def);

/* NULL with @error when the kernel gives no descriptor. */
DrvMonitors *drv_monitors_new(DrvDriver *driver, GError **error);

/* NULL is fine. */
void drv_monitors_free(DrvMonitors *monitors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvMonitors, drv_monitors_free)

/* Readable when a QEMU says something. */
int drv_monitors_fd(const DrvMonitors *monitors);

/* Listens to the guest's QEMU, if it has that socket and nobody listens yet. Does not wait. */
void drv_monitors_begin(DrvMonitors *monitors, int id);

/* The guest is no longer there. */
void drv_monitors_end(DrvMonitors *monitors, int id);

/* Hears what was said (model_events.h). Does not wait. */
void drv_monitors_hear(DrvMonitors *monitors);
