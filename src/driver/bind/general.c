/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

static const BindRow rows[] = {
    BIND_STRING(general.name, c_info.name),
    BIND_STRING(general.pool, c_info.pool_name),
    BIND_DEFBOOL(general.driver_domain, c_info.driver_domain),
    BIND_DEFBOOL(general.xend_suspend_evtchn_compat, c_info.xend_suspend_evtchn_compat),
    BIND_DEFBOOL(general.nomigrate, b_info.disable_migrate),
    BIND_UINT(general.max_event_channels, b_info.event_channels),
    BIND_UINT(general.max_grant_frames, b_info.max_grant_frames),
    BIND_UINT(general.max_maptrack_frames, b_info.max_maptrack_frames),
    BIND_UINT(general.max_grant_version, b_info.max_grant_version),
#ifdef BIND_HAVE_XENSTORE_FEATURE_MASK
    BIND_UINT(general.xenstore_feature_mask, b_info.xenstore_feature_mask),
#endif
};

gboolean
bind_uuid_apply(const char *text, libxl_uuid *uuid, GError **error)
{
    if (text == NULL || libxl_uuid_from_string(uuid, text) == 0)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("uuid %s: expected 8-4-4-4-12 hexadecimal digits"), text);
    return FALSE;
}

char *
bind_uuid_read(const libxl_uuid *uuid)
{
    if (libxl_uuid_is_nil(uuid))
        return NULL;
    return g_strdup_printf(LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*uuid));
}

/* With both, seclabel is what the guest runs under and init_seclabel what it is built under. */
static void
apply_seclabels(const DomGeneral *general, libxl_domain_config *config)
{
    if (general->init_seclabel == NULL) {
        config->c_info.ssid_label = bind_strdup(general->seclabel);
        return;
    }
    config->c_info.ssid_label = bind_strdup(general->init_seclabel);
    config->b_info.exec_ssid_label = bind_strdup(general->seclabel);
}

static void
apply_host(const BindContext *context, libxl_domain_config *config)
{
    const DomGeneral *general = &context->def->general;
    const BindHost *host = context->host;
    libxl_domain_build_info *b_info = &config->b_info;

    libxl_defbool_set(&config->c_info.run_hotplug_scripts, host->run_hotplug_scripts);
    libxl_defbool_set(&b_info->claim_mode, host->claim_mode);
    b_info->blkdev_start = bind_strdup(host->blkdev_start);
    if (!general->max_grant_frames.set)
        b_info->max_grant_frames = host->max_grant_frames;
    if (!general->max_maptrack_frames.set)
        b_info->max_maptrack_frames = host->max_maptrack_frames;
    if (!general->max_grant_version.set)
        b_info->max_grant_version = host->max_grant_version;
}

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const DomGeneral *general = &context->def->general;

    if (!bind_uuid_apply(general->uuid, &config->c_info.uuid, error))
        return FALSE;
    apply_seclabels(general, config);
    apply_host(context, config);
    return TRUE;
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    DomGeneral *general = &def->general;

    general->uuid = bind_uuid_read(&config->c_info.uuid);
    if (config->b_info.exec_ssid_label != NULL) {
        general->init_seclabel = g_strdup(config->c_info.ssid_label);
        general->seclabel = g_strdup(config->b_info.exec_ssid_label);
    } else {
        general->seclabel = g_strdup(config->c_info.ssid_label);
    }
}

const BindTopic bind_topic_general = {
    .name = "general",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_config,
};
