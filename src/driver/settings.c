/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virconf.h"
#include "virerror.h"
#include "virlog.h"

#include "driver/settings.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.settings");

typedef struct {
    const char *key;
    gsize member; /* offset in DrvSettings */
} Row;

static const Row switches[] = {
    { "autoballoon", offsetof(DrvSettings, autoballoon) },
    { "nested_hvm", offsetof(DrvSettings, nested_hvm) },
};

static const Row texts[] = {
    { "lock_manager", offsetof(DrvSettings, lock_manager) },
    { "migrate_tls_x509_cert_dir", offsetof(DrvSettings, migrate_tls_folder) },
};

static const Row numbers[] = {
    { "remote_display_port_min", offsetof(DrvSettings, display_port_min) },
    { "remote_display_port_max", offsetof(DrvSettings, display_port_max) },
};

static const Row formats[] = {
    { "save_image_format", offsetof(DrvSettings, save_image_format) },
    { "dump_image_format", offsetof(DrvSettings, dump_image_format) },
};

/* libvirt set its error for the key, which is said and forgotten. */
static void
warn(const char *path)
{
    VIR_WARN("%s: %s", path, virGetLastErrorMessage());
    virResetLastError();
}

static void
read_format(const DrvImageFormat **member, virConf *conf, const char *key, const char *path)
{
    g_autofree char *name = NULL;
    if (virConfGetValueString(conf, key, &name) < 0) {
        warn(path);
        return;
    }
    const DrvImageFormat *format = name ? drv_image_format_by_name(name) : *member;
    if (format) {
        *member = format;
    } else {
        VIR_WARN("%s: %s: there is no format '%s'; raw is used", path, key, name);
    }
}

/* One end alone will do. A display has a number, which is its port without 5900. */
static void
check_ports(DrvSettings *settings, const char *path)
{
    if (!settings->display_port_min && !settings->display_port_max) {
        return;
    }
    settings->display_port_min = settings->display_port_min ?: DRV_DISPLAY_PORT_MIN;
    settings->display_port_max = settings->display_port_max ?: DRV_DISPLAY_PORT_MAX;
    if (settings->display_port_min < DRV_DISPLAY_PORT_MIN ||
        settings->display_port_max > DRV_DISPLAY_PORT_MAX ||
        settings->display_port_min > settings->display_port_max) {
        VIR_WARN("%s: remote_display_port_min and remote_display_port_max: expected %d <= min <= "
                 "max <= %d; neither is used",
                 path, DRV_DISPLAY_PORT_MIN, DRV_DISPLAY_PORT_MAX);
        settings->display_port_min = settings->display_port_max = 0;
    }
}

static void
read_keys(DrvSettings *settings, virConf *conf, const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(switches); i++) {
        gboolean *member = G_STRUCT_MEMBER_P(settings, switches[i].member);
        bool value = *member;
        if (virConfGetValueBool(conf, switches[i].key, &value) < 0) {
            warn(path);
        } else {
            *member = value;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        char **member = G_STRUCT_MEMBER_P(settings, texts[i].member);
        if (virConfGetValueString(conf, texts[i].key, member) < 0) {
            warn(path);
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        guint *member = G_STRUCT_MEMBER_P(settings, numbers[i].member);
        if (virConfGetValueUInt(conf, numbers[i].key, member) < 0) {
            warn(path);
        }
    }
    check_ports(settings, path);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        read_format(G_STRUCT_MEMBER_P(settings, formats[i].member), conf, formats[i].key, path);
    }
}

/* Xen takes dom0_mem=512M and dom0_mem=max:512M; both fix what Domain-0 has. */
static gboolean
fixes_memory(const char *command_line)
{
    return command_line && g_regex_match_simple("(^| )dom0_mem=", command_line, 0, 0);
}

DrvSettings *
drv_settings_read(const char *path, const char *xen_command_line)
{
    DrvSettings *settings = g_new0(DrvSettings, 1);
    settings->save_image_format = settings->dump_image_format = drv_image_formats;
    settings->autoballoon = !fixes_memory(xen_command_line);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        return settings;
    }
    g_autoptr(virConf) conf = virConfReadFile(path, 0);
    if (conf) {
        read_keys(settings, conf, path);
    } else {
        warn(path);
    }
    return settings;
}

void
drv_settings_free(DrvSettings *settings)
{
    if (settings) {
        g_free(settings->lock_manager);
        g_free(settings->migrate_tls_folder);
        g_free(settings);
    }
}
