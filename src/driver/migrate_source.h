/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Migrations that a client leads, on the host that the guest leaves. The job of the domain lasts
 * from one call to the next (DrvDomain.move). */

#include "driver/driver.h"

/* @conn is being closed: workers end what it has begun and not ended. Any thread, nothing locked.
 */
void drv_migrate_source_gone(DrvDriver *driver, virConnectPtr conn);
