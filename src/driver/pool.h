/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * CPU pools. To libvirt a guest's pool is a parameter of its scheduler: each pool has a scheduler of
 * its own. Nothing here waits for a guest.
 */

#include "conf/def.h"

#include "driver/hypervisor.h"

#define DRV_POOL_PARAMETER "pool"

/* The number of the pool that @text means, a name or a number; INVALID_ARG when there is none. */
gboolean drv_pool_find(DrvXen *xen, const char *text, uint32_t *ret_pool, GError **error);

/* The pool that the guest with the domid @id is in; with -1 the one that @def starts in. */
gboolean drv_pool_of(DrvXen *xen, int id, const DomDef *def, uint32_t *ret_pool, GError **error);

/* How the pool shares its CPUs. */
gboolean drv_pool_scheduler(DrvXen *xen, uint32_t pool, libxl_scheduler *ret_sched,
                            GError **error);

/* The pool's name (transfer full). */
char *drv_pool_name(DrvXen *xen, uint32_t pool, GError **error);

/* Moves a guest that runs. */
gboolean drv_pool_move(DrvXen *xen, uint32_t domid, uint32_t pool, GError **error);

/* Brings what @def says up to date for a guest that is in @pool; the same pool keeps its spelling,
 * and a pool that Xen does not name is left out. */
void drv_pool_refresh(DrvXen *xen, uint32_t pool, DomDef *def);
