/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"

static const char *const no_names[] = { NULL };

static const XlcOption ctrl_rows[] = {
    { "type" },
    { "version", .decimal = TRUE },
    { "ports", .decimal = TRUE },
};

static const XlcOptions ctrl_options = {
    .record = &dom_usbctrl_record,
    .rows = ctrl_rows,
    .n_rows = G_N_ELEMENTS(ctrl_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
};

static const XlcDevices usbctrl = {
    .list = DOM_TYPED_OFFSET(DomDef, usbctrls, GPtrArray *),
    .record = &dom_usbctrl_record,
    .names = no_names,
    .carried = no_names,
    .options = &ctrl_options,
};
XLC_DEVICES_CODEC(usbctrl);

static const XlcOption dev_rows[] = {
    { "type" },
    { "hostbus", .bits = 8 },
    { "hostaddr", .bits = 8 },
    { "controller", .decimal = TRUE },
    { "port", .decimal = TRUE },
};

static const XlcOptions dev_options = {
    .record = &dom_usbdev_record,
    .rows = dev_rows,
    .n_rows = G_N_ELEMENTS(dev_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
};

static const XlcDevices usbdev = {
    .list = DOM_TYPED_OFFSET(DomDef, usbdevs, GPtrArray *),
    .record = &dom_usbdev_record,
    .names = no_names,
    .carried = no_names,
    .options = &dev_options,
};
XLC_DEVICES_CODEC(usbdev);

static const XlcKey keys[] = {
    XLC_SPECIAL("usbctrl", &usbctrl_codec, XLC_ANY, .doc = N_("USB controllers")),
    XLC_SPECIAL("usbdev", &usbdev_codec, XLC_ANY, .doc = N_("USB devices of the host")),
};

XLC_TOPIC(usb, keys);
