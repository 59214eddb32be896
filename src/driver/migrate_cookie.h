/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the two daemons of a migration tell each other through the client: the small XML of the
 * driver that this one replaces, with one element more, which that one does not look at.
 */

#include <glib.h>

/* Of the streams that libxl has written since Xen 4.6. */
#define DRV_MIGRATE_STREAM_VERSION 2

typedef struct {
    char *name;     /* the guest's on the source */
    char *uuid;     /* the guest's */
    guint version;  /* of libxl's stream */
    gboolean tells; /* the destination tells through the connection of the stream who has the guest
                     * (migrate_verdict.h) */
} DrvMigrateCookie;

void drv_migrate_cookie_clear(DrvMigrateCookie *cookie);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvMigrateCookie, drv_migrate_cookie_clear)

/* As text, whose length with the NUL at its end is @ret_length; allocated for libvirt to free. */
char *drv_migrate_cookie_format(const DrvMigrateCookie *cookie, int *ret_length);

/* Reads what came from the other daemon. Nothing (@length 0) is an empty one, with version 0. FALSE
 * with @error when it is no cookie, or tells of a stream that is not known here. */
gboolean drv_migrate_cookie_parse(DrvMigrateCookie *ret_cookie, const char *text, int length,
                                  GError **error);
