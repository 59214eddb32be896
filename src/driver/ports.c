/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "internal.h"
#include "virerror.h"
#include "virportallocator.h"

#include "driver/graphics.h"
#include "driver/live.h"
#include "driver/ports.h"
#include "driver/text.h"

/* Whether the guest's SPICE server has a port that nobody asked for. */
static gboolean
wants_spice(const DomDef *def)
{
    return def->graphics.spice == DOM_TRISTATE_ON &&
           def->graphics.spice_autoport == DOM_TRISTATE_ON;
}

/* The screen whose VNC port is ours to choose, or NULL. A colon: a socket, or an address with a
 * display, or one of IPv6, for which QEMU may look. */
static DomHead *
wants_vnc(const DrvDriver *driver, DomDef *def)
{
    DomHead *head = driver->settings->display_port_min ? drv_graphics_vnc(def) : NULL;
    gboolean open = head && head->vncunused != DOM_TRISTATE_OFF && !head->vncdisplay.set &&
                    (!head->vnclisten || !strchr(head->vnclisten, ':'));
    return open ? head : NULL;
}

static gboolean
take(const DrvDriver *driver, int *ret_port, GError **error)
{
    unsigned short port = 0;
    guint first = driver->settings->display_port_min ?: DRV_DISPLAY_PORT_MIN;
    guint last = driver->settings->display_port_max ?: DRV_DISPLAY_PORT_MAX;
    virPortAllocatorRange *range =
        virPortAllocatorRangeNew("screen", (unsigned short)first, (unsigned short)last);
    gboolean taken = range && virPortAllocatorAcquire(range, &port) == 0;
    virPortAllocatorRangeFree(range);
    *ret_port = port;
    virResetLastError();
    return taken ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("no port from %u to %u is free for the screen: end another guest, or widen "
                      "the range (remote_display_port_min, remote_display_port_max) in %s"),
                    first, last, DRV_CONFIG_FILE);
}

gboolean
drv_ports_take(DrvDriver *driver, DomDef *def, DomDef *bound, GError **error)
{
    DomHead *vnc = wants_vnc(driver, bound);
    def->live.vnc_kept = def->live.spice_kept = 0;
    if ((wants_spice(def) && !take(driver, &def->live.spice_kept, error)) ||
        (vnc && !take(driver, &def->live.vnc_kept, error))) {
        drv_ports_drop(def);
        return FALSE;
    }
    if (def->live.spice_kept > 0) {
        def->graphics.spiceport = (DomInt){ def->live.spice_kept, TRUE };
        bound->graphics.spiceport = def->graphics.spiceport;
    }
    if (vnc) {
        vnc->vncunused = DOM_TRISTATE_OFF;
        vnc->vncdisplay = (DomInt){ def->live.vnc_kept - DRV_DISPLAY_PORT_MIN, TRUE };
    }
    return TRUE;
}

/* Another may have it, if it was started while nobody looked. */
static void
keep(int port, int *ret_kept)
{
    if (port > 0 && virPortAllocatorSetUsed((unsigned short)port) == 0) {
        *ret_kept = port;
    }
    virResetLastError();
}

void
drv_ports_keep(DrvDriver *driver, DomDef *def)
{
    if (wants_spice(def)) {
        keep((int)def->graphics.spiceport.value, &def->live.spice_kept);
    }
    if (wants_vnc(driver, def)) {
        keep(drv_live_vnc_port(driver, def->live.id), &def->live.vnc_kept);
    }
}

static void
drop(int *kept)
{
    if (*kept > 0) {
        virPortAllocatorRelease((unsigned short)*kept);
    }
    *kept = 0;
}

void
drv_ports_drop(DomDef *def)
{
    drop(&def->live.vnc_kept);
    drop(&def->live.spice_kept);
}
