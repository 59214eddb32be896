/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where libvirt's private interface changed between 9.0.0 (Debian 12) and 11.3.0 (Debian 13): one
 * spelling for the rest of the driver.
 */

#include "internal.h"
#include "capabilities.h"
#include "domain_conf.h"

#if LIBVIR_VERSION_NUMBER < 9010000
#define DRV_PCI_BACKEND_XEN VIR_DOMAIN_HOSTDEV_PCI_BACKEND_XEN
#else
#define DRV_PCI_BACKEND_XEN VIR_DEVICE_HOSTDEV_PCI_DRIVER_NAME_XEN
#endif

/*
 * A list of the machine types @names, which ends with NULL, for virCapabilitiesAddGuest(), which
 * consumes it; their number in @count.
 */
static inline virCapsGuestMachine **
drv_compat_machines(const char *const *names, int *count)
{
#if LIBVIR_VERSION_NUMBER < 9010000
    *count = (int)g_strv_length((char **)names);
    return virCapabilitiesAllocMachines(names, *count);
#else
    return virCapabilitiesAllocMachines(names, count);
#endif
}
