/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const int hdtype_values[] = {
    [DOM_HDTYPE_IDE] = LIBXL_HDTYPE_IDE,
    [DOM_HDTYPE_AHCI] = LIBXL_HDTYPE_AHCI,
};
static const BindValues hdtype = BIND_VALUES(hdtype_values, DOM_HDTYPE_LAST);

static const BindRow rows[] = {
    BIND_DEFBOOL(input.usb, b_info.u.hvm.usb, .guests = BIND_HVM),
    BIND_INT(input.usbversion, b_info.u.hvm.usbversion, .guests = BIND_HVM),
    BIND_STRING(input.usbdevice, b_info.u.hvm.usbdevice, .guests = BIND_HVM),
    BIND_STRV(input.usbdevice_list, b_info.u.hvm.usbdevice_list, .guests = BIND_HVM),
    BIND_DEFBOOL(input.vkb_device, b_info.u.hvm.vkb_device, .guests = BIND_HVM),
    BIND_STRING(input.soundhw, b_info.u.hvm.soundhw, .guests = BIND_HVM),
    BIND_ENUM(input.hdtype, DomHdtype, b_info.u.hvm.hdtype, &hdtype, .guests = BIND_HVM),
};

const BindTopic bind_topic_input = {
    .name = "input",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
};
