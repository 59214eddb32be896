/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "capabilities.h"
#include "cpu/cpu.h"
#include "datatypes.h"
#include "domain_conf.h"
#include "virarch.h"
#include "virerror.h"
#include "virlog.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/capabilities.h"
#include "driver/compat.h"
#include "driver/node.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.capabilities");

const DrvGuestKind drv_guest_kinds[] = {
    { "xenpv", "xen-3.0-", VIR_DOMAIN_OSTYPE_XEN, 512, FALSE },
    { "xenpvh", "hvm-3.0-", VIR_DOMAIN_OSTYPE_XENPVH, 128, FALSE },
    { "xenfv", "hvm-3.0-", VIR_DOMAIN_OSTYPE_HVM, 128, TRUE },
};
const gsize drv_n_guest_kinds = G_N_ELEMENTS(drv_guest_kinds);

/* libvirt makes all emulators of a host from one machine's name; the first row is the default. */
static const DrvGuestKind *
find_kind(const char *machine)
{
    for (gsize i = 0; i < drv_n_guest_kinds; i++) {
        if (!machine || g_str_equal(machine, drv_guest_kinds[i].machine)) {
            return &drv_guest_kinds[i];
        }
    }
    return NULL;
}

gboolean
drv_capabilities_find(const char *arch_name, const char *machine, const char *virttype,
                      virArch *ret_arch, const DrvGuestKind **ret_kind, GError **error)
{
    virArch arch = arch_name ? virArchFromString(arch_name) : virArchFromHost();
    const DrvGuestKind *kind = find_kind(machine);
    if (virttype && !g_str_equal(virttype, "xen")) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("unknown virtualization type '%s': this host has 'xen'"), virttype);
    }
    if (arch != VIR_ARCH_X86_64 && arch != VIR_ARCH_I686) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("no guests of the architecture '%s' on this host"), arch_name);
    }
    if (!kind) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("unknown machine '%s': Xen has xenpv, xenpvh and xenfv"), machine);
    }
    if (ret_arch) {
        *ret_arch = arch;
    }
    if (ret_kind) {
        *ret_kind = kind;
    }
    return TRUE;
}

/* In these paths "%s" stands for Xen's version, as in "4.17", which Debian has in folder names. */
static const char *const emulator_paths[] = {
    "/usr/lib/xen-%s/bin/qemu-system-i386",
    "/usr/lib/xen/bin/qemu-system-i386",
    "/usr/libexec/xen-qemu-system-i386",
    "/usr/libexec/xen/bin/qemu-system-i386",
    "/usr/bin/qemu-system-i386",
    "/usr/bin/qemu-system-x86_64",
    NULL,
};

static const char *const hvmloader_paths[] = {
    "/usr/lib/xen-%s/boot/hvmloader",
    "/usr/lib/xen/boot/hvmloader",
    "/usr/libexec/xen/boot/hvmloader",
    NULL,
};

static const char *const ovmf_paths[] = {
    "/usr/lib/xen-%s/boot/ovmf.bin", "/usr/lib/xen/boot/ovmf.bin", "/usr/libexec/xen/boot/ovmf.bin",
    "/usr/share/ovmf/OVMF.fd",       "/usr/share/qemu/OVMF.fd",    NULL,
};

static char *
first_existing(const DrvDriver *driver, const char *const *paths)
{
    unsigned long number = drv_hypervisor_version(driver->hypervisor);
    g_autofree char *version = g_strdup_printf("%lu.%lu", number / 1000000, number / 1000 % 1000);
    for (; *paths; paths++) {
        g_auto(GStrv) parts = g_strsplit(*paths, "%s", 2);
        g_autofree char *path = g_strjoinv(version, parts);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            return g_steal_pointer(&path);
        }
    }
    return NULL;
}

char *
drv_emulator_path(const DrvDriver *driver)
{
    return first_existing(driver, emulator_paths);
}

char *
drv_hvmloader_path(const DrvDriver *driver)
{
    return first_existing(driver, hvmloader_paths);
}

char *
drv_ovmf_path(const DrvDriver *driver)
{
    return first_existing(driver, ovmf_paths);
}

static void
add_cpu(virCaps *caps, virNodeInfoPtr node)
{
    caps->host.cpu = virCPUGetHost(caps->host.arch, VIR_CPU_TYPE_HOST, node, NULL);
    if (!caps->host.cpu) {
        VIR_WARN("libvirt has no name for this machine's CPU; the capabilities go without it: %s",
                 virGetLastErrorMessage());
        virResetLastError();
    }
}

/* CPU @number of the machine, as libvirt describes it in a NUMA cell. */
static virCapsHostNUMACellCPU
cell_member(const libxl_cputopology *cpus, int n_cpus, int number)
{
    const libxl_cputopology *cpu = &cpus[number];
    virCapsHostNUMACellCPU member = {
        .id = (unsigned int)number,
        .socket_id = (int)cpu->socket,
        .core_id = (int)cpu->core,
        .siblings = virBitmapNew((size_t)n_cpus),
    };
    for (int i = 0; i < n_cpus; i++) {
        if (cpus[i].socket == cpu->socket && cpus[i].core == cpu->core) {
            ignore_value(virBitmapSetBit(member.siblings, (size_t)i));
        }
    }
    return member;
}

/* @most: KiB of the machine. A node's size is the span of its addresses, holes included. */
static void
add_cell(virCaps *caps, int node, const libxl_numainfo *info, const libxl_cputopology *cpus,
         int n_cpus, guint64 most)
{
    virCapsHostNUMACellCPU *members = g_new0(virCapsHostNUMACellCPU, n_cpus);
    guint64 kib = info->size == LIBXL_NUMAINFO_INVALID_ENTRY ? 0 : info->size / 1024;
    int count = 0;
    for (int i = 0; i < n_cpus; i++) {
        if (cpus[i].core != LIBXL_CPUTOPOLOGY_INVALID_ENTRY && cpus[i].node == (guint)node) {
            members[count++] = cell_member(cpus, n_cpus, i);
        }
    }
    virCapabilitiesHostNUMAAddCell(caps->host.numa, node, MIN(kib, most), count, &members, 0, NULL,
                                   0, NULL, NULL);
}

static void
add_cells(virCaps *caps, DrvXen *xen, guint64 most)
{
    int n_nodes = 0, n_cpus = 0;
    libxl_numainfo *nodes = libxl_get_numainfo(xen->ctx, &n_nodes);
    libxl_cputopology *cpus = libxl_get_cpu_topology(xen->ctx, &n_cpus);
    if (nodes && cpus) {
        caps->host.numa = virCapabilitiesHostNUMANew();
    } else {
        VIR_WARN("Xen does not tell its NUMA nodes: %s", drv_xen_words(xen));
    }
    for (int node = 0; caps->host.numa && node < n_nodes; node++) {
        add_cell(caps, node, &nodes[node], cpus, n_cpus, most);
    }
    libxl_numainfo_list_free(nodes, nodes ? n_nodes : 0);
    libxl_cputopology_list_free(cpus, cpus ? n_cpus : 0);
}

/* "xen-3.0-x86_32p" is a 32-bit guest with PAE. */
static void
add_guest(virCaps *caps, const DrvDriver *driver, const DrvGuestKind *kind, const char *flavour)
{
    gboolean is_64 = g_str_has_prefix(flavour, "x86_64");
    virArch arch = is_64 ? VIR_ARCH_X86_64 : VIR_ARCH_I686;
    const char *const names[] = { kind->machine, NULL };
    int n_machines;
    virCapsGuestMachine **machines = drv_compat_machines(names, &n_machines);
    g_autofree char *emulator = drv_emulator_path(driver);
    g_autofree char *loader = kind->has_firmware ? drv_hvmloader_path(driver) : NULL;
    virCapsGuest *guest =
        virCapabilitiesAddGuest(caps, kind->ostype, arch, emulator, loader, n_machines, machines);
    virCapabilitiesAddGuestDomain(guest, VIR_DOMAIN_VIRT_XEN, NULL, NULL, 0, NULL);
    if (!is_64) {
        virCapabilitiesAddGuestFeature(guest, VIR_CAPS_GUEST_FEATURE_TYPE_PAE);
    }
    if (kind->ostype != VIR_DOMAIN_OSTYPE_XEN) {
        virCapabilitiesAddGuestFeatureWithToggle(guest, VIR_CAPS_GUEST_FEATURE_TYPE_ACPI, true,
                                                 true);
        virCapabilitiesAddGuestFeatureWithToggle(guest, VIR_CAPS_GUEST_FEATURE_TYPE_APIC, true,
                                                 true);
        virCapabilitiesAddGuestFeatureWithToggle(guest, VIR_CAPS_GUEST_FEATURE_TYPE_HAP, true,
                                                 true);
    }
}

/* xen_caps lists an HVM guest of 32 bits with and without PAE: one entry is enough. */
static void
add_guests(virCaps *caps, const DrvDriver *driver)
{
    g_auto(GStrv) flavours = g_strsplit(drv_hypervisor_guest_kinds(driver->hypervisor), " ", -1);
    for (gsize i = 0; i < drv_n_guest_kinds; i++) {
        const DrvGuestKind *kind = &drv_guest_kinds[i];
        gboolean have_32 = FALSE;
        for (char **flavour = flavours; *flavour; flavour++) {
            if (!g_str_has_prefix(*flavour, kind->xen_prefix)) {
                continue;
            }
            const char *word = *flavour + strlen(kind->xen_prefix);
            gboolean is_32 = g_str_has_prefix(word, "x86_32");
            if ((!is_32 && !g_str_has_prefix(word, "x86_64")) || (is_32 && have_32)) {
                continue;
            }
            have_32 = have_32 || is_32;
            add_guest(caps, driver, kind, word);
        }
    }
}

virCaps *
drv_capabilities_new(DrvDriver *driver, GError **error)
{
    virNodeInfo node;
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    if (!xen || !drv_node_read_info(xen, &node, error)) {
        return NULL;
    }
    g_autoptr(virCaps) caps = virCapabilitiesNew(virArchFromHost(), false, true);
    virCapabilitiesAddHostMigrateTransport(caps, "tcp");
    virCapabilitiesSetNetPrefix(caps, "vif");
    add_cpu(caps, &node);
    add_cells(caps, xen, node.memory);
    add_guests(caps, driver);
    return g_steal_pointer(&caps);
}

char *
drv_connect_get_capabilities(virConnectPtr conn)
{
    g_autoptr(GError) error = NULL;
    if (virConnectGetCapabilitiesEnsureACL(conn) < 0) {
        return NULL;
    }
    g_autoptr(virCaps) caps = drv_capabilities_new(drv_driver_of(conn), &error);
    if (!caps) {
        drv_raise(&error);
        return NULL;
    }
    return virCapabilitiesFormatXML(caps);
}
