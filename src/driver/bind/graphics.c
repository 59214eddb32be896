/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One head's settings, at @where in @target: in the HVM part of b_info, or in a framebuffer. */
#define HEAD_ROW(kind, record, path, target, place) BIND_DEVICE_##kind(record, path, target, place)
#define HEAD_ROWS(record, prefix, target, where)                                                   \
    HEAD_ROW(DEFBOOL, record, prefix vnc, target, where vnc.enable),                               \
        HEAD_ROW(STRING, record, prefix vnclisten, target, where vnc.listen),                      \
        HEAD_ROW(INT, record, prefix vncdisplay, target, where vnc.display),                       \
        HEAD_ROW(DEFBOOL, record, prefix vncunused, target, where vnc.findunused),                 \
        HEAD_ROW(STRING, record, prefix vncpasswd, target, where vnc.passwd),                      \
        HEAD_ROW(STRING, record, prefix keymap, target, where keymap),                             \
        HEAD_ROW(DEFBOOL, record, prefix sdl, target, where sdl.enable),                           \
        HEAD_ROW(DEFBOOL, record, prefix opengl, target, where sdl.opengl),                        \
        HEAD_ROW(STRING, record, prefix display, target, where sdl.display),                       \
        HEAD_ROW(STRING, record, prefix xauthority, target, where sdl.xauthority)

static const BindRow hvm_head_rows[] = {
    HEAD_ROWS(DomDef, graphics.head., libxl_domain_config, b_info.u.hvm.),
};

static const BindRow vfb_head_rows[] = {
    HEAD_ROWS(DomHead, , libxl_device_vfb, ),
};

#define SPICE(kind, path, place)                                                                   \
    BIND_##kind(graphics.path, b_info.u.hvm.spice.place, .guests = BIND_HVM)

static const BindRow rows[] = {
    SPICE(DEFBOOL, spice, enable),
    SPICE(STRING, spicehost, host),
    SPICE(INT, spiceport, port),
    SPICE(INT, spicetls_port, tls_port),
    SPICE(DEFBOOL, spicedisable_ticketing, disable_ticketing),
    SPICE(STRING, spicepasswd, passwd),
    SPICE(DEFBOOL, spiceagent_mouse, agent_mouse),
    SPICE(DEFBOOL, spicevdagent, vdagent),
    SPICE(DEFBOOL, spice_clipboard_sharing, clipboard_sharing),
    SPICE(INT, spiceusbredirection, usbredirection),
    SPICE(STRING, spice_image_compression, image_compression),
    SPICE(STRING, spice_streaming_video, streaming_video),
};

BIND_DEVICE_TYPE(libxl_device_vfb);

static gboolean
apply_vfb(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomVfb *vfb = record;

    return bind_rows_apply(vfb_head_rows, G_N_ELEMENTS(vfb_head_rows), context->type, &vfb->head,
                           device, error);
}

static void
read_vfb(gconstpointer device, gpointer record)
{
    DomVfb *vfb = record;
    libxl_device_vfb blank;

    libxl_device_vfb_init(&blank);
    bind_rows_read(vfb_head_rows, G_N_ELEMENTS(vfb_head_rows), DOM_TYPE_PV, device, &blank,
                   &vfb->head);
    libxl_device_vfb_dispose(&blank);
}

static const BindList vfbs = {
    BIND_LIST_OF(vfbs, vfbs, libxl_device_vfb),
    BIND_DEVID(libxl_device_vfb),
    .record = &dom_vfb_record,
    .apply = apply_vfb,
    .read = read_vfb,
};

static const BindList *const lists[] = { &vfbs, NULL };

/* xl refuses a display given twice, so that nobody has to guess which one counts. */
static gboolean
check_display(const DomHead *head, GError **error)
{
    if (head->vnclisten == NULL || strchr(head->vnclisten, ':') == NULL || !head->vncdisplay.set ||
        head->vncdisplay.value == 0)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("vnclisten %s and vncdisplay both name the display: leave one of the two out"),
                head->vnclisten);
    return FALSE;
}

static gboolean
apply_hvm_head(const BindContext *context, libxl_domain_config *config, GError **error)
{
    return check_display(&context->def->graphics.head, error) &&
           bind_rows_apply(hvm_head_rows, G_N_ELEMENTS(hvm_head_rows), context->type, context->def,
                           config, error);
}

/* Every framebuffer comes with a keyboard and pointer; input numbers them with its own. */
static void
add_keyboards(libxl_domain_config *config)
{
    for (int i = 0; i < config->num_vfbs; i++) {
        libxl_device_vkb *vkb =
            bind_array_add((gpointer *)&config->vkbs, &config->num_vkbs, sizeof(*vkb));

        libxl_device_vkb_init(vkb);
    }
}

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    if (context->type == DOM_TYPE_HVM && !apply_hvm_head(context, config, error))
        return FALSE;
    add_keyboards(config);
    return TRUE;
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    if (config->c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        bind_rows_read(hvm_head_rows, G_N_ELEMENTS(hvm_head_rows), DOM_TYPE_HVM, config, blank,
                       def);
}

const BindTopic bind_topic_graphics = {
    .name = "graphics",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .lists = lists,
    .apply = apply,
    .read = read_config,
};
