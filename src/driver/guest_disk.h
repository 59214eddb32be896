/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* File systems and disks as the guest agent tells them, and which disks of the definition they are
 * on. */

#include "internal.h"
#include "virjson.h"

#include "conf/def.h"

/*
 * The name, as libvirt's clients know it, of the disk of @def that the guest calls @device
 * ("/dev/xvda1", "xvda"); NULL: none of them, or no one knows. Borrowed.
 */
const char *drv_guest_disk_target(const DomDef *def, const char *device);

/* The same of a disk that a file system called @name is on: the agent's GuestDiskAddress, or
 * nothing more than the name. Borrowed. */
const char *drv_guest_disk_of(const DomDef *def, virJSONValue *address, const char *name);
