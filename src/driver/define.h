/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A client's XML on its way to a domain. */

#include "driver/domain.h"

/* Reads XML and gives the definition a uuid when it has none. NULL with @error. (transfer full) */
DomDef *drv_define_parse(const char *xml, gboolean validate, GError **error);

/* The face for access checks of a definition that is no domain yet. (transfer full) */
gboolean drv_define_identity(const DomDef *def, DrvIdentity **ret_identity, GError **error);
