/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* This machine: its processors, as xl.cfg's CPU lists mean them, and its memory. */

#include "driver/bind/bind.h"
#include "driver/hypervisor.h"

typedef struct {
    BindHost host;    /* what is left out is xl.conf's default */
    guint *cpu_nodes; /* owned; the node of each CPU */
} DrvHost;

/* Without an answer from Xen the host counts as one that has them all. */
void drv_host_read(DrvHost *host, DrvXen *xen);
void drv_host_clear(DrvHost *host);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvHost, drv_host_clear)

/* KiB of memory that the machine has; 0 when Xen does not tell. */
guint64 drv_host_memory(DrvXen *xen);
