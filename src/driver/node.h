/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The machine: CPUs, memory, NUMA, as Xen counts them and not as dom0's kernel sees them. */

#include "internal.h"

#include "driver/hypervisor.h"

/* Fills @info; memory in KiB. FALSE with @error when Xen does not tell. */
gboolean drv_node_read_info(DrvXen *xen, virNodeInfoPtr info, GError **error);
