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

/* The same for a job that outlasts the call that begins it: whoever entered leaves, in any thread,
 * and remembers meanwhile whose job it is. */
gboolean drv_job_enter(DrvDomain *domain, const char *what, gint64 patience, GError **error);
void drv_job_leave(DrvDomain *domain, gboolean succeeded);

/*
 * Long jobs: these show how far they are and can be ended by somebody else.
 *
 * drv_job_measure() makes the running job a long one: @operation is a virDomainJobOperation, @total
 * the bytes that it will move, about, or 0. drv_job_moved() (a DrvPumpMoved, @domain is a
 * DrvDomain) tells how many it has. Both are called by the job, in any thread.
 */
void drv_job_measure(DrvDomain *domain, int operation, guint64 total);
void drv_job_moved(guint64 done, gpointer domain);

/* The same for a job that moves its bytes through @channel (migrate_channel.h), until it says so
 * with NULL. No more than @speed bytes/s go through it; 0: the domain's own limit, if it has one.
 */
void drv_job_watch(DrvDomain *domain, DrvChannel *channel, guint64 speed);

/*
 * From now on, until drv_job_forbid_cancel(), the job can be ended with @func(@data). The job calls
 * both; forbid returns when @func is not being called any more. FALSE when somebody wanted the end
 * before: OPERATION_ABORTED.
 */
gboolean drv_job_allow_cancel(DrvDomain *domain, DrvJobCancel func, gpointer data, GError **error);
void drv_job_forbid_cancel(DrvDomain *domain);

/* Wants the running job to end, and does not wait for that. OPERATION_INVALID when there is none,
 * or none that can. Any thread but the job's, no locks. */
gboolean drv_job_cancel(DrvDomain *domain, GError **error);

/* How far the running job is; began is 0 when there is none. Any thread, no locks. */
void drv_job_look(DrvDomain *domain, DrvJobInfo *ret_info);

/* The same of the last long job that ended, which is told once unless @keep. */
void drv_job_look_back(DrvDomain *domain, gboolean keep, DrvJobInfo *ret_info);
