/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The host's PCI devices. One is with a driver of Domain-0's, or ready for guests (bound to
 * xen-pciback, "xl pci-assignable-list"), or with a guest.
 *
 * A managed device (<hostdev managed='yes'>, seize=1) that Domain-0 uses is made ready for its guest
 * and goes back to its driver when the guest has it no more. One that the administrator had made
 * ready stays so. Which ones are to go back is noted in xenstore, which lives as long as the bindings
 * do: /libvirt/pci/NAME, the name of the node device, holds the guest's uuid. Over a reboot of the guest they stay with it.
 *
 * All functions and device numbers but one alone are left to libxl, which makes them ready and no
 * more, and so are devices that go by a name of xl's.
 */

#include "driver/driver.h"
#include "driver/hypervisor.h"

typedef enum {
    DRV_PCI_HOST,
    DRV_PCI_READY,
    DRV_PCI_GUEST,
} DrvPciPlace;

/* Where @pci is, which @ret_domid (may be NULL) has when it is a guest. Any thread. */
DrvPciPlace drv_pci_host_find(DrvXen *xen, const libxl_device_pci *pci, uint32_t *ret_domid);

/* Of the name of a node device, "pci_0000_01_00_0". FALSE when it is none. */
gboolean drv_pci_host_parse(const char *name, libxl_device_pci *ret_pci);

/* "0000:01:00.0" (transfer full). */
char *drv_pci_host_text(const libxl_device_pci *pci);

/* Makes @pci ready for guests, or gives it back to its driver; done when it is so already. FALSE
 * with VIR_ERR_OPERATION_INVALID when a guest has it, or with libxl's words. In a job or for the
 * node; nothing locked. */
gboolean drv_pci_host_prepare(DrvXen *xen, const libxl_device_pci *pci, GError **error);
gboolean drv_pci_host_give_back(DrvDriver *driver, DrvXen *xen, const libxl_device_pci *pci,
                                GError **error);

/* Makes ready what @def manages, for the guest with its uuid. What was done when it fails is undone
 * by drv_pci_host_drop(). In a job, nothing locked. */
gboolean drv_pci_host_take(DrvDriver *driver, DrvXen *xen, const DomDef *def, GError **error);

/* Gives back what was taken for the guest with @def's uuid and no guest has now; what goes wrong is
 * logged. Nothing locked. */
void drv_pci_host_drop(DrvDriver *driver, const DomDef *def);

/* The same for guests that ended while no daemon looked. */
void drv_pci_host_sweep(DrvDriver *driver);
