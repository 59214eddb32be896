/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Soft affinity: the CPUs that a guest's vCPUs prefer, which Xen uses while it can. libvirt has no
 * method for it; here it is a text parameter of the scheduler, as the CPU pool is:
 *
 *     virsh schedinfo web --set 'cpus_soft=0-3'         all vCPUs
 *     virsh schedinfo web --set 'cpus_soft=0:0-1 1:2-3' one by one; the others keep theirs
 *
 * Its lists are of xl.cfg's language (cpus_soft in xl.cfg(5)); "all" is no preference. Nothing here
 * waits for a guest.
 */

#include "conf/def.h"

#include "driver/hypervisor.h"

#define DRV_SOFT_PARAMETER "cpus_soft"

/* What the guest with the domid @id prefers, with -1 what @def says: the list of all, or of each
 * where they differ. (transfer full) */
char *drv_soft_tell(DrvXen *xen, int id, const DomDef *def, GError **error);

typedef struct DrvSoft DrvSoft;

/* What a client asks for; INVALID_ARG when @text is none, or leaves a vCPU no CPU of this host.
 * (transfer full) */
DrvSoft *drv_soft_parse(DrvXen *xen, const char *text, GError **error);
void drv_soft_free(DrvSoft *soft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvSoft, drv_soft_free)

/* Changes a definition; INVALID_ARG for a vCPU that it has not. */
gboolean drv_soft_edit(const DrvSoft *soft, DomDef *def, GError **error);

/* Changes the guest that runs; @def has its vCPUs. */
gboolean drv_soft_apply(const DrvSoft *soft, DrvXen *xen, uint32_t domid, const DomDef *def,
                        GError **error);
