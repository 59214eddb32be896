/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Sees what happens to guests without our doing. xenstore tells that some domain came, went or
 * stopped (@introduceDomain, @releaseDomain) and not which; so each time all domains are compared
 * with what Xen lists. That makes one path for a guest that ends by itself, one that somebody else
 * ended, and one that ended while the daemon was away; a missed notice is made good by the next.
 * Nobody tells that a guest was paused, or that one is whole that somebody else builds: for that
 * the list is read twice a second, which costs one hypercall.
 *
 * Of each guest that runs, its name, memory target and processors in xenstore are watched.
 *
 * The watcher only looks. What follows is done in a job on a worker (observe.h, changed.h).
 */

#include "driver/driver.h"

/* Starts the thread. NULL with @error when xenstore does not answer. */
DrvWatcher *drv_watcher_new(DrvDriver *driver, GError **error);

/* Ends the thread; the watcher may still be woken. NULL is fine. */
void drv_watcher_stop(DrvWatcher *watcher);

/* Ends the thread and frees. NULL is fine. */
void drv_watcher_free(DrvWatcher *watcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvWatcher, drv_watcher_free)

/* Look again, soon. Any thread, any locks. */
void drv_watcher_wake(DrvWatcher *watcher);
