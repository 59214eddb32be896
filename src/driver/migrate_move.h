/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A guest that moves to another host, on the host that it leaves. Every function is called inside
 * the domain's job and with nothing locked, in whatever thread, one at a time.
 *
 * The guest stays here, stopped, until it is known that it runs there: what fails before lets it
 * run on here. So there is never a second one, and never none. With VIR_MIGRATE_OFFLINE it is a
 * domain that does not run, of which there is nothing to send.
 */

#include "driver/driver.h"
#include "driver/migrate_cookie.h"
#include "driver/migrate_params.h"
#include "driver/migrate_verdict.h"

/* Looks whether the guest that runs can move as @flags (virDomainMigrateFlags) say. NULL with
 * @error. (transfer full) */
DrvMove *drv_move_new(DrvDriver *driver, DrvDomain *domain, unsigned int flags, GError **error);

/* NULL is fine. */
void drv_move_free(DrvMove *move);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvMove, drv_move_free)

/* Whether nothing has been sent yet. */
gboolean drv_move_is_begun(const DrvMove *move);

/* Whether the guest is gone from here. */
gboolean drv_move_is_gone(const DrvMove *move);

/* Whether its CPUs are stopped there, too. */
gboolean drv_move_was_paused(const DrvMove *move);

/* The definition for the destination, @dxml or as it is, and what its daemon is told of it. NULL
 * with @error. (transfer full) */
char *drv_move_xml(const DrvMove *move, const char *dxml, GError **error);
char *drv_move_cookie(const DrvMove *move, int *ret_length);

/* What became of the guest, when the destination cannot be asked through the connection that the
 * memory came through. Waits, with an end. */
typedef DrvVerdict (*DrvMoveAsk)(gpointer data);

/* The memory goes through @tunnel, to nobody else's place; both, and @ask, last as long as the
 * move.
 */
void drv_move_tunnel(DrvMove *move, virStreamPtr tunnel, DrvMoveAsk ask, gpointer data);

/*
 * Sends the memory to where @params say, to a daemon that said @cookie of itself; shows progress,
 * and can be aborted. FALSE with @error, and the guest runs on here; otherwise it is stopped.
 */
gboolean drv_move_send(DrvMove *move, const DrvMigrateParams *params,
                       const DrvMigrateCookie *cookie, GError **error);

/*
 * Ends the guest here, and with UNDEFINE_SOURCE its definition; or, @cancelled, lets it run on. A
 * destination that tells otherwise is believed. FALSE with @error when what is to be done cannot
 * be.
 */
gboolean drv_move_confirm(DrvMove *move, gboolean cancelled, GError **error);

/* The same when nobody says what became of it: the destination is asked. A guest of which nothing
 * is known stays stopped, for the administrator. */
void drv_move_abandon(DrvMove *move);

/* Lets a guest run that an earlier daemon, or drv_move_abandon(), left stopped. */
gboolean drv_move_resume(DrvDriver *driver, DrvDomain *domain, gboolean paused, GError **error);

/* Whether the domain is such a guest. */
gboolean drv_move_is_left(DrvDomain *domain);
