/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The counters of a running guest's network cards and disks. Nobody waits. */

#include "driver/counters.h"
#include "driver/driver.h"

/* The name in dom0 of the card at @index of the definition that the guest @id runs with. (transfer
 * full) */
char *drv_traffic_nic_name(const DomDef *def, int id, guint index);

/* What went through the card; FALSE when dom0 does not serve it. An HVM guest's emulated card and
 * the one of its PV driver count together. */
gboolean drv_traffic_nic(const DomDef *def, int id, guint index, virDomainInterfaceStatsPtr stats);

/* What the disk called @vdev ("xvda") of the guest @id did; FALSE when dom0's kernel does not serve
 * it. */
gboolean drv_traffic_disk(DrvDriver *driver, int id, const char *vdev, DrvDiskCounts *counts);
