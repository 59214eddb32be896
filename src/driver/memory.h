/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "internal.h"

#include "driver/live.h"

/*
 * Fills up to @n_stats entries of @stats with what is known of the memory of the guest @id: its
 * size, and what its own tools publish in xenstore. Returns how many. Waits for nobody.
 */
guint drv_memory_stats(DrvDriver *driver, int id, const DrvLive *live, virDomainMemoryStatPtr stats,
                       guint n_stats);
