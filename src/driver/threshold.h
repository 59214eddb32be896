/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The place in an image at which clients want to hear that it is written to: who keeps images on
 * volumes that grow asks for it, with "virsh domblkthreshold". It is QEMU's, so only disks that
 * QEMU serves have one, and it ends with the first write beyond it.
 */

#include "internal.h"
#include "virjson.h"

#include "driver/driver.h"

/* Hears QEMU's BLOCK_WRITE_THRESHOLD of the guest @id: @data (borrowed; may be NULL) is what came
 * with it. A worker asks QEMU whose disk that is, where its name does not say. Does not wait; any
 * thread, nothing locked. */
void drv_threshold_hear(DrvDriver *driver, int id, virJSONValue *data);
