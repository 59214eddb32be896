/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* CPU models that libvirt has names for, and CPUs against this machine's. */

#include "internal.h"
#include "cpu/cpu.h"
#include "datatypes.h"
#include "virarch.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/capabilities.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define COMPARE_FLAGS                                                                              \
    (VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE | VIR_CONNECT_COMPARE_CPU_VALIDATE_XML)
#define BASELINE_FLAGS                                                                             \
    (VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE)

int
drv_connect_get_cpu_model_names(virConnectPtr conn, const char *arch_name, char ***models,
                                unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virCheckFlags(0, -1);
    if (virConnectGetCPUModelNamesEnsureACL(conn) < 0) {
        return -1;
    }
    virArch arch = virArchFromString(arch_name);
    if (arch == VIR_ARCH_NONE) {
        drv_fail(&error, VIR_ERR_INVALID_ARG, _("arch: unknown architecture '%s'"), arch_name);
        return drv_raise(&error);
    }
    return virCPUGetModels(arch, models);
}

static gboolean
check_host_cpu(const virCaps *caps, GError **error)
{
    return caps->host.cpu || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                                      _("libvirt has no name for this machine's CPU: there is "
                                        "nothing to compare with"));
}

static int
compare(virConnectPtr conn, const char *xml, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(virCaps) caps = drv_capabilities_new(drv_driver_of(conn), &error);
    if (!caps || !check_host_cpu(caps, &error)) {
        return drv_raise(&error);
    }
    return virCPUCompareXML(caps->host.arch, caps->host.cpu, xml,
                            (flags & VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE) != 0,
                            (flags & VIR_CONNECT_COMPARE_CPU_VALIDATE_XML) != 0);
}

int
drv_connect_compare_cpu(virConnectPtr conn, const char *xml, unsigned int flags)
{
    virCheckFlags(COMPARE_FLAGS, VIR_CPU_COMPARE_ERROR);
    if (virConnectCompareCPUEnsureACL(conn) < 0) {
        return VIR_CPU_COMPARE_ERROR;
    }
    return compare(conn, xml, flags);
}

/* A guest has the machine's CPU, less what Xen keeps from it. */
int
drv_connect_compare_hypervisor_cpu(virConnectPtr conn, const char *emulator, const char *arch,
                                   const char *machine, const char *virttype, const char *xml,
                                   unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virCheckFlags(COMPARE_FLAGS, VIR_CPU_COMPARE_ERROR);
    if (virConnectCompareHypervisorCPUEnsureACL(conn) < 0) {
        return VIR_CPU_COMPARE_ERROR;
    }
    if (!drv_capabilities_find(arch, machine, virttype, NULL, NULL, &error)) {
        return drv_raise(&error);
    }
    return compare(conn, xml, flags);
}

static char *
baseline(virArch arch, virCPUType type, const char **xmls, unsigned int n_xmls, unsigned int flags)
{
    virCPUDef **cpus = virCPUDefListParse(xmls, n_xmls, type);
    char *xml = NULL;
    if (!cpus) {
        return NULL;
    }
    g_autoptr(virCPUDef) cpu = virCPUBaseline(arch, cpus, n_xmls, NULL, NULL,
                                              (flags & VIR_CONNECT_BASELINE_CPU_MIGRATABLE) != 0);
    if (arch == VIR_ARCH_NONE) {
        arch = cpus[0]->arch;
    }
    if (cpu && (!(flags & VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES) ||
                virCPUExpandFeatures(arch, cpu) == 0)) {
        xml = virCPUDefFormat(cpu, NULL);
    }
    virCPUDefListFree(cpus);
    return xml;
}

char *
drv_connect_baseline_cpu(virConnectPtr conn, const char **xmls, unsigned int n_xmls,
                         unsigned int flags)
{
    virCheckFlags(BASELINE_FLAGS, NULL);
    if (virConnectBaselineCPUEnsureACL(conn) < 0) {
        return NULL;
    }
    return baseline(VIR_ARCH_NONE, VIR_CPU_TYPE_HOST, xmls, n_xmls, flags);
}

char *
drv_connect_baseline_hypervisor_cpu(virConnectPtr conn, const char *emulator, const char *arch_name,
                                    const char *machine, const char *virttype, const char **xmls,
                                    unsigned int n_xmls, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virArch arch = VIR_ARCH_NONE;
    virCheckFlags(BASELINE_FLAGS, NULL);
    if (virConnectBaselineHypervisorCPUEnsureACL(conn) < 0) {
        return NULL;
    }
    if (!drv_capabilities_find(arch_name, machine, virttype, &arch, NULL, &error)) {
        drv_raise(&error);
        return NULL;
    }
    return baseline(arch, VIR_CPU_TYPE_AUTO, xmls, n_xmls, flags);
}
