/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Guests whose end or beginning no daemon brought to its end: they ended while there was none, or
 * it was killed while it ended them, started them or made them anew. The next one ends what is left
 * on Xen, makes anew what was to be made anew, tells clients (late.h), and lets the administrator's
 * script free what it had made ready.
 *
 * First the daemon looks, when it starts and before it serves anybody; each domain is then in a job
 * until a worker has done the rest, since a script may take its time.
 */

#include "driver/listing.h"

typedef struct DrvRecovery DrvRecovery;

/* What became of a guest. */
typedef struct DrvEnd DrvEnd;

DrvRecovery *drv_recovery_new(DrvDriver *driver);

/*
 * What became of the guest of the state file @stored, which Xen lists as @info, or not: NULL. The
 * result is static; NULL: the guest runs. What is left of it on Xen is gone then, so are its
 * leases, and @stored says whether it can be made anew.
 */
const DrvEnd *drv_recovery_look(DrvRecovery *recovery, DrvStored *stored, const libxl_dominfo *info,
                                const DrvListing *listing);

/* The domain, on the list and off, is that guest's. Takes @stored's definition, unless the domain
 * has it already. */
void drv_recovery_add(DrvRecovery *recovery, DrvDomain *domain, DrvStored *stored,
                      const DrvEnd *end);

/* Hands the domains to workers. Consumes @recovery. */
void drv_recovery_go(DrvRecovery *recovery);
