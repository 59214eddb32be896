/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "conf/def.h"

/*
 * Gives @want, whose own passwords do not count, those of @have: a screen gets that of the one that
 * says the same, or stands at the same place, or is left over. None of them ends without a password
 * while one of @have is to be had.
 */
void xlc_edit_keep_secrets(const DomDef *have, DomDef *want);
