/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The emulated USB bus of an HVM guest by its version, and the controller that QEMU has for it:
 *
 *     usbversion = 3    <controller type='usb' index='0' model='nec-xhci'/>
 *
 * There is one at most. Emulated USB devices (usbdevice=) bring another bus, USB 1, and libxl
 * starts no guest with both.
 */
#pragma once

#include "conf/input.h"

/* Takes the first such controller, but for a guest with emulated USB devices. */
void dom_usb_bus_parse(DomXml *xml, DomXmlNode *devices, DomInput *input);
/* Whether the bus of an HVM guest has an element. */
gboolean dom_usb_bus_is_shown(const DomInput *input);
void dom_usb_bus_format(DomXmlNode *root, const DomDef *def);
/* Reports a <controller> that nobody took, when it is one for USB. */
void dom_usb_bus_refused(DomXml *xml, DomXmlNode *node);
