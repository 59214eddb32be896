/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"
#include "driver/bind/vsnd.h"

#include <glib/gi18n-lib.h>

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

static const int backend_values[] = {
    [DOM_VKB_UNKNOWN] = LIBXL_VKB_BACKEND_UNKNOWN,
    [DOM_VKB_QEMU] = LIBXL_VKB_BACKEND_QEMU,
    [DOM_VKB_LINUX] = LIBXL_VKB_BACKEND_LINUX,
};
static const BindValues backends = BIND_VALUES(backend_values, DOM_VKB_LAST);

#define VKB_FLAG(path) BIND_DEVICE_FLAG(DomVkb, path, libxl_device_vkb, path)
#define VKB_UINT(path) BIND_DEVICE_UINT(DomVkb, path, libxl_device_vkb, path)

static const BindRow vkb_rows[] = {
    BIND_DEVICE_STRING(DomVkb, backend, libxl_device_vkb, backend_domname),
    BIND_DEVICE_ENUM(DomVkb, backend_type, DomVkbBackend, libxl_device_vkb, backend_type,
                     &backends),
    BIND_DEVICE_STRING(DomVkb, unique_id, libxl_device_vkb, unique_id),
    VKB_FLAG(feature_disable_keyboard),
    VKB_FLAG(feature_disable_pointer),
    VKB_FLAG(feature_abs_pointer),
    VKB_FLAG(feature_raw_pointer),
    VKB_FLAG(feature_multi_touch),
    VKB_UINT(multi_touch_width),
    VKB_UINT(multi_touch_height),
    VKB_UINT(multi_touch_num_contacts),
    VKB_UINT(width),
    VKB_UINT(height),
};

/* A size of the touch area, 0 being none, implies one. */
static gboolean
apply_vkb(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomVkb *vkb = record;
    libxl_device_vkb *target = device;
    gboolean sizes = vkb->multi_touch_width.value > 0 || vkb->multi_touch_height.value > 0 ||
                     vkb->multi_touch_num_contacts.value > 0;

    if (target->backend_type == LIBXL_VKB_BACKEND_UNKNOWN) {
        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID,
                            _("vkb: no backend-type; say qemu or linux"));
        return FALSE;
    }
    if (vkb->feature_multi_touch == DOM_TRISTATE_ON && !sizes) {
        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID,
                            _("vkb: feature-multi-touch needs multi-touch-width, "
                              "multi-touch-height and multi-touch-num-contacts"));
        return FALSE;
    }
    target->feature_multi_touch = sizes;
    return TRUE;
}

/* Each framebuffer brings a keyboard, and these come first. */
static guint
implied_vkbs(const libxl_domain_config *config)
{
    return (guint)MIN(config->num_vfbs, config->num_vkbs);
}

BIND_DEVICE_TYPE(libxl_device_vkb);
BIND_DEVICE_TYPE(libxl_device_vsnd);

static const BindList vkbs = {
    BIND_LIST_OF(vkbs, vkbs, libxl_device_vkb), .record = &dom_vkb_record, .rows = vkb_rows,
    .n_rows = G_N_ELEMENTS(vkb_rows),           .apply = apply_vkb,        .implied = implied_vkbs,
};

static gboolean
apply_vsnd(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    return bind_vsnd_apply(((const DomVsnd *)record)->items, device, error);
}

static void
read_vsnd(gconstpointer device, gpointer record)
{
    ((DomVsnd *)record)->items = bind_vsnd_read(device);
}

static const BindList vsnds = {
    BIND_LIST_OF(vsnds, vsnds, libxl_device_vsnd),
    BIND_DEVID(libxl_device_vsnd),
    .record = &dom_vsnd_record,
    .apply = apply_vsnd,
    .read = read_vsnd,
};

static const BindList *const lists[] = { &vkbs, &vsnds, NULL };

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    for (int i = 0; i < config->num_vkbs; i++)
        config->vkbs[i].devid = i;
    return TRUE;
}

const BindTopic bind_topic_input = {
    .name = "input",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .lists = lists,
    .apply = apply,
};
