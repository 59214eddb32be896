/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stdio.h>

#include "internal.h"
#include "virlog.h"

#include <libxl_utils.h>

#include "driver/qmp.h"
#include "driver/text.h"
#include "driver/usb_guest.h"
#include "driver/usb_host.h"

VIR_LOG_INIT("libxl.usb_guest");

/* Where QEMU lists what was added by name; libxl calls a device xenusb-BUS-ADDRESS, a controller
 * xenusb-NUMBER. */
#define IN_QEMU "/machine/peripheral"

/* Of the three that libxl has QEMU make it is the one that takes devices of any speed: the second,
 * libxl's default, takes no slow ones, and QEMU says only that it fails to open them. */
#define MADE_VERSION 3

void
drv_usb_guest_complete(DomDef *def)
{
    if (dom_general_type(def) == DOM_TYPE_HVM && def->usbdevs->len > 0 && def->usbctrls->len == 0) {
        DomUsbctrl *made = dom_record_new(&dom_usbctrl_record);
        made->version = (DomInt){ .value = MADE_VERSION, .set = TRUE };
        g_ptr_array_add(def->usbctrls, made);
    }
}

static gboolean
is_plugged(const libxl_device_usbdev *device)
{
    return drv_usb_host_has(DRV_USB_HOST_DEVICES, device->u.hostdev.hostbus,
                            device->u.hostdev.hostaddr);
}

/* The text of a property of one of QEMU's objects; NULL. (transfer full) */
static char *
property(DrvQmp *qmp, const char *object, const char *name)
{
    g_autofree char *path = g_strconcat(IN_QEMU "/", object, NULL);
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:path", path, "s:property", name, NULL);
    g_autoptr(virJSONValue) said = drv_qmp_ask(qmp, "qom-get", arguments, NULL);
    return said ? g_strdup(virJSONValueGetString(said)) : NULL;
}

/* The host's address that QEMU's object has in its name. */
static gboolean
read_address(const char *object, libxl_device_usbdev *ret_device)
{
    guint bus, address;
    int end = 0;
    if (sscanf(object, "xenusb-%3u-%3u%n", &bus, &address, &end) != 2 || object[end] != '\0') {
        return FALSE;
    }
    ret_device->u.hostdev.hostbus = (uint8_t)bus;
    ret_device->u.hostdev.hostaddr = (uint8_t)address;
    return TRUE;
}

/* Where it is in the guest. */
static gboolean
read_port(DrvQmp *qmp, const char *object, libxl_device_usbdev *device)
{
    g_autofree char *bus = property(qmp, object, "parent_bus");
    g_autofree char *port = property(qmp, object, "port");
    const char *controller = bus ? strrchr(bus, '/') : NULL;
    return controller && port && sscanf(controller, "/xenusb-%d", &device->ctrl) == 1 &&
           sscanf(port, "%d", &device->port) == 1;
}

/* Adds to @lost what the guest's QEMU has and the host has no more. */
static void
ask_qemu(uint32_t domid, GArray *lost)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvQmp) qmp = drv_qmp_open((int)domid, DRV_QMP_PATIENCE, &error);
    virJSONValue *arguments = NULL;
    if (qmp) {
        virJSONValueObjectAdd(&arguments, "s:path", IN_QEMU, NULL);
    }
    g_autoptr(virJSONValue) list = qmp ? drv_qmp_ask(qmp, "qom-list", arguments, &error) : NULL;
    gsize count = list && virJSONValueIsArray(list) ? virJSONValueArraySize(list) : 0;
    for (gsize i = 0; i < count; i++) {
        const char *name = virJSONValueObjectGetString(virJSONValueArrayGet(list, i), "name");
        libxl_device_usbdev device;
        libxl_device_usbdev_init(&device);
        libxl_device_usbdev_init_type(&device, LIBXL_USBDEV_TYPE_HOSTDEV);
        if (name && read_address(name, &device) && !is_plugged(&device) &&
            read_port(qmp, name, &device)) {
            g_array_append_val(lost, device);
        }
    }
    if (error) {
        VIR_WARN("which USB devices the guest with id %u has: %s", domid, error->message);
    }
}

/* Adds to @lost the ports of the PV controller whose device the host has no more. */
static void
ask_store(DrvDriver *driver, uint32_t domid, const libxl_device_usbctrl *controller, GArray *lost)
{
    g_autofree char *backend = drv_hypervisor_read(
        driver->hypervisor, "/libxl/%u/device/vusb/%d/backend", domid, controller->devid);
    for (int port = 1; backend && port <= controller->ports; port++) {
        g_autofree char *name =
            drv_hypervisor_read(driver->hypervisor, "%s/port/%d", backend, port);
        g_autofree char *path = g_build_filename(DRV_USB_HOST_DEVICES, name, NULL);
        if (!name || !*name || g_file_test(path, G_FILE_TEST_EXISTS)) {
            continue;
        }
        libxl_device_usbdev device;
        libxl_device_usbdev_init(&device);
        libxl_device_usbdev_init_type(&device, LIBXL_USBDEV_TYPE_HOSTDEV);
        device.ctrl = controller->devid;
        device.port = port;
        g_array_append_val(lost, device);
    }
}

/* What the guest has of devices that are pulled out (transfer full), of libxl_device_usbdev. */
static GArray *
find_lost(DrvDriver *driver, DrvXen *xen, uint32_t domid)
{
    GArray *lost = g_array_new(FALSE, FALSE, sizeof(libxl_device_usbdev));
    int count = 0;
    gboolean emulated = FALSE;
    libxl_device_usbctrl *list = libxl_device_usbctrl_list(xen->ctx, domid, &count);
    for (int i = 0; i < count; i++) {
        emulated = emulated || list[i].type == LIBXL_USBCTRL_TYPE_DEVICEMODEL;
        if (list[i].type != LIBXL_USBCTRL_TYPE_DEVICEMODEL) {
            ask_store(driver, domid, &list[i], lost);
        }
    }
    libxl_device_usbctrl_list_free(list, count);
    if (emulated && drv_qmp_is_there((int)domid)) {
        ask_qemu(domid, lost);
    }
    return lost;
}

void
drv_usb_guest_sweep(DrvDriver *driver, DrvXen *xen, uint32_t domid)
{
    g_autoptr(GArray) lost = find_lost(driver, xen, domid);
    for (guint i = 0; i < lost->len; i++) {
        libxl_device_usbdev *device = &g_array_index(lost, libxl_device_usbdev, i);
        VIR_WARN("the USB device at port %d of controller %d of the guest with id %u is gone from "
                 "the host",
                 device->port, device->ctrl, domid);
        if (libxl_device_usbdev_remove(xen->ctx, domid, device, NULL) != 0) {
            VIR_WARN("and does not go from the guest: %s", drv_xen_words(xen));
        }
    }
}

/* Whether one of @list is one that @def is to get. */
static const DomUsbdev *
find_wanted(const DomDef *def, const libxl_device_usbdev *list, int count)
{
    for (guint i = 0; i < def->usbdevs->len; i++) {
        const DomUsbdev *wanted = def->usbdevs->pdata[i];
        for (int j = 0; j < count; j++) {
            if (list[j].u.hostdev.hostbus == wanted->hostbus.value &&
                list[j].u.hostdev.hostaddr == wanted->hostaddr.value) {
                return wanted;
            }
        }
    }
    return NULL;
}

static gboolean
refuse(DrvXen *xen, uint32_t domid, const DomUsbdev *device, GError **error)
{
    char *name = libxl_domid_to_name(xen->ctx, domid);
    drv_fail(error, VIR_ERR_OPERATION_INVALID,
             _("domain '%s' has the USB device %u.%u: detach it there first"), name ? name : "",
             (guint)device->hostbus.value, (guint)device->hostaddr.value);
    free(name);
    return FALSE;
}

static gboolean
check_guest(DrvDriver *driver, DrvXen *xen, uint32_t domid, const DomDef *def, GError **error)
{
    int count = 0;
    drv_usb_guest_sweep(driver, xen, domid);
    libxl_device_usbdev *list = libxl_device_usbdev_list(xen->ctx, domid, &count);
    const DomUsbdev *taken = find_wanted(def, list, count);
    libxl_device_usbdev_list_free(list, count);
    return !taken || refuse(xen, domid, taken, error);
}

gboolean
drv_usb_guest_prepare(DrvDriver *driver, DrvXen *xen, const DomDef *def, GError **error)
{
    gboolean fine = TRUE;
    int count = 0;
    libxl_dominfo *infos = def->usbdevs->len > 0 ? libxl_list_domain(xen->ctx, &count) : NULL;
    for (int i = 0; fine && i < count; i++) {
        fine = infos[i].domid == 0 || check_guest(driver, xen, infos[i].domid, def, error);
    }
    libxl_dominfo_list_free(infos, count);
    return fine;
}

static gboolean
has_room(libxl_ctx *ctx, uint32_t domid)
{
    int controllers = 0, devices = 0, ports = 0;
    libxl_device_usbctrl *list = libxl_device_usbctrl_list(ctx, domid, &controllers);
    for (int i = 0; i < controllers; i++) {
        ports += list[i].ports;
    }
    libxl_device_usbctrl_list_free(list, controllers);
    libxl_device_usbdev_list_free(libxl_device_usbdev_list(ctx, domid, &devices), devices);
    return devices < ports;
}

int
drv_usb_guest_add(libxl_ctx *ctx, uint32_t domid, libxl_domain_type type,
                  libxl_device_usbdev *device)
{
    libxl_device_usbctrl made;
    if (type != LIBXL_DOMAIN_TYPE_HVM || device->ctrl != -1 || has_room(ctx, domid)) {
        return libxl_device_usbdev_add(ctx, domid, device, NULL);
    }
    libxl_device_usbctrl_init(&made);
    made.devid = -1;
    made.version = MADE_VERSION;
    int rc = libxl_device_usbctrl_add(ctx, domid, &made, NULL);
    if (rc == 0) {
        device->ctrl = made.devid;
        rc = libxl_device_usbdev_add(ctx, domid, device, NULL);
        if (rc != 0) {
            libxl_device_usbctrl_remove(ctx, domid, &made, NULL);
        }
    }
    libxl_device_usbctrl_dispose(&made);
    return rc;
}
