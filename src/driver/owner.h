/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Guests that live as long as the connection that started them (VIR_DOMAIN_START_AUTODESTROY). The
 * next daemon knows nothing of this: it finds a guest like any other.
 */

#include "driver/driver.h"

/* The guest that runs ends when @conn is closed. Takes the lock. */
void drv_owner_set(DrvDomain *domain, virConnectPtr conn);

/* @conn is being closed: workers end its guests. Any thread, nothing locked. */
void drv_owner_gone(DrvDriver *driver, virConnectPtr conn);
