/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Emulated pointers, keyboards, sound card and the USB bus they sit on, for HVM guests. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_HDTYPE_ABSENT,
    DOM_HDTYPE_IDE,
    DOM_HDTYPE_AHCI,
    DOM_HDTYPE_LAST = DOM_HDTYPE_AHCI,
} DomHdtype;

extern const DomEnum dom_hdtype_names;

typedef struct {
    DomRest rest;
    DomTristate usb;
    DomInt usbversion;
    char *usbdevice;
    char **usbdevice_list;
    DomTristate vkb_device;
    char *soundhw;
    DomHdtype hdtype;
} DomInput;

extern const DomRecord dom_input_record;
