/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* xenstore as a tree of folders; see world.h. Paths are xenstore's: "/local/domain/1/name". A write
 * replaces the value at once. Any thread and process. */

#include <stdbool.h>

bool store_write(const char *path, const char *value);

/* NULL with errno ENOENT when there is none. (transfer full) */
char *store_read(const char *path, unsigned int *ret_length);

/* The node and all below it. */
bool store_remove(const char *path);

/* Files of @folder whose names begin with @prefix. */
void store_remove_files(const char *folder, const char *prefix);
