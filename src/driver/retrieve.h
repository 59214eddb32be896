/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a guest has, as libxl keeps it and lists it. */

#include "driver/hypervisor.h"

/* The word under which libxl keeps a guest's configuration, as JSON. */
#define DRV_RETRIEVE_CONFIG "libxl-json"

/* What is kept with the guest under @word (transfer full); NULL when nothing is. */
char *drv_retrieve_userdata(DrvXen *xen, uint32_t domid, const char *word);

/*
 * Fills @ret_config, which the caller disposes of, with the configuration that libxl keeps of the
 * guest and the devices that it has at this moment: also those that libxl lists and keeps no record
 * of. FALSE with VIR_ERR_OPERATION_FAILED. Waits for libxl: with nothing locked.
 */
gboolean drv_retrieve_config(DrvXen *xen, uint32_t domid, libxl_domain_config *ret_config,
                             GError **error);
