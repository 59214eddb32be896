/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Who holds the leases of a guest with a lock manager that gives them to a process (sanlock): a guest
 * of Xen is none, so that one which does nothing stands for it. It outlives the daemon, and is found by
 * the file in DRV_STATE_DIR that it keeps locked. When the leases are lost, because the host lost
 * their storage, sanlock has the guest destroyed (or paused, as <on_lockfailure> says) by libvirt's
 * helper; if that does not come about it ends the host.
 */

#include <config.h>

#include "domain_conf.h"
#include "locking/lock_manager.h"

/* Whether the leases of @leases need one. */
gboolean drv_lease_holder_is_needed(virLockManagerPlugin *leases);

/*
 * Sets the pid of @guest, whose def is filled in as a lock manager wants it, to that of its holder,
 * which is started and made known to the manager when there is none. Waits for both.
 */
gboolean drv_lease_holder_ensure(virLockManagerPlugin *leases, const char *uri, virDomainObj *guest,
                                 GError **error);

/* The same of one that is there already; FALSE when there is none. */
gboolean drv_lease_holder_find(virDomainObj *guest);

/* Ends the holder of @guest, which has its pid or none (0, -1), when it holds nothing any more. */
void drv_lease_holder_end(virLockManagerPlugin *leases, virDomainObj *guest);
