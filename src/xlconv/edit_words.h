/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xlconv/doc.h"

/*
 * Of a list whose order counts for nothing (viridian) what is meant, and what is wanted, as it stands
 * in the file: the items of @meant as those of @old, and those of @want as these, what is new behind
 * them (transfer container). FALSE, with nothing set, where @old has other words than @meant, or the
 * order is that already.
 */
gboolean xlc_edit_words(const XlcValue *old, const XlcValue *meant, const XlcValue *want,
                        GPtrArray **ret_meant, GPtrArray **ret_want);
