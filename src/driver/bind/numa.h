/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "driver/bind/bind.h"

/* How many vCPUs the virtual NUMA nodes of @b_info have; 0 when there are none. */
guint bind_numa_vcpus(const libxl_domain_build_info *b_info);
