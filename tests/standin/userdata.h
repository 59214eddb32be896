/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "world.h"

/* Keeps the configuration of a guest as libxl does, for libxl_retrieve_domain_configuration(). */
void userdata_store_config(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config);
