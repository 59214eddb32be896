/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The counters of a running guest's network cards and disks. */

#include "driver/counters.h"
#include "driver/driver.h"

/* Index of the card that a client calls @device: its name in dom0 or its MAC address. -1 when there
 * is none. */
int drv_traffic_find_nic(const DomDef *def, int id, const char *device);

/* What went through the card; FALSE when dom0 does not serve it. An HVM guest's emulated card and
 * the one of its PV driver count together. */
gboolean drv_traffic_nic(const DomDef *def, int id, guint index, virDomainInterfaceStatsPtr stats);

/* What is known of a disk of a running guest. */
typedef struct {
    gboolean counted; /* somebody counts what it does */
    DrvDiskCounts counts;
    guint64 capacity; /* bytes that the guest sees; 0: nobody says */
    guint64 physical; /* bytes that it takes on the host; 0: nobody says */
} DrvDiskTraffic;

/*
 * Fills @disks, one for each disk of the definition that the guest @id runs with: what dom0's
 * kernel counts, and what the device model does, which is given @patience us, of which is taken
 * what it needed; without any it is not asked. FALSE with @error when it does not answer; the
 * kernel's numbers are there nevertheless. Call it with nothing locked.
 */
gboolean drv_traffic_disks(const DomDef *def, int id, gint64 *patience, DrvDiskTraffic *disks,
                           GError **error);
