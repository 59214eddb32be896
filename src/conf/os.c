/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/os.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/floppy.h"
#include "conf/os_boot.h"
#include "conf/smbios.h"
#include "conf/xml.h"

static const char *const bios_texts[] = { NULL, "rombios", "seabios", "ovmf" };
const DomEnum dom_bios_names = DOM_ENUM(bios_texts, DOM_BIOS_LAST);

char **
dom_os_split_args(const char *text)
{
    g_auto(GStrv) raw = g_strsplit_set(text, " \t\n", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();

    for (char **word = raw; *word != NULL; word++) {
        if (**word != '\0')
            g_strv_builder_add(words, *word);
    }
    return g_strv_builder_end(words);
}

/* Arguments stand in one text, separated by blanks; one that holds a blank cannot be said. */
static gboolean
words_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    char **words = dom_os_split_args(text);

    dom_field_clear(field, record);
    *DOM_MEMBER(record, field, char **) = words;
    return TRUE;
}

static char *
words_format(const DomField *field, gconstpointer record)
{
    char **words = *DOM_CONST_MEMBER(record, field, char **);

    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0' || strpbrk(*word, " \t\n") != NULL)
            return NULL;
    }
    return g_strjoinv(" ", words);
}

static const DomXmlCodec words = { words_parse, words_format };

#define STRING(member, where, text) DOM_STRING_FIELD(DomOs, member, where, .doc = (text))
#define PATH(member, where, text)                                                                  \
    DOM_STRING_FIELD(DomOs, member, where, .xml = &dom_xml_path, .doc = (text))

static const DomField fields[] = {
    PATH(kernel, "os/kernel", N_("Kernel that is booted directly")),
    PATH(ramdisk, "os/initrd", N_("Initial RAM disk of the kernel")),
    STRING(cmdline, "os/cmdline", N_("Command line of the kernel")),
    PATH(device_tree, "os/dtb", N_("Partial device tree given to the guest")),
    STRING(bootloader, "bootloader",
           N_("Program in dom0 that finds the kernel in the guest's disk")),
    DOM_STRV_FIELD(DomOs, bootloader_args, "bootloader_args", .xml = &words,
                   .doc = N_("Arguments of the boot loader program")),
    DOM_TRISTATE_FIELD(DomOs, bootloader_restrict, NULL,
                       .doc = N_("Run the boot loader program without rights")),
    STRING(bootloader_user, NULL, N_("User that the boot loader program runs as")),
    DOM_ENUM_FIELD(DomOs, bios, DomBios, &dom_bios_names, NULL, .doc = N_("Virtual firmware")),
    STRING(bios_path, NULL, N_("File of the virtual firmware")),
    STRING(firmware, NULL, N_("File in place of hvmloader")),
    STRING(pv_firmware, NULL, N_("Boot loader of Xen that finds the kernel from inside")),
    STRING(boot, NULL, N_("Boot order: a floppy, c disk, d CD-ROM, n network")),
    STRING(acpi_firmware, NULL, N_("File of extra ACPI tables")),
    STRING(smbios_firmware, NULL, N_("File of extra SMBIOS structures")),
    DOM_STRV_FIELD(DomOs, smbios, NULL, .doc = N_("SMBIOS strings")),
    DOM_TRISTATE_FIELD(DomOs, pvshim, NULL, .doc = N_("Run a PV guest inside a PVH container")),
    STRING(pvshim_path, NULL, N_("File of the PV shim")),
    STRING(pvshim_cmdline, NULL, N_("Command line of the PV shim")),
    STRING(pvshim_extra, NULL, N_("More of the command line of the PV shim")),
    PATH(device_model, "devices/emulator", N_("Program that emulates devices")),
    STRING(device_model_version, NULL, N_("Which device model is used")),
    STRING(device_model_user, NULL, N_("User that the device model runs as")),
    DOM_TRISTATE_FIELD(DomOs, device_model_stubdomain, NULL,
                       .doc = N_("Run the device model in a domain of its own")),
    STRING(device_model_stubdomain_seclabel, NULL, N_("XSM label of the stub domain")),
    DOM_TRISTATE_FIELD(DomOs, dm_restrict, NULL,
                       .doc = N_("Take the device model's rights over other domains")),
    STRING(stubdomain_kernel, NULL, N_("Kernel of the stub domain")),
    STRING(stubdomain_ramdisk, NULL, N_("RAM disk of the stub domain")),
    STRING(stubdomain_cmdline, NULL, N_("Command line of the stub domain")),
    DOM_UINT_FIELD(DomOs, stubdomain_memory, NULL, .doc = N_("Memory of the stub domain")),
    DOM_STRV_FIELD(DomOs, device_model_args, NULL,
                   .doc = N_("Extra arguments of the device model")),
    DOM_STRV_FIELD(DomOs, device_model_args_pv, NULL,
                   .doc = N_("Extra arguments of a PV guest's device model")),
    DOM_STRV_FIELD(DomOs, device_model_args_hvm, NULL,
                   .doc = N_("Extra arguments of an HVM guest's device model")),
};

/* libvirt's tools write the loader of the host's capabilities, which libxl finds by itself. One
 * that Xen did not install is what stands in its place. */
static gboolean
is_hvmloader(const char *loader)
{
    return g_str_equal(loader, "hvmloader") ||
           g_pattern_match_simple("/usr/*/xen*/boot/hvmloader", loader);
}

/* What else it says goes with it. */
static void
keep_loader(DomXml *xml, xmlNodePtr node, DomOs *os)
{
    xmlNodePtr loader = dom_xml_find(node, "os/loader");
    g_autofree char *text = loader->properties != NULL ? dom_xml_element_text(loader) : NULL;

    if (text != NULL)
        dom_xml_keep(xml, node, "os/loader", &os->rest, "os", NULL, text);
}

/* A loader without a file says nothing to libxl. */
static void
keep_nameless(DomXml *xml, xmlNodePtr node, DomOs *os)
{
    keep_loader(xml, node, os);
    dom_xml_report(
        xml, DOM_SEVERITY_WARNING, node, "os/loader",
        _("no file is named, and the guest gets the firmware that it has anyway; expected "
          "<loader>FILE</loader>, or <os firmware='efi'>"));
}

/* Written for OVMF's file alone, and gone with the loader of the host; elsewhere it is unknown. */
static void
claim_readonly(DomXml *xml, xmlNodePtr node, const char *loader, const char *type)
{
    g_autofree char *text = dom_xml_peek(node, "os/loader/@readonly");
    gboolean ours = g_strcmp0(type, "pflash") == 0 && g_strcmp0(text, "yes") == 0;

    if (ours || (loader != NULL && is_hvmloader(loader)))
        dom_xml_claim(xml, node, "os/loader/@readonly");
}

/*
 * <os firmware='efi|bios'> names the firmware; <loader> its file: pflash is OVMF's, any other is
 * what stands in place of hvmloader.
 */
static void
parse_firmware(DomXml *xml, xmlNodePtr node, DomOs *os)
{
    g_autofree char *firmware = dom_xml_take(xml, node, "os/@firmware");
    g_autofree char *loader = dom_xml_take(xml, node, "os/loader");
    g_autofree char *type = dom_xml_take(xml, node, "os/loader/@type");

    claim_readonly(xml, node, loader, type);
    if (firmware != NULL)
        os->bios = g_str_equal(firmware, "efi") ? DOM_BIOS_OVMF : DOM_BIOS_SEABIOS;
    if (loader == NULL)
        return;
    if (*loader == '\0') {
        keep_nameless(xml, node, os);
        return;
    }
    if (is_hvmloader(loader)) {
        keep_loader(xml, node, os);
        return;
    }
    if (g_strcmp0(type, "pflash") == 0) {
        os->bios_path = g_steal_pointer(&loader);
        if (os->bios == DOM_BIOS_ABSENT)
            os->bios = DOM_BIOS_OVMF;
    } else {
        os->firmware = g_steal_pointer(&loader);
    }
}

static gboolean
is_path(const char *text)
{
    return text != NULL && dom_xml_is_path(text);
}

static void
format_firmware(xmlNodePtr node, const DomOs *os)
{
    if (os->bios == DOM_BIOS_OVMF && is_path(os->bios_path)) {
        dom_xml_set(node, "os/loader", os->bios_path);
        dom_xml_set(node, "os/loader/@readonly", "yes");
        dom_xml_set(node, "os/loader/@type", "pflash");
        return;
    }
    if (os->bios == DOM_BIOS_OVMF || os->bios == DOM_BIOS_SEABIOS)
        dom_xml_set(node, "os/@firmware", os->bios == DOM_BIOS_OVMF ? "efi" : "bios");
    if (is_path(os->firmware) && !is_hvmloader(os->firmware)) {
        dom_xml_set(node, "os/loader", os->firmware);
        dom_xml_set(node, "os/loader/@type", "rom");
    }
}

/* The schema has it for HVM guests only. */
#define ACPI_TABLE "os/acpi/table[@type='slic']"

static void
parse_acpi(DomXml *xml, xmlNodePtr node, DomOs *os)
{
    g_autofree char *path = dom_xml_peek(node, ACPI_TABLE);

    if (path == NULL || *path == '\0')
        return;
    dom_xml_claim(xml, node, ACPI_TABLE);
    os->acpi_firmware = g_steal_pointer(&path);
}

static void
format_acpi(xmlNodePtr node, const DomOs *os)
{
    if (is_path(os->acpi_firmware))
        dom_xml_set(node, ACPI_TABLE, os->acpi_firmware);
}

/* libvirt's own place for arguments of QEMU, in a namespace of its own. */
#define XEN_NS "http://libvirt.org/schemas/domain/xen/1.0"

static gboolean
is_commandline(xmlNodePtr node)
{
    return node->ns != NULL && g_str_equal((const char *)node->ns->href, XEN_NS);
}

/* One without arguments is nothing that would be written. */
static gboolean
has_arguments(xmlNodePtr line)
{
    xmlNodePtr arg = dom_xml_child(line, "arg");

    while (arg != NULL && dom_xml_find(arg, "@value") == NULL)
        arg = dom_xml_next(arg, "arg");
    return arg != NULL;
}

static void
parse_arguments(DomXml *xml, xmlNodePtr node, DomOs *os)
{
    xmlNodePtr line = dom_xml_child(node, "commandline");
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    if (line == NULL || !is_commandline(line) || !has_arguments(line))
        return;
    dom_xml_claim_node(xml, line);
    for (xmlNodePtr arg = dom_xml_child(line, "arg"); arg != NULL; arg = dom_xml_next(arg, "arg")) {
        g_autofree char *value = dom_xml_take(xml, arg, "@value");

        if (value == NULL)
            continue;
        dom_xml_claim_node(xml, arg);
        g_strv_builder_add(builder, value);
    }
    os->device_model_args = g_strv_builder_end(builder);
}

static void
format_arguments(xmlNodePtr node, const DomOs *os)
{
    xmlNodePtr line = xmlNewChild(node, NULL, BAD_CAST "commandline", NULL);
    xmlNsPtr ns = xmlNewNs(line, BAD_CAST XEN_NS, BAD_CAST "xen");

    xmlSetNs(line, ns);
    for (char **arg = os->device_model_args; *arg != NULL; arg++)
        xmlNewProp(xmlNewChild(line, ns, BAD_CAST "arg", NULL), BAD_CAST "value", BAD_CAST * arg);
}

/* The schema wants a kernel or a boot loader in a PV guest; an empty one says there is neither. */
static void
format_no_kernel(xmlNodePtr node, const DomDef *def)
{
    if (dom_general_type(def) != DOM_TYPE_HVM && dom_xml_find(node, "os/kernel") == NULL &&
        dom_xml_find(node, "bootloader") == NULL)
        dom_xml_set(node, "bootloader", "");
}

static void
claim_no_kernel(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *bootloader = dom_xml_peek(node, "bootloader");

    if (bootloader != NULL && *bootloader == '\0')
        dom_xml_claim(xml, node, "bootloader");
}

/* What the in-tree driver takes for a PV guest whose XML names nothing to boot. */
#define PYGRUB "pygrub"

static void
default_bootloader(xmlNodePtr node, DomOs *os, const DomDef *def)
{
    if (dom_general_type(def) == DOM_TYPE_PV && os->kernel == NULL &&
        dom_xml_child(node, "bootloader") == NULL)
        os->bootloader = g_strdup(PYGRUB);
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    parse_arguments(xml, node, record);
    if (dom_general_type(def) == DOM_TYPE_HVM)
        ((DomOs *)record)->device_model_args_hvm = dom_floppy_parse(xml, node);
    claim_no_kernel(xml, node);

    default_bootloader(node, record, def);
    if (dom_xml_child(node, "os") == NULL)
        return;
    dom_os_boot_parse(xml, node, record, def);
    if (dom_general_type(def) != DOM_TYPE_HVM)
        return;
    parse_firmware(xml, node, record);
    parse_acpi(xml, node, record);
    ((DomOs *)record)->smbios = dom_smbios_parse(xml, node);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomOs *os = record;

    format_no_kernel(node, def);
    if (os->device_model_args != NULL && *os->device_model_args != NULL)
        format_arguments(node, os);
    /* The schema has these for HVM guests only. */
    if (dom_general_type(def) != DOM_TYPE_HVM)
        return;
    dom_floppy_format(node, os->device_model_args_hvm);
    if (os->boot != NULL)
        dom_os_boot_format(node, os->boot);
    format_firmware(node, os);
    format_acpi(node, os);
    if (os->smbios != NULL)
        dom_smbios_format(node, os->smbios);
}

const DomRecord dom_os_record = DOM_RECORD(DomOs, "os", fields, .parse = parse, .format = format);

gboolean
dom_os_is_traditional(const DomOs *os)
{
    return g_strcmp0(os->device_model_version, "qemu-xen-traditional") == 0;
}
