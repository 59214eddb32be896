/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

static const int bios_values[] = {
    [DOM_BIOS_ROMBIOS] = LIBXL_BIOS_TYPE_ROMBIOS,
    [DOM_BIOS_SEABIOS] = LIBXL_BIOS_TYPE_SEABIOS,
    [DOM_BIOS_OVMF] = LIBXL_BIOS_TYPE_OVMF,
};
static const BindValues bios = BIND_VALUES(bios_values, DOM_BIOS_LAST);

static const BindRow rows[] = {
    BIND_STRING(os.kernel, b_info.kernel),
    BIND_STRING(os.ramdisk, b_info.ramdisk),
    BIND_STRING(os.cmdline, b_info.cmdline),
    BIND_STRING(os.device_tree, b_info.device_tree),
    BIND_STRING(os.bootloader, b_info.bootloader),
    BIND_STRV(os.bootloader_args, b_info.bootloader_args),
#ifdef BIND_HAVE_BOOTLOADER_USER
    BIND_DEFBOOL(os.bootloader_restrict, b_info.bootloader_restrict),
    BIND_STRING(os.bootloader_user, b_info.bootloader_user),
#endif
    BIND_ENUM(os.bios, DomBios, b_info.u.hvm.bios, &bios, .guests = BIND_HVM),
    BIND_STRING(os.bios_path, b_info.u.hvm.system_firmware, .guests = BIND_HVM),
    BIND_STRING(os.firmware, b_info.u.hvm.firmware, .guests = BIND_HVM),
    BIND_STRING(os.boot, b_info.u.hvm.boot, .guests = BIND_HVM),
    BIND_STRING(os.acpi_firmware, b_info.u.hvm.acpi_firmware, .guests = BIND_HVM),
    BIND_STRING(os.smbios_firmware, b_info.u.hvm.smbios_firmware, .guests = BIND_HVM),
    BIND_DEFBOOL(os.pvshim, b_info.u.pvh.pvshim, .guests = BIND_PVH),
    BIND_STRING(os.pvshim_path, b_info.u.pvh.pvshim_path, .guests = BIND_PVH),
    BIND_STRING(os.pvshim_cmdline, b_info.u.pvh.pvshim_cmdline, .guests = BIND_PVH),
    BIND_STRING(os.pvshim_extra, b_info.u.pvh.pvshim_extra, .guests = BIND_PVH),
    BIND_STRING(os.device_model, b_info.device_model),
    BIND_STRING(os.device_model_user, b_info.device_model_user),
    BIND_DEFBOOL(os.device_model_stubdomain, b_info.device_model_stubdomain),
    BIND_STRING(os.device_model_stubdomain_seclabel, b_info.device_model_ssid_label),
    BIND_DEFBOOL(os.dm_restrict, b_info.dm_restrict),
    BIND_STRING(os.stubdomain_kernel, b_info.stubdomain_kernel),
    BIND_STRING(os.stubdomain_ramdisk, b_info.stubdomain_ramdisk),
    BIND_STRING(os.stubdomain_cmdline, b_info.stubdomain_cmdline),
    BIND_UINT(os.stubdomain_memory, b_info.stubdomain_memkb),
    BIND_STRV(os.device_model_args, b_info.extra),
    BIND_STRV(os.device_model_args_pv, b_info.extra_pv),
    BIND_STRV(os.device_model_args_hvm, b_info.extra_hvm),
};

/* xl.cfg's words for device_model_version; libxl's own have underscores. */
static const struct {
    const char *name;
    libxl_device_model_version version;
} versions[] = {
    { "qemu-xen", LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN },
    { "qemu-xen-traditional", LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN_TRADITIONAL },
};

static gboolean
apply_version(const char *name, libxl_device_model_version *version, GError **error)
{
    if (name == NULL)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        if (g_str_equal(name, versions[i].name)) {
            *version = versions[i].version;
            return TRUE;
        }
    }
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("device_model_version %s: expected qemu-xen or qemu-xen-traditional"), name);
    return FALSE;
}

/* Old files name hvmloader as the kernel; xl drops that, it is not what the guest boots. */
static void
drop_hvmloader(libxl_domain_build_info *b_info)
{
    g_autofree char *name = NULL;

    if (b_info->kernel == NULL)
        return;
    name = g_path_get_basename(b_info->kernel);
    if (g_str_equal(name, "hvmloader"))
        g_clear_pointer(&b_info->kernel, free);
}

/* xl makes a path of the name of a PV guest's firmware, and boots that. */
static void
apply_pv_firmware(const char *name, libxl_domain_build_info *b_info)
{
    g_autofree char *path = g_strdup_printf("%s/%s.bin", BIND_FIRMWARE_DIR, name);

    free(b_info->kernel);
    b_info->kernel = bind_strdup(path);
}

#ifdef BIND_HAVE_SMBIOS
/* "key=value", the keys in libxl's words. */
static gboolean
apply_smbios(char *const *items, libxl_domain_build_info *b_info, GError **error)
{
    for (; items != NULL && *items != NULL; items++) {
        g_auto(GStrv) pair = g_strsplit(*items, "=", 2);
        libxl_smbios_type key;
        libxl_smbios *entry;

        if (pair[0] == NULL || pair[1] == NULL || pair[1][0] == '\0' ||
            libxl_smbios_type_from_string(pair[0], &key) != 0) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("smbios: '%s' is wrong: expected KEY=VALUE with a key of xl.cfg(5)"),
                        *items);
            return FALSE;
        }
        entry = bind_array_add((gpointer *)&b_info->u.hvm.smbios, &b_info->u.hvm.num_smbios,
                               sizeof(*entry));
        libxl_smbios_init(entry);
        entry->key = key;
        entry->value = bind_strdup(pair[1]);
    }
    return TRUE;
}

static char **
read_smbios(const libxl_domain_build_info *b_info)
{
    int n = b_info->u.hvm.num_smbios;
    char **items = n > 0 ? g_new0(char *, (gsize)n + 1) : NULL;

    for (int i = 0; i < n; i++)
        items[i] =
            g_strdup_printf("%s=%s", libxl_smbios_type_to_string(b_info->u.hvm.smbios[i].key),
                            b_info->u.hvm.smbios[i].value);
    return items;
}
#else
/* xl passes over a key that it does not know. */
static gboolean
apply_smbios(char *const *items, libxl_domain_build_info *b_info, GError **error)
{
    return TRUE;
}

static char **
read_smbios(const libxl_domain_build_info *b_info)
{
    return NULL;
}
#endif

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const DomOs *os = &context->def->os;
    libxl_domain_build_info *b_info = &config->b_info;

    if (!apply_version(os->device_model_version, &b_info->device_model_version, error))
        return FALSE;
    if (context->type == DOM_TYPE_HVM) {
        drop_hvmloader(b_info);
        return apply_smbios(os->smbios, b_info, error);
    }
    if (os->pv_firmware != NULL)
        apply_pv_firmware(os->pv_firmware, b_info);
    if (b_info->kernel != NULL || b_info->bootloader != NULL)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, "kernel: %s",
                _("a PV or PVH guest needs a kernel or a bootloader; set one of them"));
    return FALSE;
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        if (versions[i].version == config->b_info.device_model_version)
            def->os.device_model_version = g_strdup(versions[i].name);
    }
    if (config->c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        def->os.smbios = read_smbios(&config->b_info);
}

const BindTopic bind_topic_os = {
    .name = "os",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_config,
};
