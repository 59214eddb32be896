/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/*
 * The numbers of many domains in one call. Xen lists all guests in one hypercall; the rest is read
 * per domain from Xen, xenstore and dom0's kernel, none of which waits for a guest, and of what
 * device models serve from them, within a time.
 */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/listing.h"
#include "driver/live.h"
#include "driver/memory.h"
#include "driver/mirror.h"
#include "driver/params.h"
#include "driver/traffic.h"
#include "driver/vcpu.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* One domain at the moment of the call. */
typedef struct {
    DrvDriver *driver;
    DrvXen *xen;
    DomDef *def; /* owned; what it runs with, or its definition */
    int id;      /* -1: it does not run */
    int state;
    int reason;
    gint64 *patience; /* for device models; the whole call's */
    DrvLive live;     /* filled when it runs */
} Subject;

static void
subject_clear(Subject *subject)
{
    dom_def_free(subject->def);
    drv_live_clear(&subject->live);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static gboolean
add_state(const Subject *subject, DrvParams *params)
{
    return drv_params_int(params, subject->state, "state.state") &&
           drv_params_int(params, subject->reason, "state.reason");
}

static gboolean
add_cpu(const Subject *subject, DrvParams *params)
{
    return subject->id < 0 || drv_params_ullong(params, subject->live.cpu_time, "cpu.time");
}

/* libvirt's names for the tags that a Xen guest can have. */
static const char *
memory_name(int tag)
{
    switch (tag) {
    case VIR_DOMAIN_MEMORY_STAT_UNUSED:
        return "balloon.unused";
    case VIR_DOMAIN_MEMORY_STAT_AVAILABLE:
        return "balloon.available";
    default:
        return NULL;
    }
}

static gboolean
add_balloon(const Subject *subject, DrvParams *params)
{
    virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
    gboolean runs = subject->id >= 0;
    guint64 current = runs ? subject->live.current : drv_def_memory(subject->def);
    if (!drv_params_ullong(params, current, "balloon.current") ||
        !drv_params_ullong(params, drv_def_max_memory(subject->def), "balloon.maximum")) {
        return FALSE;
    }
    guint count = runs ? drv_memory_stats(subject->driver, subject->id, &subject->live, stats,
                                          G_N_ELEMENTS(stats))
                       : 0;
    for (guint i = 0; i < count; i++) {
        const char *name = memory_name(stats[i].tag);
        if (name && !drv_params_ullong(params, stats[i].val, "%s", name)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
add_one_vcpu(DrvParams *params, const libxl_vcpuinfo *vcpu)
{
    return drv_params_int(params, drv_vcpu_state(vcpu), "vcpu.%u.state", vcpu->vcpuid) &&
           drv_params_ullong(params, vcpu->vcpu_time, "vcpu.%u.time", vcpu->vcpuid);
}

static gboolean
add_vcpus(const Subject *subject, DrvParams *params)
{
    g_auto(DrvVcpus) vcpus = { 0 };
    if (!drv_params_uint(params, drv_def_vcpus(subject->def), "vcpu.current") ||
        !drv_params_uint(params, drv_def_max_vcpus(subject->def), "vcpu.maximum")) {
        return FALSE;
    }
    if (subject->id < 0 || !drv_vcpus_read(&vcpus, subject->xen, subject->id, NULL)) {
        return TRUE;
    }
    for (int i = 0; i < vcpus.count; i++) {
        if (!add_one_vcpu(params, &vcpus.infos[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
add_one_nic(const Subject *subject, DrvParams *params, guint i)
{
    virDomainInterfaceStatsStruct stats;
    g_autofree char *name = dom_nic_live_name(subject->def, subject->id, i);
    if (!drv_params_text(params, name, "net.%u.name", i)) {
        return FALSE;
    }
    if (!drv_traffic_nic(subject->def, subject->id, i, &stats)) {
        return TRUE;
    }
    return drv_params_ullong(params, (guint64)stats.rx_bytes, "net.%u.rx.bytes", i) &&
           drv_params_ullong(params, (guint64)stats.rx_packets, "net.%u.rx.pkts", i) &&
           drv_params_ullong(params, (guint64)stats.rx_errs, "net.%u.rx.errs", i) &&
           drv_params_ullong(params, (guint64)stats.rx_drop, "net.%u.rx.drop", i) &&
           drv_params_ullong(params, (guint64)stats.tx_bytes, "net.%u.tx.bytes", i) &&
           drv_params_ullong(params, (guint64)stats.tx_packets, "net.%u.tx.pkts", i) &&
           drv_params_ullong(params, (guint64)stats.tx_errs, "net.%u.tx.errs", i) &&
           drv_params_ullong(params, (guint64)stats.tx_drop, "net.%u.tx.drop", i);
}

static gboolean
add_nics(const Subject *subject, DrvParams *params)
{
    guint count = subject->id >= 0 ? subject->def->nics->len : 0;
    if (subject->id >= 0 && !drv_params_uint(params, count, "net.count")) {
        return FALSE;
    }
    for (guint i = 0; i < count; i++) {
        if (!add_one_nic(subject, params, i)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* What somebody may know of a disk; 0 is told of what was counted alone. */
static gboolean
add_one_disk(DrvParams *params, const DomDisk *disk, const DrvDiskTraffic *traffic, guint i)
{
    const DrvDiskCounts *counts = &traffic->counts;
    const struct {
        const char *name;
        guint64 value;
        gboolean known;
    } rows[] = {
        { "rd.reqs", counts->read_requests, traffic->counted },
        { "rd.bytes", counts->read_bytes, traffic->counted },
        { "rd.times", counts->read_time, counts->read_time > 0 },
        { "wr.reqs", counts->write_requests, traffic->counted },
        { "wr.bytes", counts->write_bytes, traffic->counted },
        { "wr.times", counts->write_time, counts->write_time > 0 },
        { "fl.reqs", counts->flush_requests, traffic->counted },
        { "fl.times", counts->flush_time, counts->flush_time > 0 },
        { "allocation", traffic->physical, traffic->physical > 0 },
        { "capacity", traffic->capacity, traffic->capacity > 0 },
        { "physical", traffic->physical, traffic->physical > 0 },
    };
    if (!drv_params_text(params, disk->vdev, "block.%u.name", i) ||
        !drv_params_text(params, disk->target, "block.%u.path", i)) {
        return FALSE;
    }
    for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
        if (rows[k].known &&
            !drv_params_ullong(params, rows[k].value, "block.%u.%s", i, rows[k].name)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
add_disks(const Subject *subject, DrvParams *params)
{
    const GPtrArray *disks = subject->def->disks;
    if (subject->id < 0) {
        return TRUE;
    }
    g_autofree DrvDiskTraffic *traffic = g_new(DrvDiskTraffic, disks->len + 1);
    drv_traffic_disks(subject->def, subject->id, subject->patience, traffic, NULL);
    if (!drv_params_uint(params, disks->len, "block.count")) {
        return FALSE;
    }
    for (guint i = 0; i < disks->len; i++) {
        if (!add_one_disk(params, g_ptr_array_index(disks, i), &traffic[i], i)) {
            return FALSE;
        }
    }
    return TRUE;
}

static const struct {
    unsigned int group;
    gboolean (*add)(const Subject *subject, DrvParams *params);
} groups[] = {
    { VIR_DOMAIN_STATS_STATE, add_state },     { VIR_DOMAIN_STATS_CPU_TOTAL, add_cpu },
    { VIR_DOMAIN_STATS_BALLOON, add_balloon }, { VIR_DOMAIN_STATS_VCPU, add_vcpus },
    { VIR_DOMAIN_STATS_INTERFACE, add_nics },  { VIR_DOMAIN_STATS_BLOCK, add_disks },
};

/* The groups to fill of those that were asked for; none is all. */
static gboolean
choose_groups(unsigned int asked, gboolean enforce, unsigned int *ret_groups, GError **error)
{
    unsigned int known = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        known |= groups[i].group;
    }
    if (enforce && (asked & ~known)) {
        return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                        _("Xen has no statistics of the kinds 0x%x"), asked & ~known);
    }
    *ret_groups = asked ? asked & known : known;
    return TRUE;
}

/* A guest that Xen no longer lists ended this moment: it counts as one that does not run. */
static void
subject_read(Subject *subject, DrvDomain *domain, const DrvListing *listing)
{
    {
        DRV_DOMAIN_LOCKED(domain);
        subject->def = dom_def_copy(domain->def);
        subject->id = domain->id;
        subject->state = domain->state;
        subject->reason = domain->reason;
    }
    const libxl_dominfo *info =
        subject->id >= 0 ? drv_listing_find(listing, domain->uuid, subject->id) : NULL;
    if (!info) {
        subject->id = -1;
        return;
    }
    drv_live_init(&subject->live, subject->driver, info);
    if (!subject->live.ended) {
        drv_live_apply(&subject->live, subject->def);
    }
}

/* NULL with libvirt's error set. (transfer full) */
static virDomainStatsRecordPtr
make_record(virConnectPtr conn, DrvXen *xen, DrvDomain *domain, const DrvListing *listing,
            unsigned int wanted, gint64 *patience)
{
    g_auto(Subject) subject = { .driver = drv_driver_of(conn), .xen = xen, .patience = patience };
    g_auto(DrvParams) params = { 0 };
    subject_read(&subject, domain, listing);
    virDomainPtr dom = drv_domain_handle(conn, domain);
    gboolean done = dom != NULL;
    for (gsize i = 0; done && i < G_N_ELEMENTS(groups); i++) {
        done = !(wanted & groups[i].group) || groups[i].add(&subject, &params);
    }
    if (!done) {
        virObjectUnref(dom);
        return NULL;
    }
    virDomainStatsRecordPtr record = g_new0(virDomainStatsRecord, 1);
    record->dom = dom;
    record->nparams = params.count;
    record->params = drv_params_steal(&params);
    return record;
}

/* The domains that are meant: those of the client's list that are still there, or all. */
static GPtrArray *
find_domains(DrvDriver *driver, virDomainPtr *doms, guint n_doms)
{
    if (n_doms == 0) {
        return drv_domains_all(driver->domains);
    }
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)drv_domain_unref);
    for (guint i = 0; i < n_doms; i++) {
        DrvDomain *domain = drv_domains_by_uuid(driver->domains, doms[i]->uuid);
        if (domain) {
            g_ptr_array_add(found, domain);
        }
    }
    return found;
}

static gboolean
is_selected(virConnectPtr conn, DrvDomain *domain, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    if (!virConnectGetAllDomainStatsCheckACL(conn, who->def)) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    return drv_domain_matches(domain, flags);
}

#define FILTERS                                                                                    \
    (VIR_CONNECT_LIST_DOMAINS_FILTERS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_FILTERS_PERSISTENT |       \
     VIR_CONNECT_LIST_DOMAINS_FILTERS_STATE)

/* How long all device models together may take to say what they count, us: those that do not
 * answer cost a call no more, however many they are. */
#define MODEL_PATIENCE (1 * G_TIME_SPAN_SECOND)

/* With NOWAIT nobody is waited for, and a Xen disk has no chain that BACKING could add. */
int
drv_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int n_doms,
                                 unsigned int stats, virDomainStatsRecordPtr **ret_records,
                                 unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_auto(DrvListing) listing = { 0 };
    DrvDriver *driver = drv_driver_of(conn);
    unsigned int wanted = 0;
    gint64 patience = flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT ? 0 : MODEL_PATIENCE;
    int count = 0;
    virCheckFlags(FILTERS | VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT |
                      VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING |
                      VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS,
                  -1);
    if (virConnectGetAllDomainStatsEnsureACL(conn) < 0) {
        return -1;
    }
    gboolean enforce = (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS) != 0;
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, &error);
    if (!xen || !choose_groups(stats, enforce, &wanted, &error)) {
        return drv_raise(&error);
    }
    g_autoptr(GPtrArray) domains = find_domains(driver, doms, n_doms);
    if (!(n_doms == 0 ? drv_listing_read(&listing, driver, &error)
                      : drv_listing_read_some(&listing, driver, domains, &error))) {
        return drv_raise(&error);
    }
    drv_mirror_catch_up(driver->mirror);
    virDomainStatsRecordPtr *records = g_new0(virDomainStatsRecordPtr, domains->len + 1);
    for (guint i = 0; i < domains->len; i++) {
        DrvDomain *domain = g_ptr_array_index(domains, i);
        if (!is_selected(conn, domain, flags & FILTERS)) {
            continue;
        }
        records[count] = make_record(conn, xen, domain, &listing, wanted, &patience);
        if (!records[count]) {
            virDomainStatsRecordListFree(records);
            return -1;
        }
        count++;
    }
    *ret_records = records;
    return count;
}
