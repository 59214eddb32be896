/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Pinning vCPUs to CPUs of the host. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/affinity.h"
#include "driver/api.h"
#include "driver/bind/cpulist.h"
#include "driver/bind/topic.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/host.h"
#include "driver/pin.h"
#include "driver/vcpu.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

void
drv_cpumap_copy(unsigned char *map, int size, const libxl_bitmap *bits, int n_cpus)
{
    memset(map, 0, (gsize)size);
    for (int cpu = 0; cpu < MIN(n_cpus, size * 8); cpu++) {
        if (libxl_bitmap_test(bits, cpu)) {
            VIR_USE_CPU(map, cpu);
        }
    }
}

typedef struct {
    guint vcpu;
    libxl_bitmap cpus;
    char *text; /* the same as a list */
    gboolean told;
} Pin;

static void
pin_clear(Pin *pin)
{
    libxl_bitmap_dispose(&pin->cpus);
    g_free(pin->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pin, pin_clear)

/* Bits beyond the host's CPUs mean nothing, as libvirt has it. */
static gboolean
pin_read(Pin *pin, const unsigned char *map, int size, guint n_cpus, GError **error)
{
    bind_bitmap_alloc(&pin->cpus, n_cpus);
    for (int cpu = 0; cpu < MIN((int)n_cpus, size * 8); cpu++) {
        if (VIR_CPU_USED(map, cpu)) {
            libxl_bitmap_set(&pin->cpus, cpu);
        }
    }
    if (libxl_bitmap_is_empty(&pin->cpus)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("cpumap: a vCPU needs a CPU to run on; this host has 0 to %u"),
                        n_cpus - 1);
    }
    pin->text = bind_cpulist_format(&pin->cpus, n_cpus);
    return TRUE;
}

static gboolean
edit_pin(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Pin *pin = data;
    guint n_vcpus = drv_def_max_vcpus(def);
    if (pin->vcpu >= n_vcpus) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("vcpu: domain '%s' has vCPUs 0 to %u"),
                        def->general.name, n_vcpus - 1);
    }
    drv_affinity_set(&def->cpu, DRV_AFFINITY_HARD, n_vcpus, pin->vcpu, pin->text);
    return TRUE;
}

static gboolean
apply_pin(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Pin *pin = data;
    if (libxl_set_vcpuaffinity(xen->ctx, domid, pin->vcpu, &pin->cpus, NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot pin vCPU %u of domain '%s' to %s"), pin->vcpu,
                            def->general.name, pin->text);
    }
    pin->told = TRUE;
    return TRUE;
}

static const DrvChange change_pin = { "vcpupin", edit_pin, apply_pin };

int
drv_domain_pin_vcpu_flags(virDomainPtr dom, unsigned int vcpu, unsigned char *map, int size,
                          unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvHost) host = { 0 };
    g_auto(Pin) pin = { .vcpu = vcpu };
    DrvDriver *driver = drv_driver_of(dom->conn);
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainPinVcpuFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, &error);
    if (!xen) {
        return drv_raise(&error);
    }
    drv_host_read(&host, xen);
    if (!pin_read(&pin, map, size, host.host.ncpus, &error) ||
        !drv_change_run(driver, domain, &change_pin, flags, &pin, &error)) {
        return drv_raise(&error);
    }
    if (pin.told) {
        g_autofree char *name = g_strdup_printf(VIR_DOMAIN_TUNABLE_CPU_VCPUPIN, vcpu);
        g_autofree char *cpus = bind_cpulist_format(&pin.cpus, 0);
        drv_event_tunable_text(driver, dom, name, cpus);
    }
    return 0;
}

int
drv_domain_pin_vcpu(virDomainPtr dom, unsigned int vcpu, unsigned char *map, int size)
{
    return drv_domain_pin_vcpu_flags(dom, vcpu, map, size, VIR_DOMAIN_AFFECT_LIVE);
}

static gboolean
maps_from_def(const DomDef *def, const DrvHost *host, unsigned char *maps, int size, int count,
              GError **error)
{
    for (int i = 0; i < count; i++) {
        libxl_bitmap bits;
        libxl_bitmap_init(&bits);
        if (!bind_cpulist_parse(drv_affinity_get(&def->cpu, DRV_AFFINITY_HARD, (guint)i),
                                &host->host, &bits, error)) {
            return FALSE;
        }
        drv_cpumap_copy(maps + i * size, size, &bits, (int)host->host.ncpus);
        libxl_bitmap_dispose(&bits);
    }
    return TRUE;
}

static gboolean
maps_from_xen(DrvXen *xen, int id, unsigned char *maps, int size, int n_maps, int *ret_count,
              GError **error)
{
    g_auto(DrvVcpus) vcpus = { 0 };
    if (!drv_vcpus_read(&vcpus, xen, id, error)) {
        return FALSE;
    }
    *ret_count = MIN(vcpus.count, n_maps);
    for (int i = 0; i < *ret_count; i++) {
        drv_cpumap_copy(maps + i * size, size, &vcpus.infos[i].cpumap, vcpus.host_cpus);
    }
    return TRUE;
}

int
drv_domain_get_vcpu_pin_info(virDomainPtr dom, int n_maps, unsigned char *maps, int size,
                             unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvHost) host = { 0 };
    DrvDriver *driver = drv_driver_of(dom->conn);
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetVcpuPinInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DomDef) def = drv_change_look(driver, domain, flags, &id, &error);
    g_autoptr(DrvXen) xen = def ? drv_xen_open(driver->hypervisor, &error) : NULL;
    if (!xen) {
        return drv_raise(&error);
    }
    int count = MIN((int)drv_def_max_vcpus(def), n_maps);
    if (id >= 0) {
        return maps_from_xen(xen, id, maps, size, n_maps, &count, &error) ? count
                                                                          : drv_raise(&error);
    }
    drv_host_read(&host, xen);
    return maps_from_def(def, &host, maps, size, count, &error) ? count : drv_raise(&error);
}
