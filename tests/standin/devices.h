/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "world.h"

/* Gives a new guest the disks, interfaces and PCI devices of @config. */
void devices_of_config(const libxl_domain_config *config, uint32_t domid);

/* Makes the disks and interfaces of @config those that the guest has now. */
void devices_into_config(libxl_domain_config *config, uint32_t domid);
