/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A conversation in lines over a unix socket, with somebody who may be slow, silent or hostile:
 * every wait has an end, and no line takes more than DRV_WIRE_LINE_MOST bytes of memory.
 *
 * A wire belongs to one thread. Waits: call it with nothing locked.
 */

#include <glib.h>

typedef struct DrvWire DrvWire;

/* Bytes; the answers of QEMU and of guest agents are below it. */
#define DRV_WIRE_LINE_MOST (16 * 1024 * 1024)

/*
 * Connects to the socket at @path. From now on, all waits together end after @patience us.
 * OPERATION_FAILED when nobody listens there, OPERATION_TIMEOUT when nobody takes the call.
 * (transfer full)
 */
DrvWire *drv_wire_open(const char *path, gint64 patience, GError **error);

/* A descriptor that calls the socket at @path and does not wait; -1 with errno when nobody takes
 * the call, EAGAIN when somebody may later. Any thread. */
int drv_wire_call(const char *path);

/* All waits from now on end after @patience us. */
void drv_wire_renew(DrvWire *wire, gint64 patience);

/* Sends @length bytes. FALSE with @error: OPERATION_TIMEOUT, or OPERATION_FAILED when the other
 * side hung up. */
gboolean drv_wire_send(DrvWire *wire, const char *bytes, gsize length, GError **error);

/* The same, and the descriptor @fd (borrowed) goes with the first of them. */
gboolean drv_wire_send_fd(DrvWire *wire, const char *bytes, gsize length, int fd, GError **error);

/* The next line, without its end. NULL with @error as above, or when it is too long. (transfer
 * full) */
char *drv_wire_read(DrvWire *wire, GError **error);

/* Hangs up. NULL is fine. */
void drv_wire_close(DrvWire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvWire, drv_wire_close)
