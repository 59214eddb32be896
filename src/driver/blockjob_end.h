/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How block jobs end: what follows from it for the domain, what clients are told, and what QEMU is
 * told last, that nobody needs to know of the job any more.
 */

#include "driver/blockjob.h"

/*
 * Sees to the jobs of the guest that are over. In a job of the domain, with nothing locked. FALSE
 * with @error when QEMU does not answer.
 */
gboolean drv_blockjob_settle(DrvDriver *driver, DrvDomain *domain, DrvQmp *qmp, GError **error);

/* The same in a job of its own; TRUE when the guest has gone. Any thread, nothing locked. */
gboolean drv_blockjob_settle_all(DrvDriver *driver, DrvDomain *domain, GError **error);

/* Has a worker do that for the guest @id, soon. Any thread, nothing locked. */
void drv_blockjob_look(DrvDriver *driver, int id);

/*
 * Hears what QEMU tells of jobs, or lists of them, for the one who listens to it: @running has the
 * names of those that are not over, and is emptied by drv_blockjob_lost() when QEMU says no more:
 * clients hear that they failed. Neither waits; one thread's, nothing locked.
 */
void drv_blockjob_hear(DrvDriver *driver, int id, GHashTable *running, virJSONValue *said);
void drv_blockjob_lost(DrvDriver *driver, int id, GHashTable *running);
