/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Lifecycle events that nobody could hear. A daemon that starts finds guests that ended while there
 * was none, and ends or undoes what the one before it left half done: before any client is
 * connected, and libvirt drops an event that nobody listens to.
 *
 * The events of such a domain are kept, in their order, until a client listens for lifecycle
 * events. libvirt cannot send an event to one listener alone, so they are kept a moment longer, for
 * the other clients that come back after the daemon's restart, and are then sent once to all who
 * listen. When no client comes within a minute they are dropped: whoever comes later asks for the
 * states and finds nothing to be surprised of.
 *
 * All functions: any thread, no domain locked.
 */

#include "driver/driver.h"

DrvLate *drv_late_new(void);

/* NULL is fine. */
void drv_late_free(DrvLate *late);

/* From now on, the events of the domain with this uuid are kept as above; later ones of it too, so
 * that none overtakes another. When the daemon starts. */
void drv_late_expect(DrvDriver *driver, const unsigned char *uuid);

/* Keeps @event (consumed), which is the domain's with this uuid, or queues it. */
void drv_late_send(DrvDriver *driver, const unsigned char *uuid, virObjectEvent *event);

/* A client listens for lifecycle events. */
void drv_late_listen(DrvDriver *driver);

/* Sends or drops what has been kept long enough; called twice a second. */
void drv_late_look(DrvDriver *driver);
