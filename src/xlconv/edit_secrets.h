/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "conf/def.h"

/*
 * Gives @want, whose own passwords do not count, those of @have: a screen gets that of the one that is
 * most like it, and each is given once.
 */
void xlc_edit_keep_secrets(const DomDef *have, DomDef *want);
