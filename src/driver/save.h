/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Between a guest and the file that it is saved in. */

#include "driver/guest.h"
#include "driver/input.h"

/* Inside a job: a guest that stopped for a save goes on, its CPUs stopped if @paused. One that runs
 * is only paused. */
gboolean drv_save_resume(DrvDriver *driver, DrvDomain *domain, gboolean paused, GError **error);

/* The way from a file to a guest. */
typedef struct {
    DrvInput *input;
    gboolean bypass_cache;
    const char *used_up; /* the file to be removed when the guest goes on, or NULL */
} DrvRestore;

/* Starts a guest from DrvRestore, its data; the domain's job shows how far it is and can be
 * aborted. */
extern const DrvOrigin drv_restore_origin;

/*
 * The definition in an image, or @dxml in its place, which must be the same machine to the guest
 * (abi.h). NULL with @error. (transfer full)
 */
DomDef *drv_restore_def(const DrvInput *input, const char *dxml, GError **error);

/* DRV_START_PAUSED or not: as @flags (VIR_DOMAIN_SAVE_RUNNING, _PAUSED) say, otherwise as the guest
 * was when it was saved. */
DrvStartFlags drv_restore_start_flags(const DrvInput *input, unsigned int flags);
