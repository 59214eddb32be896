/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Ports of screens that nobody asked for by number. libxl wants SPICE's told; VNC's is QEMU's to
 * find, unless libxl.conf says from which range (remote_display_port_min, remote_display_port_max).
 * A port is kept from before the start until the guest has ended, by libvirt's own table of ports,
 * which all drivers of a daemon share.
 */

#include "driver/driver.h"

/*
 * Finds free ports for @def, which is about to start, and notes in it that they are kept for it;
 * @bound, the copy that is bound to libxl, is told. FALSE, with nothing kept, when none is free. In
 * a job, with nothing locked.
 */
gboolean drv_ports_take(DrvDriver *driver, DomDef *def, DomDef *bound, GError **error);

/* Those of a guest that a new daemon found running. */
void drv_ports_keep(DrvDriver *driver, DomDef *def);

/* They are free again. Nothing where none was kept. */
void drv_ports_drop(DomDef *def);
