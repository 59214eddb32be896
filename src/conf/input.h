/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pointers, keyboards and sound cards, emulated and PV, and the emulated USB bus. */
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

typedef enum {
    DOM_VKB_ABSENT,
    DOM_VKB_UNKNOWN,
    DOM_VKB_QEMU,
    DOM_VKB_LINUX,
    DOM_VKB_LAST = DOM_VKB_LINUX,
} DomVkbBackend;

extern const DomEnum dom_vkb_backend_names;

/* A PV keyboard and pointer, beside the one that each framebuffer brings. */
typedef struct {
    DomRest rest;
    char *backend;
    DomVkbBackend backend_type;
    char *unique_id;
    DomTristate feature_disable_keyboard;
    DomTristate feature_disable_pointer;
    DomTristate feature_abs_pointer;
    DomTristate feature_raw_pointer;
    DomTristate feature_multi_touch;
    DomUint multi_touch_width;
    DomUint multi_touch_height;
    DomUint multi_touch_num_contacts;
    DomUint width;
    DomUint height;
} DomVkb;

/* A PV sound card, as the items of its list in xl.cfg: "card, ...", "pcm, ...", "stream, ...". */
typedef struct {
    DomRest rest;
    char **items;
} DomVsnd;

/* How many of an HVM guest's emulated USB devices are the host's, and a <hostdev> each. */
guint dom_input_count_hostdevs(const DomInput *input);

extern const DomRecord dom_input_record;

/* Whether QEMU gives the guest an old USB bus with what usb= and usbdevice= put on it: libxl starts
 * no guest that has another emulated bus, or redirected devices, as well. */
gboolean dom_input_emulates_usb(const DomInput *input);
extern const DomRecord dom_vkb_record;
extern const DomRecord dom_vsnd_record;
