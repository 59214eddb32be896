/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/doc.h"

/**
 * xlc_edit_parts:
 * @owners: XlcEntry of the aliases that say a key together, in the order of their rows
 * @whole: what the key shall say
 *
 * Parts @whole among them so that as many as can be go on saying what they say (root= and extra= of
 * a cmdline).
 *
 * Returns: (transfer full) (nullable): a text for each of @owners, NULL for one that has nothing to
 * say any more; NULL when they cannot say @whole, or are no such aliases
 */
GPtrArray *xlc_edit_parts(const GPtrArray *owners, const char *whole);
