/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "domain_capabilities.h"
#include "domain_conf.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/capabilities.h"
#include "driver/compat.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

static void
fill_os(virDomainCapsOS *os, const DrvDriver *driver, const DrvGuestKind *kind)
{
    os->supported = VIR_TRISTATE_BOOL_YES;
    os->loader.supported = virTristateBoolFromBool(kind->has_firmware);
    if (!kind->has_firmware) {
        return;
    }
    g_autofree char *hvmloader = drv_hvmloader_path(driver);
    g_autofree char *ovmf = drv_ovmf_path(driver);
    os->loader.values.values = g_new0(char *, 2);
    if (hvmloader) {
        os->loader.values.values[os->loader.values.nvalues++] = g_steal_pointer(&hvmloader);
    }
    if (ovmf) {
        os->loader.values.values[os->loader.values.nvalues++] = g_steal_pointer(&ovmf);
        os->firmware.report = true;
        VIR_DOMAIN_CAPS_ENUM_SET(os->firmware, VIR_DOMAIN_OS_DEF_FIRMWARE_EFI);
    }
    os->loader.type.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(os->loader.type, VIR_DOMAIN_LOADER_TYPE_ROM,
                             VIR_DOMAIN_LOADER_TYPE_PFLASH);
    os->loader.readonly.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(os->loader.readonly, VIR_TRISTATE_BOOL_YES);
}

static void
fill_disk(virDomainCapsDeviceDisk *disk, const DrvGuestKind *kind)
{
    disk->supported = VIR_TRISTATE_BOOL_YES;
    disk->diskDevice.report = true;
    disk->bus.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(disk->diskDevice, VIR_DOMAIN_DISK_DEVICE_DISK,
                             VIR_DOMAIN_DISK_DEVICE_CDROM);
    VIR_DOMAIN_CAPS_ENUM_SET(disk->bus, VIR_DOMAIN_DISK_BUS_XEN);
    if (kind->ostype == VIR_DOMAIN_OSTYPE_HVM) {
        VIR_DOMAIN_CAPS_ENUM_SET(disk->diskDevice, VIR_DOMAIN_DISK_DEVICE_FLOPPY);
        VIR_DOMAIN_CAPS_ENUM_SET(disk->bus, VIR_DOMAIN_DISK_BUS_IDE, VIR_DOMAIN_DISK_BUS_SCSI,
                                 VIR_DOMAIN_DISK_BUS_SATA, VIR_DOMAIN_DISK_BUS_FDC);
    }
}

static void
fill_display(virDomainCaps *caps, const DrvGuestKind *kind)
{
    gboolean hvm = kind->ostype == VIR_DOMAIN_OSTYPE_HVM;
    caps->graphics.supported = VIR_TRISTATE_BOOL_YES;
    caps->graphics.type.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(caps->graphics.type, VIR_DOMAIN_GRAPHICS_TYPE_SDL,
                             VIR_DOMAIN_GRAPHICS_TYPE_VNC);
    caps->video.supported = VIR_TRISTATE_BOOL_YES;
    caps->video.modelType.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(caps->video.modelType, VIR_DOMAIN_VIDEO_TYPE_XEN);
    if (hvm) {
        VIR_DOMAIN_CAPS_ENUM_SET(caps->graphics.type, VIR_DOMAIN_GRAPHICS_TYPE_SPICE);
        VIR_DOMAIN_CAPS_ENUM_SET(caps->video.modelType, VIR_DOMAIN_VIDEO_TYPE_VGA,
                                 VIR_DOMAIN_VIDEO_TYPE_CIRRUS, VIR_DOMAIN_VIDEO_TYPE_QXL,
                                 VIR_DOMAIN_VIDEO_TYPE_NONE);
    }
}

static void
fill_hostdev(virDomainCapsDeviceHostdev *hostdev, const DrvGuestKind *kind)
{
    /* Xen passes no PCI device to a PVH guest */
    hostdev->supported = virTristateBoolFromBool(kind->ostype != VIR_DOMAIN_OSTYPE_XENPVH);
    hostdev->mode.report = hostdev->subsysType.report = true;
    hostdev->pciBackend.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(hostdev->mode, VIR_DOMAIN_HOSTDEV_MODE_SUBSYS);
    VIR_DOMAIN_CAPS_ENUM_SET(hostdev->subsysType, VIR_DOMAIN_HOSTDEV_SUBSYS_TYPE_PCI,
                             VIR_DOMAIN_HOSTDEV_SUBSYS_TYPE_USB);
    VIR_DOMAIN_CAPS_ENUM_SET(hostdev->pciBackend, DRV_PCI_BACKEND_XEN);
}

/* Folders, PV channels, and USB devices over SPICE. */
static void
fill_other_devices(virDomainCaps *caps, const DrvGuestKind *kind)
{
    caps->filesystem.supported = VIR_TRISTATE_BOOL_YES;
    caps->filesystem.driverType.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(caps->filesystem.driverType, VIR_DOMAIN_FS_DRIVER_TYPE_PATH);
    caps->channel.supported = VIR_TRISTATE_BOOL_YES;
    caps->channel.type.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(caps->channel.type, VIR_DOMAIN_CHR_TYPE_PTY, VIR_DOMAIN_CHR_TYPE_UNIX);
    caps->redirdev.supported = virTristateBoolFromBool(kind->ostype == VIR_DOMAIN_OSTYPE_HVM);
    caps->redirdev.bus.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(caps->redirdev.bus, VIR_DOMAIN_REDIRDEV_BUS_USB);
}

/* The groups of viridian= that have an element. */
static void
fill_hyperv(virDomainCaps *caps, const DrvGuestKind *kind)
{
    caps->hyperv = g_new0(virDomainCapsFeatureHyperv, 1);
    caps->hyperv->supported = virTristateBoolFromBool(kind->ostype == VIR_DOMAIN_OSTYPE_HVM);
    caps->hyperv->features.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(
        caps->hyperv->features, VIR_DOMAIN_HYPERV_RELAXED, VIR_DOMAIN_HYPERV_VAPIC,
        VIR_DOMAIN_HYPERV_VPINDEX, VIR_DOMAIN_HYPERV_SYNIC, VIR_DOMAIN_HYPERV_STIMER,
        VIR_DOMAIN_HYPERV_FREQUENCIES, VIR_DOMAIN_HYPERV_TLBFLUSH, VIR_DOMAIN_HYPERV_IPI);
}

/* A guest with the machine's CPU moves to another machine, unless nomigrate says it does not. */
static void
fill_cpu(virDomainCapsCPU *cpu)
{
    cpu->hostPassthrough = true;
    cpu->hostPassthroughMigratable.report = true;
    VIR_DOMAIN_CAPS_ENUM_SET(cpu->hostPassthroughMigratable, VIR_TRISTATE_SWITCH_ON,
                             VIR_TRISTATE_SWITCH_OFF);
}

static virDomainCaps *
make_caps(const DrvDriver *driver, const DrvGuestKind *kind, const char *emulator, virArch arch)
{
    virDomainCaps *caps = virDomainCapsNew(emulator, kind->machine, arch, VIR_DOMAIN_VIRT_XEN);
    if (!caps) {
        return NULL;
    }
    caps->maxvcpus = kind->max_vcpus;
    fill_os(&caps->os, driver, kind);
    fill_disk(&caps->disk, kind);
    fill_display(caps, kind);
    fill_hostdev(&caps->hostdev, kind);
    fill_other_devices(caps, kind);
    fill_hyperv(caps, kind);
    fill_cpu(&caps->cpu);
    caps->rng.supported = VIR_TRISTATE_BOOL_NO;
    caps->tpm.supported = VIR_TRISTATE_BOOL_NO;
    caps->features[VIR_DOMAIN_CAPS_FEATURE_GENID] = VIR_TRISTATE_BOOL_YES;
    return caps;
}

char *
drv_connect_get_domain_capabilities(virConnectPtr conn, const char *emulator, const char *arch_name,
                                    const char *machine, const char *virttype, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    const DrvDriver *driver = drv_driver_of(conn);
    const DrvGuestKind *kind = NULL;
    virArch arch = VIR_ARCH_NONE;
    virCheckFlags(0, NULL);
    if (virConnectGetDomainCapabilitiesEnsureACL(conn) < 0) {
        return NULL;
    }
    if (!drv_capabilities_find(arch_name, machine, virttype, &arch, &kind, &error)) {
        drv_raise(&error);
        return NULL;
    }
    if (emulator && !g_file_test(emulator, G_FILE_TEST_IS_EXECUTABLE)) {
        drv_fail(
            &error, VIR_ERR_INVALID_ARG,
            _("emulator: '%s' is no program on this host; leave it out for the one that Xen uses"),
            emulator);
        drv_raise(&error);
        return NULL;
    }
    g_autofree char *found = drv_emulator_path(driver);
    g_autoptr(virDomainCaps) caps = make_caps(driver, kind, emulator ? emulator : found, arch);
    return caps ? virDomainCapsFormat(caps) : NULL;
}
