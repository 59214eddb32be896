/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A definition for one run: of a transient domain, or in place of a persistent domain's own. */

#include "driver/guest.h"

typedef struct {
    const char *what;        /* the job */
    DomDef *def;             /* with name and uuid; owned, and taken by the run */
    const DrvOrigin *origin; /* see guest.h; NULL: it is booted */
    gpointer data;
    DrvStartFlags flags;
    gboolean drop_saved; /* a managed image of the domain is removed; otherwise it is in the way */
} DrvOnce;

/*
 * Starts the domain with the definition's uuid, which is put on the list when there is none. NULL
 * with @error when it runs already or cannot start; the list is then as it was. (transfer full)
 */
DrvDomain *drv_once_run(DrvDriver *driver, DrvOnce *once, GError **error);
