/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the host is and which guests it can run, with the paths that this machine really has. */

#include "internal.h"
#include "capabilities.h"

#include "driver/driver.h"

/* One kind of guest that this Xen can run. */
typedef struct {
    const char *machine;    /* libvirt's machine type: xenpv, xenpvh, xenfv */
    const char *xen_prefix; /* what its entries in xen_caps start with */
    int ostype;             /* virDomainOSType */
    int max_vcpus;
    gboolean has_firmware; /* hvmloader and a device model */
} DrvGuestKind;

extern const DrvGuestKind drv_guest_kinds[];
extern const gsize drv_n_guest_kinds;

/*
 * What a client's request for guests of an architecture, a machine type and a virtualization type
 * means, each NULL for the default. FALSE with @error INVALID_ARG when there are none such.
 * @ret_arch and @ret_kind (borrowed) may be NULL.
 */
gboolean drv_capabilities_find(const char *arch_name, const char *machine, const char *virttype,
                               virArch *ret_arch, const DrvGuestKind **ret_kind, GError **error);

/* Path of the device model, of hvmloader, of OVMF: the first of the usual places that exists on
 * this machine; NULL when none does. (transfer full) */
char *drv_emulator_path(const DrvDriver *driver);
char *drv_hvmloader_path(const DrvDriver *driver);
char *drv_ovmf_path(const DrvDriver *driver);

/*
 * The capabilities, made anew from Xen. A part that cannot be found out, such as a CPU that libvirt
 * has no name for, is left out with a warning in the log; NULL with @error only when Xen does not
 * answer. (transfer full)
 */
virCaps *drv_capabilities_new(DrvDriver *driver, GError **error);
