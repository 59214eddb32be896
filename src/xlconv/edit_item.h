/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/**
 * xlc_edit_item:
 * @old: an item of options between commas, as it stands in a file
 * @meant, @want: what it means and what it shall mean, as the writer spells them
 *
 * Changes the options of @old that differ and leaves the others, their order and their blanks. An
 * item may mean by its order what is not seen here: whoever uses the text reads it back.
 *
 * Returns: (transfer full) (nullable): the text; NULL when an option that differs is not found
 */
char *xlc_edit_item(const char *old, const char *meant, const char *want);
