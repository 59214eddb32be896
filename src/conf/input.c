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

static const char *const vkb_texts[] = { NULL, "unknown", "qemu", "linux" };
const DomEnum dom_vkb_backend_names = DOM_ENUM(vkb_texts, DOM_VKB_LAST);

#define VKB_FLAG(member, text)   DOM_TRISTATE_FIELD(DomVkb, member, NULL, .doc = (text))
#define VKB_NUMBER(member, text) DOM_UINT_FIELD(DomVkb, member, NULL, .doc = (text))

static const DomField vkb_fields[] = {
    DOM_STRING_FIELD(DomVkb, backend, NULL, .doc = N_("Domain that serves the device")),
    DOM_ENUM_FIELD(DomVkb, backend_type, DomVkbBackend, &dom_vkb_backend_names, NULL,
                   .doc = N_("What serves the device")),
    DOM_STRING_FIELD(DomVkb, unique_id, NULL, .doc = N_("Identity of the device")),
    VKB_FLAG(feature_disable_keyboard, N_("No keyboard")),
    VKB_FLAG(feature_disable_pointer, N_("No pointer")),
    VKB_FLAG(feature_abs_pointer, N_("The pointer tells where it is")),
    VKB_FLAG(feature_raw_pointer, N_("The pointer is not scaled")),
    VKB_FLAG(feature_multi_touch, N_("Several fingers")),
    VKB_NUMBER(multi_touch_width, N_("Width of the touch screen")),
    VKB_NUMBER(multi_touch_height, N_("Height of the touch screen")),
    VKB_NUMBER(multi_touch_num_contacts, N_("Most fingers")),
    VKB_NUMBER(width, N_("Width of the pointer's area")),
    VKB_NUMBER(height, N_("Height of the pointer's area")),
};

const DomRecord dom_vkb_record = DOM_RECORD(DomVkb, "input", vkb_fields, );

static const DomField vsnd_fields[] = {
    DOM_STRV_FIELD(DomVsnd, items, NULL, .doc = N_("Card, PCM devices and streams")),
};

const DomRecord dom_vsnd_record = DOM_RECORD(DomVsnd, "input", vsnd_fields, );
