/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What xenstore tells of a running guest and anybody may change: its name (xl rename), the memory
 * that it is to have (xl mem-set), its processors (xl vcpu-set).
 */

#include "driver/driver.h"

/*
 * Puts a worker on the guest with the domid @id, which compares and takes over what differs, with
 * the events that belong to it. While somebody works on the domain it is only marked as stale. Any
 * thread, nothing locked.
 */
void drv_changed_look(DrvDriver *driver, int id);
