/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Channels between guest and host that lead to a unix socket here. */

#include <libxl.h>

#include "driver/driver.h"

/* The name of the channel that guest agents listen on. */
#define DRV_CHANNELS_AGENT "org.qemu.guest_agent.0"

/*
 * Gives each channel of @def, which is about to start and has a uuid, that is to be a socket whose
 * place the definition leaves open, a socket that nobody but the daemon can reach.
 */
void drv_channels_resolve(DomDef *def);

/* The socket of the channel @name of a guest that runs with @def; NULL: it has none. Borrowed. */
const char *drv_channels_path(const DomDef *def, const char *name);

/* Whether a socket has the place of one that @def left open, and is nobody else's; NULL is none. */
gboolean drv_channels_is_own(const DomDef *def, const char *path);

/*
 * Numbers the channels of @config: libxl's first PV console is the guest's own and cannot be one,
 * and xl before 4.21, which the model follows, begins with it: such a channel is left out.
 */
void drv_channels_number(libxl_domain_config *config);
