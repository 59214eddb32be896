/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "conf/def.h"

/* Gives a guest that asks for a generation id the one that it keeps while it runs, reboots and
 * moves. */
void drv_genid_make(DomDef *def);
