/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <glib/gstdio.h>
#include <sys/sysmacros.h>

#include "driver/counters.h"

/* The kernel counts in these, whatever the sectors of the disk are. */
#define SECTOR 512

static gboolean
read_counter(const char *folder, const char *file, guint64 *ret_value)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) &&
           g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, G_MAXUINT64, ret_value, NULL);
}

/* Each counter of libvirt's, and the file of dom0's side of the cable. */
static const struct {
    const char *file;
    gsize offset;
} nic_rows[] = {
    { "tx_bytes", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, rx_bytes) },
    { "tx_packets", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, rx_packets) },
    { "tx_errors", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, rx_errs) },
    { "tx_dropped", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, rx_drop) },
    { "rx_bytes", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, tx_bytes) },
    { "rx_packets", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, tx_packets) },
    { "rx_errors", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, tx_errs) },
    { "rx_dropped", G_STRUCT_OFFSET(virDomainInterfaceStatsStruct, tx_drop) },
};

gboolean
drv_counters_nic(const char *sysfs, const char *name, virDomainInterfaceStatsPtr stats)
{
    g_autofree char *folder = g_build_filename(sysfs, "class", "net", name, "statistics", NULL);
    virDomainInterfaceStatsStruct found;
    for (gsize i = 0; i < G_N_ELEMENTS(nic_rows); i++) {
        guint64 value;
        if (!read_counter(folder, nic_rows[i].file, &value)) {
            return FALSE;
        }
        *(long long *)((char *)&found + nic_rows[i].offset) = (long long)value;
    }
    *stats = found;
    return TRUE;
}

gboolean
drv_counters_disk(const char *sysfs, int id, guint64 devid, DrvDiskCounts *counts)
{
    g_autofree char *device = g_strdup_printf("vbd-%d-%" G_GUINT64_FORMAT, id, devid);
    g_autofree char *folder =
        g_build_filename(sysfs, "bus", "xen-backend", "devices", device, "statistics", NULL);
    DrvDiskCounts found = { 0 };
    guint64 read_sectors, written_sectors;
    if (!read_counter(folder, "rd_req", &found.read_requests) ||
        !read_counter(folder, "wr_req", &found.write_requests) ||
        !read_counter(folder, "f_req", &found.flush_requests) ||
        !read_counter(folder, "rd_sect", &read_sectors) ||
        !read_counter(folder, "wr_sect", &written_sectors)) {
        return FALSE;
    }
    found.read_bytes = read_sectors * SECTOR;
    found.write_bytes = written_sectors * SECTOR;
    *counts = found;
    return TRUE;
}

void
drv_counters_add(DrvDiskCounts *sum, const DrvDiskCounts *more)
{
    sum->read_requests += more->read_requests;
    sum->read_bytes += more->read_bytes;
    sum->write_requests += more->write_requests;
    sum->write_bytes += more->write_bytes;
    sum->flush_requests += more->flush_requests;
    sum->read_time += more->read_time;
    sum->write_time += more->write_time;
    sum->flush_time += more->flush_time;
}

gboolean
drv_counters_size(const char *sysfs, const char *path, guint64 *ret_bytes)
{
    GStatBuf found;
    guint64 sectors;
    if (g_stat(path, &found) < 0 || !S_ISBLK(found.st_mode)) {
        return FALSE;
    }
    g_autofree char *device = g_strdup_printf("%u:%u", major(found.st_rdev), minor(found.st_rdev));
    g_autofree char *folder = g_build_filename(sysfs, "dev", "block", device, NULL);
    if (!read_counter(folder, "size", &sectors)) {
        return FALSE;
    }
    *ret_bytes = sectors * SECTOR;
    return TRUE;
}
