/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A change of what a domain has: of the guest that runs, of the definition of its next start, or of
 * both, as libvirt's VIR_DOMAIN_AFFECT_* flags say.
 *
 *     static const DrvChange set_weight = { "schedinfo", edit_weight, apply_weight };
 *
 *     if (!drv_change_run(driver, domain, &set_weight, flags, &request, &error))
 *         return drv_raise(&error);
 *
 * It runs as a job. Copies of the definitions are edited first, so that a request that makes no
 * sense changes nothing; then the guest is changed, then the file, then the domain.
 */

#include "driver/driver.h"

typedef enum {
    DRV_CHANGE_LIVE = 1 << 0,   /* the guest that runs */
    DRV_CHANGE_STORED = 1 << 1, /* the definition of the next start */
} DrvTargets;

/*
 * What @flags (others than VIR_DOMAIN_AFFECT_LIVE and _CONFIG are ignored) mean for the domain now;
 * with neither, the guest if it runs and its definition if not. OPERATION_INVALID when there is no
 * such guest or definition. Call with the lock held.
 */
gboolean drv_change_targets(const DrvDomain *domain, unsigned int flags, DrvTargets *ret_targets,
                            GError **error);

/*
 * A copy of the one definition that a query with @flags asks for, with the numbers that Xen has now
 * when that is the guest's. INVALID_ARG when @flags ask for both. @ret_id is the domid, or -1 for
 * the stored definition and for what a guest had that is made anew. Takes the lock. (transfer full)
 */
DomDef *drv_change_look(DrvDriver *driver, DrvDomain *domain, unsigned int flags, int *ret_id,
                        GError **error);

typedef struct {
    const char *what; /* the job, for messages */

    /* Changes a definition, the guest's or the stored one (@target). FALSE with @error. */
    gboolean (*edit)(DomDef *def, DrvTargets target, gpointer data, GError **error);

    /* Changes the guest; @def is what it had before. NULL: there is nothing to do. FALSE with
     * @error. */
    gboolean (*apply)(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data,
                      GError **error);
} DrvChange;

/* Runs the change as a job, any thread, nothing locked. */
gboolean drv_change_run(DrvDriver *driver, DrvDomain *domain, const DrvChange *change,
                        unsigned int flags, gpointer data, GError **error);

/* Inside a job: makes @def (consumed) the stored definition, in its file first. */
gboolean drv_change_store(DrvDriver *driver, DrvDomain *domain, DomDef *def, GError **error);
