/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "virbitmap.h"

#include "driver/hypervisor.h"

/* The vCPUs of a guest as Xen lists them. */
typedef struct {
    libxl_vcpuinfo *infos; /* NULL when Xen does not tell */
    int count;
    int host_cpus;
} DrvVcpus;

/* Asks Xen, waits for no guest. FALSE with @error when it does not tell. */
gboolean drv_vcpus_read(DrvVcpus *vcpus, DrvXen *xen, int id, GError **error);
void drv_vcpus_clear(DrvVcpus *vcpus);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvVcpus, drv_vcpus_clear)

/* virVcpuState of one of them. */
int drv_vcpu_state(const libxl_vcpuinfo *info);

/* The vCPUs of the list @map, as clients give them with a @state; NULL with @error when that is
 * none. (transfer full) */
virBitmap *drv_vcpus_parse(const char *map, int state, GError **error);
