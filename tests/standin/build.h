/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "world.h"

/*
 * Makes the guest that @config describes, paused, and fills in what libxl fills in. Passes the
 * points POINT:made, when there is a domain without anything in it, and POINT:built; a failure at
 * either leaves nothing behind. Returns libxl's error.
 */
int build_guest(libxl_ctx *ctx, libxl_domain_config *config, const char *point, uint32_t *domid);
