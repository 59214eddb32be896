/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How a guest's memory gets from libxl on one host to libxl on the other: the one place where each
 * of the two makes its end.
 *
 *     DrvChannel *channel = drv_channel_out(&plan, error);
 *     ... libxl writes into drv_channel_fd(channel) ...
 *     gboolean whole = drv_channel_end(channel, all, error);
 *     drv_channel_free(channel);
 *
 *     source:       libxl [> count > program] [> TLS] > link, or > tunnel
 *     destination:  link, which may be the tunnel's end [> TLS] [> program] > libxl
 *
 * What is neither compressed nor encrypted nor tunnelled goes through no hands: libxl has the
 * socket itself.
 */

#include "internal.h"

#include "driver/migrate_link.h"
#include "driver/save_image.h"

typedef struct DrvChannel DrvChannel;

typedef struct {
    DrvLink *link;                /* borrowed, for as long as the channel is there; or NULL */
    virStreamPtr tunnel;          /* the same, on the source, where there is no link */
    const DrvImageFormat *format; /* what it is compressed with; NULL: it is not */
} DrvChannelPlan;

/* The end on the source, and the one on the destination. NULL with @error. (transfer full) */
DrvChannel *drv_channel_out(const DrvChannelPlan *plan, GError **error);
DrvChannel *drv_channel_in(const DrvChannelPlan *plan, GError **error);

/* What libxl writes into or reads from; the channel's. */
int drv_channel_fd(const DrvChannel *channel);

/* How many bytes have gone through so far; on the source, of libxl's. Any thread; does not wait. */
guint64 drv_channel_moved(DrvChannel *channel);

/* From now on no more than @speed bytes/s are sent to the other host; 0: as fast as it can. Any
 * thread; does not wait. */
void drv_channel_limit(DrvChannel *channel, guint64 speed);

/* Breaks it: libxl fails. Too late when it has ended. Any thread, until it is freed; a
 * DrvJobCancel.
 */
void drv_channel_stop(gpointer channel);

/* libxl is done, and says that it has moved all, or not. Waits until the other host has what it is
 * to have. FALSE with @error when it is the channel's doing that not all came through:
 * OPERATION_ABORTED when it has been stopped. Once. */
gboolean drv_channel_end(DrvChannel *channel, gboolean all, GError **error);

/* After its end, or instead. NULL is fine. */
void drv_channel_free(DrvChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvChannel, drv_channel_free)
