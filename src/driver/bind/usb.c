/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const int ctrl_values[] = {
    [DOM_USBCTRL_AUTO] = LIBXL_USBCTRL_TYPE_AUTO,
    [DOM_USBCTRL_PV] = LIBXL_USBCTRL_TYPE_PV,
    [DOM_USBCTRL_DEVICEMODEL] = LIBXL_USBCTRL_TYPE_DEVICEMODEL,
    [DOM_USBCTRL_QUSB] = LIBXL_USBCTRL_TYPE_QUSB,
};
static const BindValues ctrl_types = BIND_VALUES(ctrl_values, DOM_USBCTRL_LAST);

static const int dev_values[] = {
    [DOM_USBDEV_HOSTDEV] = LIBXL_USBDEV_TYPE_HOSTDEV,
};
static const BindValues dev_types = BIND_VALUES(dev_values, DOM_USBDEV_LAST);

static const BindRow ctrl_rows[] = {
    BIND_DEVICE_ENUM(DomUsbctrl, type, DomUsbctrlType, libxl_device_usbctrl, type, &ctrl_types),
    BIND_DEVICE_INT(DomUsbctrl, version, libxl_device_usbctrl, version),
    BIND_DEVICE_INT(DomUsbctrl, ports, libxl_device_usbctrl, ports),
};

static const BindRow dev_rows[] = {
    BIND_DEVICE_ENUM(DomUsbdev, type, DomUsbdevType, libxl_device_usbdev, type, &dev_types),
    BIND_DEVICE_UINT(DomUsbdev, hostbus, libxl_device_usbdev, u.hostdev.hostbus),
    BIND_DEVICE_UINT(DomUsbdev, hostaddr, libxl_device_usbdev, u.hostdev.hostaddr),
    BIND_DEVICE_INT(DomUsbdev, controller, libxl_device_usbdev, ctrl),
    BIND_DEVICE_INT(DomUsbdev, port, libxl_device_usbdev, port),
};

BIND_DEVICE_TYPE(libxl_device_usbctrl);
BIND_DEVICE_TYPE(libxl_device_usbdev);

static const BindList ctrls = {
    BIND_LIST_OF(usbctrls, usbctrls, libxl_device_usbctrl),
    BIND_DEVID(libxl_device_usbctrl),
    .record = &dom_usbctrl_record,
    .rows = ctrl_rows,
    .n_rows = G_N_ELEMENTS(ctrl_rows),
};

static const BindList devs = {
    BIND_LIST_OF(usbdevs, usbdevs, libxl_device_usbdev),
    .record = &dom_usbdev_record,
    .rows = dev_rows,
    .n_rows = G_N_ELEMENTS(dev_rows),
};

static const BindList *const lists[] = { &ctrls, &devs, NULL };

const BindTopic bind_topic_usb = { .name = "usb", .lists = lists };
