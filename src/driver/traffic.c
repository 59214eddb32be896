/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "conf/disk_number.h"
#include "driver/api.h"
#include "driver/qdisk.h"
#include "driver/storage.h"
#include "driver/traffic.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define SYSFS         "/sys"

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
    g_autofree char *name = dom_nic_live_name(def, id, index);
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

/* A disk that is a device of dom0's has its size. */
static void
read_kernel(int id, const DomDisk *disk, DrvDiskTraffic *traffic)
{
    guint devid;
    if (disk->vdev && dom_disk_number(disk->vdev, &devid)) {
        traffic->counted = drv_counters_disk(SYSFS, id, devid, &traffic->counts);
    }
    if (drv_storage_is_here(disk) && drv_counters_size(SYSFS, disk->target, &traffic->capacity)) {
        traffic->physical = traffic->capacity;
    }
}

/* An HVM guest without PV drivers uses the emulated disk, whoever serves the other one. */
static gboolean
asks_model(const DomDef *def, int id, const DrvDiskTraffic *disks)
{
    gboolean wants = dom_general_type(def) == DOM_TYPE_HVM;
    for (guint i = 0; i < def->disks->len; i++) {
        wants = wants || !disks[i].counted;
    }
    return def->disks->len > 0 && wants && drv_qmp_is_there(id);
}

static void
add_qdisks(const GPtrArray *qdisks, const DomDisk *disk, DrvDiskTraffic *traffic)
{
    int at = -1;
    while ((at = drv_qdisks_find(qdisks, disk, (guint)(at + 1))) >= 0) {
        const DrvQdisk *qdisk = g_ptr_array_index(qdisks, at);
        drv_counters_add(&traffic->counts, &qdisk->counts);
        traffic->counted = TRUE;
        traffic->capacity = traffic->capacity ? traffic->capacity : qdisk->capacity;
        traffic->physical = traffic->physical ? traffic->physical : qdisk->physical;
    }
}

gboolean
drv_traffic_disks(const DomDef *def, int id, gint64 *patience, DrvDiskTraffic *disks,
                  GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        disks[i] = (DrvDiskTraffic){ 0 };
        read_kernel(id, g_ptr_array_index(def->disks, i), &disks[i]);
    }
    if (*patience <= 0 || !asks_model(def, id, disks)) {
        return TRUE;
    }
    gint64 began = g_get_monotonic_time();
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, *patience, error);
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, error) : NULL;
    *patience = MAX(0, *patience - (g_get_monotonic_time() - began));
    for (guint i = 0; qdisks && i < def->disks->len; i++) {
        add_qdisks(qdisks, g_ptr_array_index(def->disks, i), &disks[i]);
    }
    return qdisks != NULL;
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

int
drv_traffic_find_nic(const DomDef *def, int id, const char *device)
{
    for (guint i = 0; i < def->nics->len; i++) {
        const DomNic *nic = g_ptr_array_index(def->nics, i);
        g_autofree char *name = dom_nic_live_name(def, id, i);
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
    int index = drv_traffic_find_nic(def, id, device);
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

/* An empty path stands for all disks. */
static gboolean
sum_disks(const DomDef *def, const DrvDiskTraffic *disks, const char *path, DrvDiskCounts *ret_sum,
          GError **error)
{
    guint there = 0, counted = 0;
    for (guint i = 0; i < def->disks->len; i++) {
        if (disk_matches(g_ptr_array_index(def->disks, i), path)) {
            there++;
            counted += disks[i].counted ? 1 : 0;
            drv_counters_add(ret_sum, &disks[i].counts);
        }
    }
    if (there == 0) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("domain '%s' has no disk '%s'"),
                        def->general.name, path);
    }
    return counted > 0 ||
           drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("nobody counts the requests of disk '%s': another domain serves it, and "
                      "neither dom0's kernel nor a device model here"),
                    path);
}

static gboolean
read_disks(DrvDomain *domain, const char *path, DrvDiskCounts *ret_counts, GError **error)
{
    int id;
    gint64 patience = DRV_QMP_PATIENCE;
    g_autoptr(GError) silent = NULL;
    g_autoptr(DomDef) def = running_def(domain, &id, error);
    if (!def) {
        return FALSE;
    }
    g_autofree DrvDiskTraffic *disks = g_new(DrvDiskTraffic, def->disks->len + 1);
    drv_traffic_disks(def, id, &patience, disks, &silent);
    gboolean done = sum_disks(def, disks, path, ret_counts, error);
    if (!done && silent && g_error_matches(*error, DRV_ERROR, VIR_ERR_OPERATION_UNSUPPORTED)) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&silent));
    }
    return done;
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
    if (!read_disks(domain, path, &counts, &error)) {
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
    if (!read_disks(domain, path, &counts, &error)) {
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
        { VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, counts.read_time },
        { VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, counts.write_time },
        { VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, counts.flush_time },
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
