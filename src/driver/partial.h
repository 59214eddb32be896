/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Files that are being written. A note (a link NAME.partial in the state folder) says which file it
 * is for as long as it is not whole, so that after the daemon was killed the next one removes it.
 * One note for a name at a time. Any thread.
 */

#include <glib.h>

/* Notes that @path is being written for @name, before it is made. */
gboolean drv_partial_note(const char *folder, const char *name, const char *path, GError **error);

/* Whether there is a note for @name. */
gboolean drv_partial_noted(const char *folder, const char *name);

/* It is whole, or removed. */
void drv_partial_forget(const char *folder, const char *name);

/* Removes all files that a note in @folder names, and the notes. */
void drv_partial_clean(const char *folder);
