/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* A guest's vCPUs: how many, which are in use, what time they used. Where they run is in pin.c. */

#include "datatypes.h"
#include "virbitmap.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/bind/topic.h"
#include "driver/capabilities.h"
#include "driver/change.h"
#include "driver/guest_vcpus.h"
#include "driver/live.h"
#include "driver/pin.h"
#include "driver/vcpu.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

gboolean
drv_vcpus_read(DrvVcpus *vcpus, DrvXen *xen, int id, GError **error)
{
    vcpus->infos = libxl_list_vcpu(xen->ctx, (uint32_t)id, &vcpus->count, &vcpus->host_cpus);
    return vcpus->infos || drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                        _("Xen does not list the vCPUs of domain %d"), id);
}

void
drv_vcpus_clear(DrvVcpus *vcpus)
{
    if (vcpus->infos) {
        libxl_vcpuinfo_list_free(vcpus->infos, vcpus->count);
    }
}

int
drv_vcpu_state(const libxl_vcpuinfo *info)
{
    if (!info->online) {
        return VIR_VCPU_OFFLINE;
    }
    return info->blocked ? VIR_VCPU_BLOCKED : VIR_VCPU_RUNNING;
}

/* What is asked for: a number of vCPUs, or the use of some. */
typedef struct {
    DrvDriver *driver;
    guint number;
    virBitmap *some;   /* these, owned */
    gboolean on;       /* are to be used, or not */
    libxl_bitmap live; /* the vCPUs that the guest is to use */
} Request;

static int
most_vcpus(const DomDef *def)
{
    static const int ostypes[] = {
        [DOM_TYPE_ABSENT] = VIR_DOMAIN_OSTYPE_XEN,
        [DOM_TYPE_PV] = VIR_DOMAIN_OSTYPE_XEN,
        [DOM_TYPE_PVH] = VIR_DOMAIN_OSTYPE_XENPVH,
        [DOM_TYPE_HVM] = VIR_DOMAIN_OSTYPE_HVM,
    };
    for (gsize i = 0; i < drv_n_guest_kinds; i++) {
        if (drv_guest_kinds[i].ostype == ostypes[def->general.type]) {
            return drv_guest_kinds[i].max_vcpus;
        }
    }
    return drv_guest_kinds[0].max_vcpus;
}

static gboolean
edit_max(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    if (target == DRV_CHANGE_LIVE) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("the most vCPUs of a guest cannot change while it runs: use --config, "
                          "which counts from its next start"));
    }
    if (request->number > (guint)most_vcpus(def)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("a guest of this type can have at most %d vCPUs, not %u"),
                        most_vcpus(def), request->number);
    }
    if (def->vnodes->len > 0) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has NUMA nodes, whose vCPUs add up to its most: change "
                          "those in its definition"),
                        def->general.name);
    }
    def->cpu.vcpus = (DomUint){ MIN(drv_def_vcpus(def), request->number), TRUE };
    def->cpu.maxvcpus = (DomUint){ request->number, TRUE };
    return TRUE;
}

static gboolean
edit_number(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    guint most = drv_def_max_vcpus(def);
    if (request->number > most) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("domain '%s' can have at most %u vCPUs, not %u: raise the maximum first "
                          "(virsh setvcpus --maximum --config)"),
                        def->general.name, most, request->number);
    }
    def->cpu.maxvcpus = (DomUint){ most, TRUE };
    def->cpu.vcpus = (DomUint){ request->number, TRUE };
    return TRUE;
}

static gboolean
set_online(DrvXen *xen, uint32_t domid, libxl_bitmap *cpus, const DomDef *def, GError **error)
{
    if (libxl_set_vcpuonline(xen->ctx, domid, cpus, NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot change the vCPUs of domain '%s'"), def->general.name);
    }
    return TRUE;
}

static gboolean
apply_number(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    bind_bitmap_alloc(&request->live, drv_def_max_vcpus(def));
    for (guint i = 0; i < request->number; i++) {
        libxl_bitmap_set(&request->live, (int)i);
    }
    return set_online(xen, domid, &request->live, def, error);
}

static gboolean
check_some(const Request *request, const DomDef *def, GError **error)
{
    ssize_t last = virBitmapLastSetBit(request->some);
    if (last < 0 || last >= (ssize_t)drv_def_max_vcpus(def)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("vcpumap: domain '%s' has vCPUs 0 to %u"),
                        def->general.name, drv_def_max_vcpus(def) - 1);
    }
    if (!request->on && virBitmapIsBitSet(request->some, 0)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("vcpumap: a Xen guest cannot do without vCPU 0"));
    }
    return TRUE;
}

static void
change_some(const Request *request, libxl_bitmap *cpus)
{
    for (ssize_t i = -1; (i = virBitmapNextSetBit(request->some, i)) >= 0;) {
        if (request->on) {
            libxl_bitmap_set(cpus, (int)i);
        } else {
            libxl_bitmap_reset(cpus, (int)i);
        }
    }
}

/* A definition has a number of vCPUs, so those in use have to be the first. */
static gboolean
edit_some_stored(const Request *request, DomDef *def, GError **error)
{
    libxl_bitmap cpus;
    libxl_bitmap_init(&cpus);
    bind_bitmap_alloc(&cpus, drv_def_max_vcpus(def));
    for (guint i = 0; i < drv_def_vcpus(def); i++) {
        libxl_bitmap_set(&cpus, (int)i);
    }
    change_some(request, &cpus);
    guint count = (guint)libxl_bitmap_count_set(&cpus);
    gboolean first = libxl_bitmap_test(&cpus, (int)count - 1) != 0;
    for (guint i = 0; i < count; i++) {
        first = first && libxl_bitmap_test(&cpus, (int)i);
    }
    libxl_bitmap_dispose(&cpus);
    if (!first) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("a Xen guest starts with its first vCPUs: the definition cannot leave "
                          "one out between others; change the running guest with --live"));
    }
    def->cpu.maxvcpus = (DomUint){ drv_def_max_vcpus(def), TRUE };
    def->cpu.vcpus = (DomUint){ count, TRUE };
    return TRUE;
}

static gboolean
edit_some(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    Request *request = data;
    g_auto(DrvLive) live = { 0 };
    if (!check_some(request, def, error)) {
        return FALSE;
    }
    if (target == DRV_CHANGE_STORED) {
        return edit_some_stored(request, def, error);
    }
    if (!drv_live_read(&live, request->driver, def->live.id)) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' is not running"),
                        def->general.name);
    }
    request->live = live.cpus;
    libxl_bitmap_init(&live.cpus);
    change_some(request, &request->live);
    def->cpu.maxvcpus = (DomUint){ drv_def_max_vcpus(def), TRUE };
    def->cpu.vcpus = (DomUint){ (guint64)libxl_bitmap_count_set(&request->live), TRUE };
    return TRUE;
}

static gboolean
apply_some(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    return set_online(xen, domid, &request->live, def, error);
}

static const DrvChange change_max = { "setvcpus", edit_max, NULL };
static const DrvChange change_number = { "setvcpus", edit_number, apply_number };
static const DrvChange change_some_of_them = { "setvcpu", edit_some, apply_some };

static void
request_clear(Request *request)
{
    virBitmapFree(request->some);
    libxl_bitmap_dispose(&request->live);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static int
set_guest_vcpus(DrvDomain *domain, guint number)
{
    g_autoptr(GError) error = NULL;
    return drv_guest_vcpus_set_count(domain, number, &error) ? 0 : drv_raise(&error);
}

int
drv_domain_set_vcpus_flags(virDomainPtr dom, unsigned int number, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Request) request = { .driver = drv_driver_of(dom->conn), .number = number };
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM |
                      VIR_DOMAIN_VCPU_HOTPLUGGABLE | VIR_DOMAIN_VCPU_GUEST,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetVcpusFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    if (flags & VIR_DOMAIN_VCPU_GUEST) {
        return set_guest_vcpus(domain, number);
    }
    const DrvChange *change = flags & VIR_DOMAIN_VCPU_MAXIMUM ? &change_max : &change_number;
    if (!drv_change_run(request.driver, domain, change, flags, &request, &error)) {
        return drv_raise(&error);
    }
    return 0;
}

int
drv_domain_set_vcpus(virDomainPtr dom, unsigned int number)
{
    return drv_domain_set_vcpus_flags(dom, number, VIR_DOMAIN_AFFECT_LIVE);
}

virBitmap *
drv_vcpus_parse(const char *map, int state, GError **error)
{
    virBitmap *vcpus = state == 0 || state == 1 ? virBitmapParseUnlimited(map) : NULL;
    if (!vcpus) {
        virResetLastError();
        drv_fail(error, VIR_ERR_INVALID_ARG,
                 _("expected vcpumap as a list like 0-2,5 and state as 0 or 1"));
    }
    return vcpus;
}

int
drv_domain_set_vcpu(virDomainPtr dom, const char *vcpumap, int state, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Request) request = { .driver = drv_driver_of(dom->conn), .on = state != 0 };
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetVcpuEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    request.some = drv_vcpus_parse(vcpumap, state, &error);
    if (!request.some ||
        !drv_change_run(request.driver, domain, &change_some_of_them, flags, &request, &error)) {
        return drv_raise(&error);
    }
    return 0;
}

int
drv_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM |
                      VIR_DOMAIN_VCPU_GUEST,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetVcpusFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    if (flags & VIR_DOMAIN_VCPU_GUEST) {
        int count = drv_guest_vcpus_count(domain, &error);
        return count < 0 ? drv_raise(&error) : count;
    }
    g_autoptr(DomDef) def = drv_change_look(drv_driver_of(dom->conn), domain, flags, &id, &error);
    if (!def) {
        return drv_raise(&error);
    }
    return (int)(flags & VIR_DOMAIN_VCPU_MAXIMUM ? drv_def_max_vcpus(def) : drv_def_vcpus(def));
}

/* With a guest that does not run, libvirt wants the most of its definition. */
int
drv_domain_get_max_vcpus(virDomainPtr dom)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int id;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetMaxVcpusEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DomDef) def = drv_change_look(drv_driver_of(dom->conn), domain, 0, &id, &error);
    return def ? (int)drv_def_max_vcpus(def) : drv_raise(&error);
}

int
drv_domain_get_vcpus(virDomainPtr dom, virVcpuInfoPtr info, int n_info, unsigned char *maps,
                     int map_size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvVcpus) vcpus = { 0 };
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetVcpusEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int id = drv_domain_running_id(domain, &error);
    g_autoptr(DrvXen) xen =
        id >= 0 ? drv_xen_open(drv_driver_of(dom->conn)->hypervisor, &error) : NULL;
    if (!xen || !drv_vcpus_read(&vcpus, xen, id, &error)) {
        return drv_raise(&error);
    }
    int count = MIN(vcpus.count, n_info);
    for (int i = 0; i < count; i++) {
        const libxl_vcpuinfo *vcpu = &vcpus.infos[i];
        info[i].number = vcpu->vcpuid;
        info[i].state = drv_vcpu_state(vcpu);
        info[i].cpuTime = vcpu->vcpu_time;
        info[i].cpu = vcpu->online ? (int)vcpu->cpu : VIR_VCPU_INFO_CPU_OFFLINE;
        if (maps) {
            drv_cpumap_copy(maps + i * map_size, map_size, &vcpu->cpumap, vcpus.host_cpus);
        }
    }
    return count;
}

/* Xen counts a guest's time as a whole and per vCPU, not per CPU of the host; the driver that this
 * one replaces gives the vCPUs' in place of the host's CPUs. */
static int
per_vcpu_stats(const DrvVcpus *vcpus, virTypedParameterPtr params, guint n_params, guint first,
               guint n_cpus, GError **error)
{
    if (n_cpus == 0) {
        return vcpus->count;
    }
    if (n_params == 0) {
        return 1;
    }
    if (first >= (guint)vcpus->count) {
        drv_fail(error, VIR_ERR_INVALID_ARG, _("start_cpu: the guest has vCPUs 0 to %d"),
                 vcpus->count - 1);
        return -1;
    }
    for (guint i = 0; i < n_cpus && first + i < (guint)vcpus->count; i++) {
        if (virTypedParameterAssign(&params[i * n_params], VIR_DOMAIN_CPU_STATS_VCPUTIME,
                                    VIR_TYPED_PARAM_ULLONG,
                                    (unsigned long long)vcpus->infos[first + i].vcpu_time) < 0) {
            drv_fail_from_libvirt(error);
            return -1;
        }
    }
    return 1;
}

static int
total_stats(DrvDriver *driver, int id, virTypedParameterPtr params, guint n_params, GError **error)
{
    g_auto(DrvLive) live = { 0 };
    if (n_params == 0) {
        return 1;
    }
    if (!drv_live_read(&live, driver, id)) {
        drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain %d is not running"), id);
        return -1;
    }
    if (virTypedParameterAssign(&params[0], VIR_DOMAIN_CPU_STATS_CPUTIME, VIR_TYPED_PARAM_ULLONG,
                                (unsigned long long)live.cpu_time) < 0) {
        drv_fail_from_libvirt(error);
        return -1;
    }
    return 1;
}

int
drv_domain_get_cpu_stats(virDomainPtr dom, virTypedParameterPtr params, unsigned int n_params,
                         int start_cpu, unsigned int n_cpus, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvVcpus) vcpus = { 0 };
    DrvDriver *driver = drv_driver_of(dom->conn);
    virCheckFlags(VIR_TYPED_PARAM_STRING_OKAY, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetCPUStatsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int id = drv_domain_running_id(domain, &error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(driver->hypervisor, &error) : NULL;
    if (!xen || !drv_vcpus_read(&vcpus, xen, id, &error)) {
        return drv_raise(&error);
    }
    int count = start_cpu < 0
                    ? total_stats(driver, id, params, n_params, &error)
                    : per_vcpu_stats(&vcpus, params, n_params, (guint)start_cpu, n_cpus, &error);
    return count < 0 ? drv_raise(&error) : count;
}
