/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Between a guest and the file that it is saved in. */

#include "driver/guest.h"
#include "driver/input.h"

/* What a guest of @def is to come back as: with secrets, as @dxml says (NULL: as it is), which must
 * be the same machine to the guest (abi.h). NULL with @error. (transfer full) */
char *drv_save_xml(const DomDef *def, const char *dxml, GError **error);

/* A guest with stopped CPUs runs, to hear that it is to suspend itself. */
gboolean drv_save_unpause(DrvXen *xen, int id, GError **error);

/* Inside a job: a guest that stopped for a save goes on, its CPUs stopped if @paused, otherwise
 * with
 * @reason (virDomainRunningReason). One that runs is only paused. */
gboolean drv_save_resume(DrvDriver *driver, DrvDomain *domain, gboolean paused, int reason,
                         GError **error);

/* Makes a guest of @config from the stream that @fd gives, paused. FALSE: libxl says why. */
gboolean drv_restore_stream(DrvXen *xen, libxl_domain_config *config, uint32_t *ret_domid, int fd);

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
