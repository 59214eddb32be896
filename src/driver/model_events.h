/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What QEMU tells, as libvirt's events. */

#include "internal.h"
#include "virjson.h"

#include "driver/driver.h"

/*
 * Tells clients of the event that @said, a line of QEMU's, describes: as it came to those who watch
 * the monitor (virConnectDomainQemuMonitorEventRegister()), and as what it means for the guest @id.
 * Others mean nothing. Does not wait; any thread, nothing locked.
 */
void drv_model_event(DrvDriver *driver, int id, virJSONValue *said);
