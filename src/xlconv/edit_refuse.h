/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a file cannot be changed to mean something. */
#pragma once

#include "conf/def.h"

/* Sets @error, NULL is fine: the keys that stand in the way of @text, what the edit made of a file,
 * to mean @want. */
void xlc_edit_refuse(const char *text, const DomDef *want, GError **error);
