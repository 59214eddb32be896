/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/traffic.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define SYSFS         "/sys"

/* libxl's own names, when the definition has none. */
char *
drv_traffic_nic_name(const DomDef *def, int id, guint index)
{
    const DomNic *nic = g_ptr_array_index(def->nics, index);
    if (nic->ifname) {
        return g_strdup(nic->ifname);
    }
    return g_strdup_printf("vif%d.%d", id, nic->devid.set ? (int)nic->devid.value : (int)index);
}

static void
add_traffic(virDomainInterfaceStatsPtr sum, const virDomainInterfaceStatsStruct *more)
{
    sum->rx_bytes += more->rx_bytes;
    sum->rx_packets += more->rx_packets;
    sum->rx_errs += more->rx_errs;
    sum->rx_drop += more->rx_drop;
    sum->tx_bytes += more->tx_bytes;
    sum->tx_packets += more->tx_packets;
    sum->tx_errs += more->tx_errs;
    sum->tx_drop += more->tx_drop;
}

gboolean
drv_traffic_nic(const DomDef *def, int id, guint index, virDomainInterfaceStatsPtr stats)
{
    g_autofree char *name = drv_traffic_nic_name(def, id, index);
    g_autofree char *emulated = g_strconcat(name, "-emu", NULL);
    virDomainInterfaceStatsStruct one, sum = { 0 };
    const char *names[] = { name, emulated };
    gboolean found = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (drv_counters_nic(SYSFS, names[i], &one)) {
            add_traffic(&sum, &one);
            found = TRUE;
        }
    }
    if (found) {
        *stats = sum;
    }
    return found;
}

/* The kernel knows disks by number; their names are in xenstore. */
gboolean
drv_traffic_disk(DrvDriver *driver, int id, const char *vdev, DrvDiskCounts *counts)
{
    g_autofree char *prefix = g_strdup_printf("vbd-%d-", id);
    g_autoptr(GDir) devices = g_dir_open(SYSFS "/bus/xen-backend/devices", 0, NULL);
    for (const char *name; devices && (name = g_dir_read_name(devices));) {
        guint64 devid;
        if (!g_str_has_prefix(name, prefix) ||
            !g_ascii_string_to_unsigned(name + strlen(prefix), 10, 0, G_MAXUINT32, &devid, NULL)) {
            continue;
        }
        g_autofree char *found = drv_hypervisor_read(
            driver->hypervisor, "/local/domain/0/backend/vbd/%d/%s/dev", id, name + strlen(prefix));
        if (g_strcmp0(found, vdev) == 0) {
            return drv_counters_disk(SYSFS, id, devid, counts);
        }
    }
    return FALSE;
}

/* A copy of what the guest runs with, or NULL with @error when none runs. (transfer full) */
static DomDef *
running_def(DrvDomain *domain, int *ret_id, GError **error)
{
    *ret_id = drv_domain_running_id(domain, error);
    if (*ret_id < 0) {
        return NULL;
    }
    DRV_DOMAIN_LOCKED(domain);
    return dom_def_copy(domain->def);
}

/* Index of the card of that name or MAC address; -1 when there is none. */
static int
find_nic(const DomDef *def, int id, const char *device)
{
    for (guint i = 0; i < def->nics->len; i++) {
        const DomNic *nic = g_ptr_array_index(def->nics, i);
        g_autofree char *name = drv_traffic_nic_name(def, id, i);
        if (g_str_equal(name, device) || (nic->mac && g_ascii_strcasecmp(nic->mac, device) == 0)) {
            return (int)i;
        }
    }
    return -1;
}

int
drv_domain_interface_stats(virDomainPtr dom, const char *device, virDomainInterfaceStatsPtr stats)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int id;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainInterfaceStatsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DomDef) def = running_def(domain, &id, &error);
    if (!def) {
        return drv_raise(&error);
    }
    int index = find_nic(def, id, device);
    if (index < 0) {
        drv_fail(&error, VIR_ERR_INVALID_ARG, _("domain '%s' has no network card '%s'"),
                 def->general.name, device);
        return drv_raise(&error);
    }
    if (!drv_traffic_nic(def, id, (guint)index, stats)) {
        drv_fail(&error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("nobody counts the traffic of '%s': dom0 does not serve that card"), device);
        return drv_raise(&error);
    }
    return 0;
}

static gboolean
disk_matches(const DomDisk *disk, const char *path)
{
    return !*path || g_strcmp0(disk->vdev, path) == 0 || g_strcmp0(disk->target, path) == 0;
}

static void
add_counts(DrvDiskCounts *sum, const DrvDiskCounts *more)
{
    sum->read_requests += more->read_requests;
    sum->read_bytes += more->read_bytes;
    sum->write_requests += more->write_requests;
    sum->write_bytes += more->write_bytes;
    sum->flush_requests += more->flush_requests;
}

/* An empty path stands for all disks. */
static gboolean
sum_disks(DrvDriver *driver, const DomDef *def, int id, const char *path, DrvDiskCounts *ret_sum,
          GError **error)
{
    DrvDiskCounts sum = { 0 }, one;
    guint there = 0, counted = 0;
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        if (!disk_matches(disk, path)) {
            continue;
        }
        there++;
        if (disk->vdev && drv_traffic_disk(driver, id, disk->vdev, &one)) {
            add_counts(&sum, &one);
            counted++;
        }
    }
    if (there == 0) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("domain '%s' has no disk '%s'"),
                        def->general.name, path);
    }
    if (counted == 0) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("nobody counts the requests of disk '%s': a device model or another "
                          "domain serves it, and not dom0's kernel"),
                        path);
    }
    *ret_sum = sum;
    return TRUE;
}

static gboolean
read_disks(DrvDriver *driver, DrvDomain *domain, const char *path, DrvDiskCounts *ret_counts,
           GError **error)
{
    int id;
    g_autoptr(DomDef) def = running_def(domain, &id, error);
    return def && sum_disks(driver, def, id, path, ret_counts, error);
}

int
drv_domain_block_stats(virDomainPtr dom, const char *path, virDomainBlockStatsPtr stats)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    DrvDiskCounts counts = { 0 };
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockStatsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!read_disks(drv_driver_of(dom->conn), domain, path, &counts, &error)) {
        return drv_raise(&error);
    }
    stats->rd_req = (long long)counts.read_requests;
    stats->rd_bytes = (long long)counts.read_bytes;
    stats->wr_req = (long long)counts.write_requests;
    stats->wr_bytes = (long long)counts.write_bytes;
    stats->errs = -1;
    return 0;
}

int
drv_domain_block_stats_flags(virDomainPtr dom, const char *path, virTypedParameterPtr params,
                             int *n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    DrvDiskCounts counts = { 0 };
    virCheckFlags(VIR_TYPED_PARAM_STRING_OKAY, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockStatsFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!read_disks(drv_driver_of(dom->conn), domain, path, &counts, &error)) {
        return drv_raise(&error);
    }
    const struct {
        const char *field;
        guint64 value;
    } rows[] = {
        { VIR_DOMAIN_BLOCK_STATS_READ_BYTES, counts.read_bytes },
        { VIR_DOMAIN_BLOCK_STATS_READ_REQ, counts.read_requests },
        { VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, counts.write_bytes },
        { VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, counts.write_requests },
        { VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, counts.flush_requests },
    };
    int count = *n_params == 0 ? 0 : MIN(*n_params, (int)G_N_ELEMENTS(rows));
    for (int i = 0; i < count; i++) {
        if (virTypedParameterAssign(&params[i], rows[i].field, VIR_TYPED_PARAM_LLONG,
                                    (long long)rows[i].value) < 0) {
            return -1;
        }
    }
    *n_params = count == 0 ? (int)G_N_ELEMENTS(rows) : count;
    return 0;
}
