/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Who has the guest, when the client that should say so does not: the destination writes it into
 * the connection that the stream came through, before the guest runs there, and what it wrote last
 * before it hung up counts. The source asks when it was not told, or is told of a failure that may
 * be the client's own.
 */

#include "driver/migrate_link.h"

typedef enum {
    DRV_VERDICT_UNKNOWN, /* the destination does not hang up: it cannot be reached, or is stuck */
    DRV_VERDICT_SOURCE,  /* the guest is the source's */
    DRV_VERDICT_TARGET,  /* the guest runs on the destination, or is about to */
} DrvVerdict;

/* On the destination. A source that does not listen any more is no error. */
void drv_verdict_tell(const DrvLink *link, DrvVerdict verdict);

/* On the source: waits until the destination hangs up, up to @patience us. */
DrvVerdict drv_verdict_hear(const DrvLink *link, gint64 patience);
