/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/smbios.h"
#include "xlconv/key.h"
#include "xlconv/spec.h"
#include "xlconv/values.h"

/* An HVM guest's hvmloader is libxl's business: xl drops the name, and so the key is only kept. */
static gboolean
kernel_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);
    g_autofree char *base = text != NULL ? g_path_get_basename(text) : NULL;

    if (text == NULL)
        return FALSE;
    if (dom_general_type(def) == DOM_TYPE_HVM && g_str_equal(base, "hvmloader")) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
                   _("xl ignores this: hvmloader is always there; for another one use "
                     "firmware_override"));
        return FALSE;
    }
    g_free(def->os.kernel);
    def->os.kernel = g_strdup(text);
    return TRUE;
}

static void
kernel_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->os.kernel != NULL)
        xlc_writer_string(writer, key->key, def->os.kernel);
}

static void
kernel_clear(const XlcKey *key, DomDef *def)
{
    g_clear_pointer(&def->os.kernel, g_free);
}

static const XlcCodec kernel_codec = { kernel_parse, kernel_format, kernel_clear, NULL };

/* In residual text the command line stands outside, unless a root= before this made it. */
static gboolean
has_cmdline(const XlcReader *reader, const DomDef *def)
{
    const XlcEntry *root = xlc_doc_get(reader->doc, "root");
    const XlcEntry *cmdline = xlc_doc_get(reader->doc, "cmdline");

    /* A list is no command line, so xl does not see it. */
    if (cmdline != NULL && cmdline->value->kind != XLC_VALUE_LIST)
        return TRUE;
    return reader->patch && def->os.cmdline != NULL &&
           (root == NULL || !reader->taken[xlc_key_index(root->key)]);
}

/* root= and extra= join into the command line, unless cmdline= stands beside them and wins. */
static gboolean
cmdline_beats(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, const DomDef *def)
{
    if (!has_cmdline(reader, def))
        return FALSE;
    xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
               _("xl ignores this key, since cmdline is there too"));
    return TRUE;
}

static gboolean
root_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);

    if (text == NULL || cmdline_beats(reader, key, entry, def))
        return FALSE;
    def->os.cmdline = g_strconcat("root=", text, NULL);
    return TRUE;
}

static gboolean
extra_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);
    g_autofree char *root = NULL;

    if (text == NULL || cmdline_beats(reader, key, entry, def))
        return FALSE;
    root = g_steal_pointer(&def->os.cmdline);
    def->os.cmdline = root != NULL ? g_strconcat(root, " ", text, NULL) : g_strdup(text);
    return TRUE;
}

static const XlcCodec root_codec = { root_parse, NULL, NULL, NULL };
static const XlcCodec extra_codec = { extra_parse, NULL, NULL, NULL };

/* What xl cuts a text into; it crashes where there is nothing in it. */
static char **
args_cut(XlcReader *reader, const XlcKey *key, const XlcValue *value)
{
    char **words = dom_os_split_args(value->text);

    xlc_report(reader, DOM_SEVERITY_WARNING, key, value, "%s",
               *words != NULL
                   ? _("one text is deprecated here: write a list, [ \"ARG\", \"ARG\" ]")
                   : _("xl refuses a text with no word in it, and crashes: leave this out"));
    return words;
}

/* A list, or one text. */
static gboolean
args_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    char **args = entry->value->kind == XLC_VALUE_LIST ? xlc_take_strv(reader, key, entry->value)
                                                       : args_cut(reader, key, entry->value);

    if (args == NULL)
        return FALSE;
    g_strfreev(def->os.bootloader_args);
    def->os.bootloader_args = args;
    return TRUE;
}

static void
args_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->os.bootloader_args == NULL)
        return;
    xlc_writer_open(writer, key->key);
    for (char **arg = def->os.bootloader_args; *arg != NULL; arg++)
        xlc_writer_item_string(writer, *arg);
    xlc_writer_close(writer);
}

static void
args_clear(const XlcKey *key, DomDef *def)
{
    g_clear_pointer(&def->os.bootloader_args, g_strfreev);
}

static const XlcCodec args_codec = { args_parse, args_format, args_clear, NULL };

/* A PV or PVH guest's firmware is a boot loader of Xen's, in place of a kernel. */
static gboolean
pv_firmware_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, DomDef *def)
{
    if (def->os.kernel != NULL) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
                   _("xl takes either a kernel or a firmware: leave one of them out"));
        return FALSE;
    }
    if (!g_str_has_prefix("pvgrub32", value->text) && !g_str_has_prefix("pvgrub64", value->text)) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
                   _("'%s' is no firmware of a PV or PVH guest: expected pvgrub32 or pvgrub64"),
                   value->text);
        return FALSE;
    }
    g_free(def->os.pv_firmware);
    def->os.pv_firmware = g_strdup(value->text);
    return TRUE;
}

/*
 * An HVM guest's firmware= names a BIOS or a file and beats bios= and firmware_override=. xl
 * compares the first characters only, so "" is uefi; "bios" leaves the choice to libxl.
 */
static gboolean
firmware_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);
    int bios;

    if (text == NULL)
        return FALSE;
    if (dom_general_type(def) != DOM_TYPE_HVM)
        return pv_firmware_parse(reader, key, entry->value, def);
    bios = dom_enum_from_name(&dom_bios_names, text, TRUE);
    if (bios != 0) {
        def->os.bios = (DomBios)bios;
    } else if (g_str_has_prefix("uefi", text)) {
        def->os.bios = DOM_BIOS_OVMF;
        if (!g_str_equal(text, "uefi"))
            xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, _("xl reads '%s' as %s"),
                       text, "uefi");
    } else if (!g_str_has_prefix("bios", text)) {
        g_free(def->os.firmware);
        def->os.firmware = g_strdup(text);
    }
    return TRUE;
}

static void
firmware_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->os.pv_firmware != NULL)
        xlc_writer_string(writer, key->key, def->os.pv_firmware);
}

static void
firmware_clear(const XlcKey *key, DomDef *def)
{
    g_clear_pointer(&def->os.pv_firmware, g_free);
}

static const XlcCodec firmware_codec = { firmware_parse, firmware_format, firmware_clear, NULL };

/* Only one is known since QEMU's traditional fork is gone; xl refuses other words. */
static gboolean
dm_version_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);

    if (text == NULL)
        return FALSE;
    if (!g_str_equal(text, "qemu-xen") && !g_str_equal(text, "qemu-xen-traditional")) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value,
                   _("'%s' is no device model: expected qemu-xen"), text);
        return FALSE;
    }
    g_free(def->os.device_model_version);
    def->os.device_model_version = g_strdup(text);
    return TRUE;
}

static void
dm_version_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->os.device_model_version != NULL)
        xlc_writer_string(writer, key->key, def->os.device_model_version);
}

static void
dm_version_clear(const XlcKey *key, DomDef *def)
{
    g_clear_pointer(&def->os.device_model_version, g_free);
}

static const XlcCodec dm_version_codec = { dm_version_parse, dm_version_format, dm_version_clear,
                                           NULL };

static void
smbios_options(GPtrArray *list)
{
    const char *name;

    for (guint i = 0; (name = dom_smbios_key(i)) != NULL; i++)
        xlc_spec_options_get(list, name, strlen(name));
}

static const XlcKey keys[] = {
    XLC_SPECIAL("kernel", &kernel_codec, XLC_ANY, .value = N_("text"),
                .doc = N_("Kernel that is booted directly")),
    XLC_STRING("ramdisk", os.ramdisk, XLC_ANY, .doc = N_("Initial RAM disk of the kernel")),
    XLC_STRING("cmdline", os.cmdline, XLC_ANY, .doc = N_("Command line of the kernel")),
    XLC_SPECIAL("root", &root_codec, XLC_ANY, .status = XLC_ALIAS, .instead = "cmdline",
                .part = "root=", .value = N_("text"), .doc = N_("Root device on the command line")),
    XLC_SPECIAL("extra", &extra_codec, XLC_ANY, .status = XLC_ALIAS, .instead = "cmdline",
                .part = "", .value = N_("text"), .doc = N_("Rest of the command line")),
    XLC_STRING("device_tree", os.device_tree, XLC_ARM, .doc = N_("Partial device tree")),
    XLC_STRING("bootloader", os.bootloader, XLC_PV | XLC_PVH,
               .doc = N_("Program in dom0 that finds the kernel in the guest's disk")),
    XLC_SPECIAL("bootloader_args", &args_codec, XLC_PV | XLC_PVH,
                .value = N_("text, or list of texts"),
                .doc = N_("Arguments of the boot loader program")),
    XLC_BOOL("bootloader_restrict", os.bootloader_restrict, XLC_PV | XLC_PVH, .since = "4.18",
             .doc = N_("Run the boot loader without rights")),
    XLC_STRING("bootloader_user", os.bootloader_user, XLC_PV | XLC_PVH, .since = "4.18",
               .doc = N_("User that the boot loader runs as")),
    XLC_ENUM("bios", os.bios, DomBios, &dom_bios_names, XLC_HVM, .flags = XLC_FOLD,
             .doc = N_("Virtual firmware")),
    XLC_STRING("bios_path_override", os.bios_path, XLC_HVM,
               .doc = N_("File of the virtual firmware")),
    XLC_STRING("firmware_override", os.firmware, XLC_HVM, .doc = N_("File in place of hvmloader")),
    XLC_SPECIAL("firmware", &firmware_codec, XLC_ANY,
                .value = N_("for HVM one of bios, seabios, rombios, uefi, ovmf, or a file; else "
                            "one of pvgrub32, pvgrub64"),
                .doc = N_("Virtual firmware, by name or file")),
    XLC_STRING("boot", os.boot, XLC_HVM, .doc = N_("Boot order: letters a, c, d, n")),
    XLC_STRING("acpi_firmware", os.acpi_firmware, XLC_HVM, .doc = N_("File of extra ACPI tables")),
    XLC_STRING("smbios_firmware", os.smbios_firmware, XLC_HVM,
               .doc = N_("File of extra SMBIOS structures")),
    XLC_STRV("smbios", os.smbios, XLC_HVM, .expect = xlc_expect_smbios, .options = smbios_options,
             .flags = XLC_FATAL | XLC_UNREAD_ELSEWHERE, .since = "4.18",
             .doc = N_("SMBIOS strings, KEY=VALUE")),
    XLC_BOOL("pvshim", os.pvshim, XLC_PVH, .doc = N_("Run a PV guest inside a PVH container")),
    XLC_STRING("pvshim_path", os.pvshim_path, XLC_PVH, .doc = N_("File of the PV shim")),
    XLC_STRING("pvshim_cmdline", os.pvshim_cmdline, XLC_PVH,
               .doc = N_("Command line of the PV shim")),
    XLC_STRING("pvshim_extra", os.pvshim_extra, XLC_PVH,
               .doc = N_("More of the command line of the PV shim")),
    XLC_STRING("device_model_override", os.device_model, XLC_ANY,
               .doc = N_("Program that emulates devices")),
    XLC_UNMAPPED("device_model", XLC_ANY,
                 N_("xl ignores this key: use device_model_override; it is kept as it is"),
                 .value = N_("anything"), .doc = N_("Old name of device_model_override")),
    XLC_SPECIAL("device_model_version", &dm_version_codec, XLC_ANY,
                .value = N_("one of qemu-xen, qemu-xen-traditional"),
                .doc = N_("Which device model is used")),
    XLC_STRING("device_model_user", os.device_model_user, XLC_HVM,
               .doc = N_("User that the device model runs as")),
    XLC_BOOL("device_model_stubdomain_override", os.device_model_stubdomain, XLC_HVM,
             .doc = N_("Run the device model in a domain of its own")),
    XLC_STRING("device_model_stubdomain_seclabel", os.device_model_stubdomain_seclabel, XLC_HVM,
               .doc = N_("XSM label of the stub domain")),
    XLC_BOOL("dm_restrict", os.dm_restrict, XLC_HVM,
             .doc = N_("Take the device model's rights over other domains")),
    XLC_STRING("stubdomain_kernel", os.stubdomain_kernel, XLC_HVM,
               .doc = N_("Kernel of the stub domain")),
    XLC_STRING("stubdomain_ramdisk", os.stubdomain_ramdisk, XLC_HVM,
               .doc = N_("RAM disk of the stub domain")),
    XLC_STRING("stubdomain_cmdline", os.stubdomain_cmdline, XLC_HVM,
               .doc = N_("Command line of the stub domain")),
    XLC_MIB("stubdomain_memory", os.stubdomain_memory, XLC_HVM,
            .doc = N_("Memory of the stub domain, in MiB")),
    XLC_STRV("device_model_args", os.device_model_args, XLC_ANY, .flags = XLC_FATAL,
             .doc = N_("Extra arguments of the device model")),
    XLC_STRV("device_model_args_pv", os.device_model_args_pv, XLC_PV, .flags = XLC_FATAL,
             .doc = N_("Extra arguments of a PV guest's device model")),
    XLC_STRV("device_model_args_hvm", os.device_model_args_hvm, XLC_HVM, .flags = XLC_FATAL,
             .doc = N_("Extra arguments of an HVM guest's device model")),
};

XLC_TOPIC(os, keys);
