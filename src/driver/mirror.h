/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What xenstore says about running guests, remembered until xenstore tells that it changed: to read
 * the numbers of all guests would be several questions to xenstored about each of them, every time.
 *
 *     drv_mirror_catch_up(driver->mirror);                     once for all that is read
 *     g_autofree char *text = drv_mirror_read(driver->mirror, id, "memory/target");
 *
 * What is read is never older than the catch-up before it: xenstored answers a client in the order
 * of what happened, so that with the answer to one question all earlier notices have come. Any
 * thread; nothing is locked while xenstored is asked. Without watches all is read from xenstore.
 */

#include "driver/driver.h"

/* NULL with @error when xenstore does not answer. (transfer full) */
DrvMirror *drv_mirror_new(GError **error);

/* NULL is fine. */
void drv_mirror_free(DrvMirror *mirror);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvMirror, drv_mirror_free)

/* Asks xenstored one thing and takes all notices. */
void drv_mirror_catch_up(DrvMirror *mirror);

/* Takes the notices that are there, so that no guest can heap them up. */
void drv_mirror_drain(DrvMirror *mirror);

/* What stands under /local/domain/@id/@key; NULL when nothing does. (transfer full) */
char *drv_mirror_read(DrvMirror *mirror, int id, const char *key);

/* Forgets all guests but those whose domids are keys of @ids, and Domain-0. */
void drv_mirror_keep(DrvMirror *mirror, GHashTable *ids);
