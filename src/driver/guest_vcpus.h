/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The vCPUs that the guest's own kernel uses, by its agent. Xen goes on giving the guest all of
 * them. Waits for the guest, as agent.h says. */

#include "driver/domain.h"

/* How many the guest uses; -1 with @error. */
int drv_guest_vcpus_count(DrvDomain *domain, GError **error);

/* Lets the guest use @number of those that it has, vCPU 0 among them. */
gboolean drv_guest_vcpus_set_count(DrvDomain *domain, guint number, GError **error);
