/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* PCI devices between Domain-0 and guests, by the names that libvirt's node device driver gives
 * them: pci_0000_01_00_0. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "datatypes.h"
#include "node_device_conf.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/error.h"
#include "driver/pci_host.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define SYSFS_DEVICES "/sys/bus/pci/devices"

/* What is done with a device; nothing locked. */
typedef gboolean (*Act)(DrvDriver *driver, DrvXen *xen, const libxl_device_pci *pci,
                        GError **error);

static int
run(virNodeDevicePtr dev, Act act)
{
    g_autoptr(GError) error = NULL;
    libxl_device_pci pci = { 0 };
    DrvDriver *driver = drv_driver_of(dev->conn);
    if (!drv_pci_host_parse(dev->name, &pci)) {
        drv_fail(&error, VIR_ERR_INVALID_ARG,
                 _("node device '%s' is no PCI device: \"virsh nodedev-list --cap pci\" names "
                   "those that are"),
                 dev->name);
        return drv_raise(&error);
    }
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, &error);
    return xen && act(driver, xen, &pci, &error) ? 0 : drv_raise(&error);
}

/* All that the access driver looks at. */
static virNodeDeviceDef
face_of(virNodeDevicePtr dev)
{
    return (virNodeDeviceDef){ .name = dev->name };
}

static gboolean
detach(DrvDriver *driver, DrvXen *xen, const libxl_device_pci *pci, GError **error)
{
    return drv_pci_host_prepare(xen, pci, error);
}

int
drv_node_device_dettach(virNodeDevicePtr dev)
{
    virNodeDeviceDef face = face_of(dev);
    return virNodeDeviceDettachEnsureACL(dev->conn, &face) < 0 ? -1 : run(dev, detach);
}

int
drv_node_device_detach_flags(virNodeDevicePtr dev, const char *driver_name, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virNodeDeviceDef face = face_of(dev);
    virCheckFlags(0, -1);
    if (virNodeDeviceDetachFlagsEnsureACL(dev->conn, &face) < 0) {
        return -1;
    }
    if (driver_name && !g_str_equal(driver_name, "xen")) {
        drv_fail(&error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                 _("PCI devices reach guests of Xen by the driver 'xen' alone, not by '%s'"),
                 driver_name);
        return drv_raise(&error);
    }
    return run(dev, detach);
}

int
drv_node_device_reattach(virNodeDevicePtr dev)
{
    virNodeDeviceDef face = face_of(dev);
    return virNodeDeviceReAttachEnsureACL(dev->conn, &face) < 0 ? -1
                                                                : run(dev, drv_pci_host_give_back);
}

static gboolean
reset(DrvDriver *driver, DrvXen *xen, const libxl_device_pci *pci, GError **error)
{
    g_autofree char *device = drv_pci_host_text(pci);
    g_autofree char *path = g_strconcat(SYSFS_DEVICES "/", device, "/reset", NULL);
    uint32_t domid = 0;
    if (drv_pci_host_find(xen, pci, &domid) == DRV_PCI_GUEST) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("the guest with id %u uses the PCI device %s"), domid, device);
    }
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("there is no PCI device %s, or none that can be reset by itself"),
                        device);
    }
    gboolean done = fd >= 0 && write(fd, "1", 1) == 1;
    int reason = errno;
    if (fd >= 0) {
        close(fd);
    }
    return done || drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot reset PCI device %s: %s"),
                            device, g_strerror(reason));
}

int
drv_node_device_reset(virNodeDevicePtr dev)
{
    virNodeDeviceDef face = face_of(dev);
    return virNodeDeviceResetEnsureACL(dev->conn, &face) < 0 ? -1 : run(dev, reset);
}
