/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"
#include "xlconv/pair.h"

static const XlcPair serial = XLC_PAIR(chardev.serial, chardev.serial_list);
XLC_PAIR_CODEC(serial);

static const XlcKey keys[] = {
    XLC_SPECIAL("serial", &serial_codec, XLC_HVM, .doc = N_("Where the serial ports lead")),
    XLC_UNMAPPED("channel", XLC_ANY, N_("not converted yet; it is kept as it is"),
                 .doc = N_("Channels between guest and host")),
    XLC_UNMAPPED("vuart", XLC_ARM, N_("this key is for Arm; it is kept as it is"),
                 .doc = N_("Serial port of an Arm guest")),
};

XLC_TOPIC(chardev, keys);
