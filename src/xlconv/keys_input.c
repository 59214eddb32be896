/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"
#include "xlconv/pair.h"

static const XlcPair usbdevice = XLC_PAIR(input.usbdevice, input.usbdevice_list);
XLC_PAIR_CODEC(usbdevice);

static const XlcKey keys[] = {
    XLC_BOOL("usb", input.usb, XLC_HVM, .doc = N_("Emulated USB 1 bus")),
    XLC_INT("usbversion", input.usbversion, XLC_HVM, .doc = N_("Emulated USB bus of this version")),
    XLC_SPECIAL("usbdevice", &usbdevice_codec, XLC_HVM, .doc = N_("Emulated USB devices")),
    XLC_BOOL("vkb_device", input.vkb_device, XLC_HVM, .doc = N_("PV keyboard and pointer")),
    XLC_STRING("soundhw", input.soundhw, XLC_HVM, .doc = N_("Emulated sound card")),
    XLC_ENUM("hdtype", input.hdtype, DomHdtype, &dom_hdtype_names, XLC_HVM, .flags = XLC_FOLD,
             .doc = N_("Emulated disk controller")),
    XLC_UNMAPPED("vkb", XLC_ANY, N_("not converted yet; it is kept as it is"),
                 .doc = N_("PV keyboards and pointers")),
    XLC_UNMAPPED("vsnd", XLC_ANY, N_("not converted yet; it is kept as it is"),
                 .doc = N_("PV sound cards")),
};

XLC_TOPIC(input, keys);
