/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * TCP between the two hosts of a migration. Each wait ends when @stop_fd (an eventfd, the caller's)
 * is written to: OPERATION_ABORTED. A peer that is silently gone is noticed within two minutes. Any
 * thread, nothing locked.
 */

#include "internal.h"

#include <glib.h>

/* Where a stream goes. */
typedef struct {
    char *host; /* owned; without brackets */
    guint port; /* 0: none was named */
} DrvMigratePlace;

void drv_migrate_place_clear(DrvMigratePlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvMigratePlace, drv_migrate_place_clear)

/* Reads tcp://HOST[:PORT], or HOST[:PORT] alone. INVALID_ARG. */
gboolean drv_migrate_place_parse(const char *uri, DrvMigratePlace *ret_place, GError **error);

/* The other way, for clients. (transfer full) */
char *drv_migrate_place_format(const char *host, guint port);

/* Connects; the descriptor, or -1 with @error. */
int drv_migrate_connect(const DrvMigratePlace *place, int stop_fd, GError **error);

/* Listens at all addresses that @host has here: an array of descriptors that closes them when it is
 * freed. NULL with @error. (transfer full) */
GArray *drv_migrate_listen(const char *host, guint port, GError **error);

/* The same at a port of libvirt's usual ones for migrations, which is kept in *@ret_port until
 * virPortAllocatorRelease(). */
GArray *drv_migrate_listen_any(const char *host, guint *ret_port, GError **error);

/* Takes the first call, which may take @patience us: the descriptor, or -1 with @error. */
int drv_migrate_accept(const GArray *listeners, int stop_fd, gint64 patience, GError **error);
