/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Leases on the disks of a running guest, from the lock manager that libxl.conf names
 * (lock_manager = "lockd" or "sanlock"; libvirt's locking.html): a disk that a guest may write is
 * not given to a second one, on this host or on any that shares the manager's folder. The same for what
 * <lease> of its definition names.
 *
 * A lease is taken when the guest is built and does not run yet, and dropped when it is gone. It
 * outlives the daemon, and def->live.leased, which the state file keeps, says that it is held: lockd
 * knows no difference between two guests of this driver, so that dropping what is not held would drop
 * another's.
 */

#include "driver/driver.h"

/*
 * Loads the manager @name; NULL is none. FALSE with @error when it cannot be: without it no guest
 * may be started.
 */
gboolean drv_lease_open(const char *name, DrvLeases **ret_leases, GError **error);

/* NULL is fine. */
void drv_lease_close(DrvLeases *leases);

/*
 * Takes the leases of all disks of @def and those it names, whose live part has the guest's id, or none. Waits for the
 * manager: in a job, with nothing locked. FALSE with VIR_ERR_RESOURCE_BUSY when one is taken, or
 * with the manager's own error.
 */
gboolean drv_lease_take(DrvDriver *driver, DomDef *def, GError **error);

/* Whether a process of its own holds the leases of each guest, as sanlock wants it. Any thread. */
gboolean drv_lease_has_holders(DrvDriver *driver);

/* The process that holds the leases of the guest with this uuid; 0: there is none. Any thread. */
pid_t drv_lease_holder(const unsigned char *uuid);

/* Takes the leases of a running guest again where who held them is no more. Waits as drv_lease_take()
 * does. What goes wrong is logged, and then it has none. */
void drv_lease_renew(DrvDriver *driver, DomDef *def);

/* Drops what drv_lease_take() took, if it did; what goes wrong is logged. */
void drv_lease_drop(DrvDriver *driver, DomDef *def);
