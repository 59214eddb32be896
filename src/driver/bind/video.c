/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

static const int vga_values[] = {
    [DOM_VGA_STDVGA] = LIBXL_VGA_INTERFACE_TYPE_STD,
    [DOM_VGA_CIRRUS] = LIBXL_VGA_INTERFACE_TYPE_CIRRUS,
    [DOM_VGA_QXL] = LIBXL_VGA_INTERFACE_TYPE_QXL,
    [DOM_VGA_NONE] = LIBXL_VGA_INTERFACE_TYPE_NONE,
};
static const BindValues vga = BIND_VALUES(vga_values, DOM_VGA_LAST);

static const BindRow rows[] = {
    BIND_ENUM(video.vga, DomVga, b_info.u.hvm.vga.kind, &vga, .guests = BIND_HVM),
    BIND_UINT(video.videoram, b_info.video_memkb),
    BIND_DEFBOOL(video.nographic, b_info.u.hvm.nographic, .guests = BIND_HVM),
};

/* A number as xl reads any: strtol() base 0 over the whole text. */
static gboolean
is_number(const char *text, gboolean *ret_on)
{
    char *end;

    errno = 0;
    *ret_on = g_ascii_strtoll(text, &end, 0) != 0;
    return end != text && *end == '\0' && errno == 0;
}

/* A number switches it off or on; a word switches it on and names the kind. */
static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const char *text = context->def->video.gfx_passthru;
    libxl_domain_build_info *b_info = &config->b_info;
    gboolean on;

    if (context->type != DOM_TYPE_HVM || text == NULL)
        return TRUE;
    if (is_number(text, &on)) {
        libxl_defbool_set(&b_info->u.hvm.gfx_passthru, on);
        return TRUE;
    }
    if (libxl_gfx_passthru_kind_from_string(text, &b_info->u.hvm.gfx_passthru_kind) != 0) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("%s: '%s' is wrong: expected %s"),
                    "gfx_passthru", text, _("0, 1, default or igd"));
        return FALSE;
    }
    libxl_defbool_set(&b_info->u.hvm.gfx_passthru, true);
    return TRUE;
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    const libxl_domain_build_info *b_info = &config->b_info;

    if (config->c_info.type != LIBXL_DOMAIN_TYPE_HVM ||
        libxl_defbool_is_default(b_info->u.hvm.gfx_passthru))
        return;
    if (!libxl_defbool_val(b_info->u.hvm.gfx_passthru))
        def->video.gfx_passthru = g_strdup("0");
    else if (b_info->u.hvm.gfx_passthru_kind == LIBXL_GFX_PASSTHRU_KIND_DEFAULT)
        def->video.gfx_passthru = g_strdup("1");
    else
        def->video.gfx_passthru =
            g_strdup(libxl_gfx_passthru_kind_to_string(b_info->u.hvm.gfx_passthru_kind));
}

static const BindRow display_rows[] = {
    BIND_DEVICE_STRING(DomVdispl, backend, libxl_device_vdispl, backend_domname),
    BIND_DEVICE_FLAG(DomVdispl, be_alloc, libxl_device_vdispl, be_alloc),
};

static libxl_connector_param *
add_connector(libxl_device_vdispl *device)
{
    libxl_connector_param *connector = bind_array_add((gpointer *)&device->connectors,
                                                      &device->num_connectors, sizeof(*connector));

    libxl_connector_param_init(connector);
    return connector;
}

/* Behind the last one that xl reads there are screens that say nothing. */
static gboolean
apply_connector(const char *item, libxl_device_vdispl *device, gboolean *last, GError **error)
{
    libxl_connector_param *connector;
    g_autofree char *id = NULL;
    guint width, height;

    if (*last) {
        add_connector(device);
        return TRUE;
    }
    if (!dom_video_connector(item, &width, &height, last)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("vdispl: connector '%s' is wrong: expected ID:WIDTHxHEIGHT"), item);
        return FALSE;
    }
    connector = add_connector(device);
    id = g_strndup(item, strcspn(item, ":"));
    connector->unique_id = bind_strdup(id);
    connector->width = width;
    connector->height = height;
    return TRUE;
}

static gboolean
apply_display(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomVdispl *display = record;
    libxl_device_vdispl *target = device;
    const char *text = display->connectors != NULL ? display->connectors : "";
    g_auto(GStrv) items = g_strsplit(text, ";", -1);
    gboolean last = FALSE;

    for (guint i = 0; items[i] != NULL; i++) {
        if (items[i][0] != '\0' && !apply_connector(items[i], target, &last, error))
            return FALSE;
    }
    if (target->num_connectors > 0)
        return TRUE;
    g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("vdispl: no connectors; a display needs at least one"));
    return FALSE;
}

/* Where no more have a name, the size of the last that has one is what xl could not read. */
static void
read_connector(const libxl_connector_param *connector, gboolean last, GString *text)
{
    const char *id = connector->unique_id != NULL ? connector->unique_id : "-";

    if (text->len > 0)
        g_string_append_c(text, ';');
    if (last)
        g_string_append_printf(text, "%s:-", id);
    else
        g_string_append_printf(text, "%s:%ux%u", id, connector->width, connector->height);
}

static void
read_display(gconstpointer device, gpointer record)
{
    const libxl_device_vdispl *from = device;
    GString *text = g_string_new(NULL);

    for (int i = 0; i < from->num_connectors; i++)
        read_connector(&from->connectors[i],
                       i + 1 < from->num_connectors && from->connectors[i + 1].unique_id == NULL,
                       text);
    ((DomVdispl *)record)->connectors = g_string_free(text, FALSE);
}

BIND_DEVICE_TYPE(libxl_device_vdispl);

static const BindList displays = {
    BIND_LIST_OF(vdispls, vdispls, libxl_device_vdispl),
    BIND_DEVID(libxl_device_vdispl),
    .record = &dom_vdispl_record,
    .rows = display_rows,
    .n_rows = G_N_ELEMENTS(display_rows),
    .apply = apply_display,
    .read = read_display,
};

static const BindList *const lists[] = { &displays, NULL };

const BindTopic bind_topic_video = {
    .name = "video",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .lists = lists,
    .apply = apply,
    .read = read_config,
};
