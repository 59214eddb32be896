/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What dom0's kernel counts of the network cards and disks that it serves, read from files below
 * @sysfs ("/sys"). Nobody waits: neither a guest nor a device model has a part in it.
 */

#include "internal.h"

#include <glib.h>

/* What a guest's disk did, in bytes, requests and ns. */
typedef struct {
    guint64 read_requests;
    guint64 read_bytes;
    guint64 write_requests;
    guint64 write_bytes;
    guint64 flush_requests;
    guint64 read_time; /* the times: a device model measures them, dom0's kernel does not (0) */
    guint64 write_time;
    guint64 flush_time;
} DrvDiskCounts;

void drv_counters_add(DrvDiskCounts *sum, const DrvDiskCounts *more);

/*
 * Fills @stats with the traffic of the interface @name of dom0 as the guest behind it sees it: what
 * dom0 sends it receives. FALSE, with @stats untouched, when there is no such interface.
 */
gboolean drv_counters_nic(const char *sysfs, const char *name, virDomainInterfaceStatsPtr stats);

/*
 * The same for the virtual device number @devid of the guest @id. FALSE, with @counts untouched,
 * when dom0's kernel does not serve that disk: a device model does, or another domain.
 */
gboolean drv_counters_disk(const char *sysfs, int id, guint64 devid, DrvDiskCounts *counts);

/* The size in bytes of the block device @path of dom0's. FALSE, with @ret_bytes untouched, when it
 * is none. */
gboolean drv_counters_size(const char *sysfs, const char *path, guint64 *ret_bytes);
