/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Jobs: one change of a domain at a time.
 *
 * A job runs with the domain unlocked, so it may wait for Xen, a guest or a disk as long as it
 * takes, and queries are answered meanwhile. A second change waits until the first is over, then
 * finds the domain in whatever state that left it: a job checks its own preconditions.
 */

#include "driver/domain.h"

/* The work of a job. It locks the domain itself where it looks at it. FALSE with @error. */
typedef gboolean (*DrvJobFunc)(DrvDomain *domain, gpointer data, GError **error);

/* How long a client's call waits for the job before it. */
#define DRV_JOB_PATIENCE (30 * G_TIME_SPAN_SECOND)
/* For the driver's own work, which must not be lost. */
#define DRV_JOB_FOREVER G_MAXINT64

/*
 * Runs @func as the job @what (static text, for messages) of @domain in the calling thread. Waits
 * up to @patience microseconds for another job to end: OPERATION_TIMEOUT. NO_DOMAIN when the domain
 * was taken off the list. Call without any lock.
 */
gboolean drv_job_run(DrvDomain *domain, const char *what, gint64 patience, DrvJobFunc func,
                     gpointer data, GError **error);
