/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The guest's screen while the guest runs: who may look at it, and with which password. QEMU is
 * told in QMP.
 */

#include "driver/driver.h"

/* What shows the guest's VNC screen; NULL: it has none. Borrowed from @def. */
DomHead *drv_graphics_vnc(DomDef *def);

/*
 * Fills in, in @def that is about to start, what QEMU listens on where the definition names no
 * address: <listen type='network'> stands for the address of this host on that network, type='none'
 * for a socket that nobody but the daemon can reach. In a job, with nothing locked.
 */
gboolean drv_graphics_resolve(DomDef *def, GError **error);

/* Lets the password of the guest @id, which has just been made, end when its definition says so. In
 * a job, with nothing locked. */
gboolean drv_graphics_limit(const DomDef *def, int id, GError **error);

/* Whether @xml, a device's, is a <graphics> element. */
gboolean drv_graphics_is(const char *xml);

/* The method virDomainUpdateDeviceFlags() for such an element, access checked. 0, or -1 with
 * libvirt's error. */
int drv_graphics_update(virDomainPtr dom, DrvDomain *domain, const char *xml, unsigned int flags);
