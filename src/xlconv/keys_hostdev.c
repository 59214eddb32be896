/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that are carried as they are until their topics have members in the model. */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"

#define KEPT(name, who, text)                                                                      \
    XLC_UNMAPPED(name, who, N_("not converted yet; it is kept as it is"), .doc = (text))

static const XlcKey keys[] = {
    KEPT("pci", XLC_ANY, N_("PCI devices of the host")),
    KEPT("pci_permissive", XLC_ANY, N_("Let the guest write all of a device's configuration")),
    KEPT("pci_msitranslate", XLC_ANY, N_("Translate MSI to INTx")),
    KEPT("pci_power_mgmt", XLC_ANY, N_("Let the guest manage a device's power")),
    KEPT("pci_seize", XLC_ANY, N_("Take devices from dom0's drivers")),
    KEPT("rdm", XLC_HVM, N_("Reserved device memory")),
    KEPT("rdm_mem_boundary", XLC_HVM, N_("Where reserved device memory may collide")),
    KEPT("dtdev", XLC_ARM, N_("Device tree nodes of the host")),
    KEPT("ioports", XLC_ANY, N_("I/O ports of the host")),
    KEPT("irqs", XLC_ANY, N_("Interrupts of the host")),
    KEPT("iomem", XLC_ANY, N_("Device memory of the host")),
    KEPT("usbctrl", XLC_ANY, N_("USB controllers")),
    KEPT("usbdev", XLC_ANY, N_("USB devices of the host")),
    KEPT("vtpm", XLC_ANY, N_("Virtual TPMs")),
    KEPT("p9", XLC_ANY, N_("Shared folders")),
    KEPT("pvcalls", XLC_ANY, N_("Network calls passed to the backend")),
    KEPT("vnuma", XLC_PVH | XLC_HVM, N_("Virtual NUMA nodes")),
    KEPT("virtio", XLC_ARM, N_("Virtio devices")),
};

XLC_TOPIC(hostdev, keys);
