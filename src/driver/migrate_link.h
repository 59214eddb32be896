/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The connection between the two hosts of a migration. The kernel keeps its limit and counts what
 * goes through it, so that libxl can have the socket itself, unless it is encrypted. All functions:
 * any thread, none waits.
 */

#include "driver/migrate_tls.h"

typedef struct DrvLink DrvLink;

/* Takes the connected socket @fd. (transfer full) */
DrvLink *drv_link_new(int fd);

/* From now on all goes through @session (taken), on both sides alike. */
void drv_link_secure(DrvLink *link, virNetTLSSession *session);
gboolean drv_link_is_secure(const DrvLink *link);

/* As read(2) and write(2), of what is there at once: -1 with EAGAIN when it has to be waited for.
 * Whoever reads tries before it waits: what has come may be the link's already. */
gssize drv_link_read(const DrvLink *link, gpointer bytes, gsize size);
gssize drv_link_write(const DrvLink *link, gconstpointer bytes, gsize size);

/* Hangs up. NULL is fine. */
void drv_link_free(DrvLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvLink, drv_link_free)

/* Borrowed. */
int drv_link_fd(const DrvLink *link);

/* From now on no more than @speed bytes/s are sent; 0: as fast as it can. */
void drv_link_limit(const DrvLink *link, guint64 speed);

/* The bytes that the other host has taken, about, and that came from it. */
guint64 drv_link_sent(const DrvLink *link);
guint64 drv_link_received(const DrvLink *link);

/* Ends it in both directions: who reads it finds the end, who writes fails. */
void drv_link_cut(const DrvLink *link);

/* Whether the other host has hung up, or the way to it is lost. */
gboolean drv_link_is_broken(const DrvLink *link);
