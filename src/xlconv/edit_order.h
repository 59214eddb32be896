/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/**
 * xlc_edit_order:
 * @text: a file that ends in a newline
 * @differences: of XlcDifference, what it means and what it shall mean
 *
 * Puts the items of its lists that are to stay into the order that is wanted, with the comments
 * above and behind them; one that changes no more than an option is the same item. Those that are
 * to go stay in their places.
 *
 * Returns: (transfer full) (nullable): the text; NULL when all stand in order
 */
char *xlc_edit_order(const char *text, const GPtrArray *differences);
