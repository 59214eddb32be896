/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* USB controllers and the host's USB devices behind them. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_USBCTRL_ABSENT,
    DOM_USBCTRL_AUTO,
    DOM_USBCTRL_PV,
    DOM_USBCTRL_DEVICEMODEL,
    DOM_USBCTRL_QUSB,
    DOM_USBCTRL_LAST = DOM_USBCTRL_QUSB,
} DomUsbctrlType;

typedef enum {
    DOM_USBDEV_ABSENT,
    DOM_USBDEV_HOSTDEV,
    DOM_USBDEV_LAST = DOM_USBDEV_HOSTDEV,
} DomUsbdevType;

extern const DomEnum dom_usbctrl_type_names;
extern const DomEnum dom_usbdev_type_names;

typedef struct {
    DomRest rest;
    DomUsbctrlType type;
    DomInt version; /* 1, 2 or 3 */
    DomInt ports;
} DomUsbctrl;

typedef struct {
    DomRest rest;
    DomUsbdevType type;
    DomUint hostbus;
    DomUint hostaddr;
    DomInt controller; /* index of the controller; absent: any with a free port */
    DomInt port;
} DomUsbdev;

/* The number that @xml, the element of a device, gives it: that of its place among its like; -1. A
 * model has no place for it. Any thread. */
int dom_usb_xml_index(const char *xml);

/* Whether the <controller> at @node is one of Xen's. */
gboolean dom_usbctrl_is(DomXmlNode *node);

extern const DomRecord dom_usbctrl_record;
extern const DomRecord dom_usbdev_record;
