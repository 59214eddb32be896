/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What of a definition a guest sees, and cannot be changed under it. */

#include "conf/def.h"

/* Whether a guest that ran with @was can go on with @now; DRV_ERROR says what differs. Backends
 * (files, bridges, addresses of screens) and what happens at the guest's end may. */
gboolean drv_abi_check(const DomDef *was, const DomDef *now, GError **error);
