/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a guest has, as libxl keeps it and lists it. */

#include "driver/hypervisor.h"

/*
 * Fills @ret_config, which the caller disposes of, with the configuration that libxl keeps of the
 * guest and the devices that it has at this moment: also those that libxl lists and keeps no record
 * of. FALSE with VIR_ERR_OPERATION_FAILED. Waits for libxl: with nothing locked.
 */
gboolean drv_retrieve_config(DrvXen *xen, uint32_t domid, libxl_domain_config *ret_config,
                             GError **error);
