/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

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

/* A number switches it off or on; a word switches it on and names the kind. */
static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const char *text = context->def->video.gfx_passthru;
    libxl_domain_build_info *b_info = &config->b_info;
    char *end;

    if (context->type != DOM_TYPE_HVM || text == NULL)
        return TRUE;
    if (g_ascii_isdigit(text[0])) {
        gboolean on = g_ascii_strtoll(text, &end, 0) != 0;

        if (*end == '\0') {
            libxl_defbool_set(&b_info->u.hvm.gfx_passthru, on);
            return TRUE;
        }
    }
    if (libxl_gfx_passthru_kind_from_string(text, &b_info->u.hvm.gfx_passthru_kind) != 0) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("gfx_passthru %s: expected 0, 1, default or igd"), text);
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

const BindTopic bind_topic_video = {
    .name = "video",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_config,
};
