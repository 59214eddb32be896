/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How fast a disk may be, where QEMU serves it. Xen's own backend in dom0's kernel has no such
 * limits. */

#include "conf/def.h"

#include <glib.h>

/*
 * Sets the limits that <iotune> elements of @def name for disks of the guest @id, which have just
 * been made. A disk that QEMU does not serve cannot have them: OPERATION_UNSUPPORTED. In a job, with
 * nothing locked.
 */
gboolean drv_iotune_limit(const DomDef *def, int id, GError **error);
