/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Who has which console or channel of a domain open. One client at a time has one: what a terminal
 * says goes to whoever reads first. A console is free again when its stream ends, for whatever
 * reason, and when its guest has; nothing has to be told.
 *
 * Consoles are also kept from `xl console`, and from it the driver's, by the lock file that it
 * takes, which is one for all consoles of a guest.
 *
 * Locks itself; any thread, with nothing locked.
 */

#include "internal.h"

#include <glib.h>

typedef struct DrvConsoles DrvConsoles;

typedef struct {
    int domid;
    const char *path; /* of the terminal or socket */
    gboolean socket;  /* somebody listens at @path */
    gboolean channel; /* xl's lock is not for it */
} DrvConsole;

typedef enum {
    DRV_CONSOLES_FORCE = 1 << 0, /* take it from another client; read beside xl, which stays */
    DRV_CONSOLES_ALONE = 1 << 1, /* not beside xl, even by force */
} DrvConsolesFlags;

DrvConsoles *drv_consoles_new(void);

/* Streams that are open go on. NULL is fine. */
void drv_consoles_free(DrvConsoles *consoles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvConsoles, drv_consoles_free)

/*
 * Connects @stream with @console. FALSE with OPERATION_FAILED: somebody else has it, or it cannot
 * be opened. With DRV_CONSOLES_FORCE the stream of the client that had it is aborted.
 */
gboolean drv_consoles_open(DrvConsoles *consoles, const DrvConsole *console, virStreamPtr stream,
                           DrvConsolesFlags flags, GError **error);
