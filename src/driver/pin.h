/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* CPU maps, between libvirt's bytes and libxl's bits. */

#include <libxl.h>
#include <libxl_utils.h>

/* Fills the @size bytes of @map with the first @n_cpus bits of @bits. */
void drv_cpumap_copy(unsigned char *map, int size, const libxl_bitmap *bits, int n_cpus);
