/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/input.h"

#include <glib/gi18n-lib.h>

static const char *const hdtype_texts[] = { NULL, "ide", "ahci" };
const DomEnum dom_hdtype_names = DOM_ENUM(hdtype_texts, DOM_HDTYPE_LAST);

static const DomField fields[] = {
    DOM_TRISTATE_FIELD(DomInput, usb, NULL, .doc = N_("Emulated USB 1 bus")),
    DOM_INT_FIELD(DomInput, usbversion, NULL, .doc = N_("Emulated USB bus of this version")),
    DOM_STRING_FIELD(DomInput, usbdevice, NULL, .doc = N_("Emulated USB device")),
    DOM_STRV_FIELD(DomInput, usbdevice_list, NULL, .doc = N_("Emulated USB devices")),
    DOM_TRISTATE_FIELD(DomInput, vkb_device, NULL, .doc = N_("PV keyboard and pointer")),
    DOM_STRING_FIELD(DomInput, soundhw, NULL, .doc = N_("Emulated sound card")),
    DOM_ENUM_FIELD(DomInput, hdtype, DomHdtype, &dom_hdtype_names, NULL,
                   .doc = N_("Emulated disk controller")),
};

const DomRecord dom_input_record = DOM_RECORD(DomInput, "input", fields, );
