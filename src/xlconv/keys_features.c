/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/hyperv.h"
#include "xlconv/key.h"
#include "xlconv/numbers.h"
#include "xlconv/spec.h"
#include "xlconv/values.h"

/* The model's list, or what its plain switch is as a list (transfer full); NULL for neither. */
static char **
groups_of(const DomFeatures *features)
{
    if (features->viridian_list != NULL)
        return g_strdupv(features->viridian_list);
    if (features->viridian == DOM_TRISTATE_ON)
        return g_strdupv((char *[]){ (char *)"defaults", NULL });
    return NULL;
}

/*
 * In residual text the list adds groups to those that the elements have. Where it was the whole
 * list and the elements have changed since, it adds only what has no element.
 */
static char **
add_groups(XlcReader *reader, const XlcKey *key, char **list, const DomDef *def)
{
    g_auto(GStrv) shown = groups_of(&def->features);

    if (!reader->patch || shown == NULL)
        return dom_hyperv_sorted(list);
    return dom_hyperv_joined(shown, list, g_hash_table_contains(reader->stale, key));
}

/* A number switches the default groups; a list names groups. */
static gboolean
viridian_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    DomFeatures *features = &def->features;
    g_autoptr(GError) error = NULL;
    gboolean on;

    if (entry->value->kind == XLC_VALUE_LIST) {
        g_auto(GStrv) list = xlc_take_strv(reader, key, entry->value);
        char **groups = list != NULL ? add_groups(reader, key, list, def) : NULL;

        if (groups == NULL)
            return FALSE;
        g_strfreev(features->viridian_list);
        features->viridian_list = groups;
        features->viridian = DOM_TRISTATE_ABSENT;
        return TRUE;
    }
    if (!xlc_entry_bool(entry, &on, &error)) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, _("%s; xl ignores this key"),
                   error->message);
        return FALSE;
    }
    features->viridian = on ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    return TRUE;
}

static void
write_groups(const XlcKey *key, char *const *list, XlcWriter *writer)
{
    xlc_writer_open(writer, key->key);
    for (; *list != NULL; list++)
        xlc_writer_item_string(writer, *list);
    xlc_writer_close(writer);
}

static void
viridian_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->features.viridian_list != NULL)
        write_groups(key, def->features.viridian_list, writer);
    else if (def->features.viridian != DOM_TRISTATE_ABSENT)
        xlc_writer_unsigned(writer, key->key, def->features.viridian == DOM_TRISTATE_ON);
}

static void
viridian_clear(const XlcKey *key, DomDef *def)
{
    def->features.viridian = DOM_TRISTATE_ABSENT;
    g_clear_pointer(&def->features.viridian_list, g_strfreev);
}

/* What is to be added to the groups of @projected to make those of @def (transfer full), or NULL
 * when adding does not make them. */
static char **
groups_to_add(const DomDef *def, const DomDef *projected)
{
    char **list = def->features.viridian_list;
    g_auto(GStrv) shown = groups_of(&projected->features);
    g_auto(GStrv) rest = list != NULL && shown != NULL ? dom_hyperv_rest(list, shown) : NULL;
    g_auto(GStrv) joined = rest != NULL ? dom_hyperv_joined(shown, rest, FALSE) : NULL;

    if (joined == NULL || *rest == NULL ||
        !g_strv_equal((const char *const *)joined, (const char *const *)list))
        return NULL;
    return g_steal_pointer(&rest);
}

static gboolean
viridian_whole(const DomDef *def, const DomDef *projected)
{
    g_auto(GStrv) rest = groups_to_add(def, projected);

    return rest == NULL;
}

static void
viridian_patch(const XlcKey *key, const DomDef *def, const DomDef *projected, XlcWriter *writer)
{
    g_auto(GStrv) rest = groups_to_add(def, projected);

    if (rest != NULL)
        write_groups(key, rest, writer);
    else
        viridian_format(key, def, writer);
}

/* Where no group is on Xen starts no guest that some are added to. */
static gboolean
viridian_bare(const DomDef *def)
{
    g_auto(GStrv) list = groups_of(&def->features);

    for (char **item = list; item != NULL && *item != NULL; item++) {
        if (**item != '!')
            return FALSE;
    }
    return TRUE;
}

static const XlcCodec viridian_codec = { viridian_parse, viridian_format, viridian_clear,
                                         viridian_patch, viridian_whole,  .bare = viridian_bare };

static void
viridian_options(GPtrArray *list)
{
    const char *word;

    for (guint i = 0; (word = dom_hyperv_word(i)) != NULL; i++)
        xlc_spec_options_get(list, word, strlen(word))->flag = TRUE;
}

static const XlcKey keys[] = {
    XLC_BOOL("hap", features.hap, XLC_PVH | XLC_HVM, .doc = N_("Hardware assisted paging")),
    XLC_BOOL("oos", features.oos, XLC_PVH | XLC_HVM,
             .doc = N_("Shadow page tables may be out of sync")),
    XLC_BOOL("acpi", features.acpi, XLC_ANY, .doc = N_("ACPI tables")),
    XLC_BOOL("acpi_s3", features.acpi_s3, XLC_HVM, .doc = N_("Suspend to memory")),
    XLC_BOOL("acpi_s4", features.acpi_s4, XLC_HVM, .doc = N_("Suspend to disk")),
    XLC_BOOL("acpi_laptop_slate", features.acpi_laptop_slate, XLC_HVM,
             .doc = N_("Laptop/slate mode switch")),
    XLC_BOOL("apic", features.apic, XLC_HVM, .doc = N_("Local and I/O APIC")),
    XLC_BOOL("pae", features.pae, XLC_HVM, .flags = XLC_IMPLIED,
             .doc = N_("Physical address extension")),
    XLC_SPECIAL("viridian", &viridian_codec, XLC_HVM, .expect = xlc_expect_viridian,
                .options = viridian_options, .flags = XLC_FATAL | XLC_SWITCH,
                .value = N_("0, 1, or a list of the groups below"),
                .doc = N_("Hyper-V interfaces")),
    XLC_BOOL("e820_host", features.e820_host, XLC_PV,
             .doc = N_("Give a PV guest the host's memory map")),
    XLC_ENUM("passthrough", features.passthrough, DomPassthrough, &dom_passthrough_names, XLC_ANY,
             .flags = XLC_FOLD, .doc = N_("How the IOMMU serves the guest")),
    XLC_ENUM("altp2m", features.altp2m, DomAltp2m, &dom_altp2m_names, XLC_ANY,
             .flags = XLC_FOLD | XLC_NUMERIC, .doc = N_("Alternate views of guest memory")),
    XLC_BOOL("altp2mhvm", features.altp2mhvm, XLC_HVM,
             .doc = N_("Alternate views of guest memory, old switch")),
    XLC_INT("altp2m_count", features.altp2m_count, XLC_HVM, .expect = xlc_expect_altp2m_count,
            .since = "4.21", .doc = N_("How many alternate views")),
    XLC_BOOL("msr_relaxed", features.msr_relaxed, XLC_ANY, .doc = N_("Unknown MSRs read as zero")),
    XLC_BOOL("vpmu", features.vpmu, XLC_ARM, .doc = N_("Performance counters")),
    XLC_MIB("mmio_hole", features.mmio_hole, XLC_HVM, .flags = XLC_FATAL_NEGATIVE,
            .doc = N_("Size of the memory hole below 4 GiB, in MiB")),
    XLC_ENUM("ms_vm_genid", features.ms_vm_genid, DomGenid, &dom_genid_names, XLC_HVM,
             .doc = N_("Generation id for Windows guests")),
    XLC_STRV("mca_caps", features.mca_caps, XLC_HVM, .expect = xlc_expect_mca_cap,
             .flags = XLC_FATAL | XLC_UNREAD_ELSEWHERE, .value = N_("list of the word lmce"),
             .doc = N_("Machine check capabilities")),
    XLC_INT("vmtrace_buf_kb", features.vmtrace_buf_kb, XLC_PVH | XLC_HVM,
            .doc = N_("Processor trace buffer per vCPU, in KiB")),
    XLC_BOOL("xen_platform_pci", features.xen_platform_pci, XLC_HVM,
             .doc = N_("The PCI device that PV drivers look for")),
    XLC_BOOL("xen_platform_pci_bar_uc", features.xen_platform_pci_bar_uc, XLC_HVM, .since = "4.21",
             .doc = N_("Do not cache the platform device's memory")),
    XLC_ENUM("vendor_device", features.vendor_device, DomVendorDevice, &dom_vendor_device_names,
             XLC_HVM, .flags = XLC_FOLD,
             .doc = N_("Which vendor's PV drivers Windows Update offers")),
    XLC_BOOL("hvm_pirq", features.hvm_pirq, XLC_HVM, .since = "4.19",
             .doc = N_("Interrupts of devices as event channels")),
    XLC_STRING("gic_version", features.gic_version, XLC_ARM, .expect = xlc_expect_gic_version,
               .doc = N_("Interrupt controller of an Arm guest")),
    XLC_STRING("tee", features.tee, XLC_ARM, .expect = xlc_expect_tee,
               .doc = N_("Trusted execution environment")),
    XLC_STRING("sve", features.sve, XLC_ARM, .expect = xlc_expect_sve, .since = "4.18",
               .doc = N_("Scalable vectors of an Arm guest")),
    XLC_INT("nr_spis", features.nr_spis, XLC_ARM, .since = "4.19",
            .doc = N_("Shared interrupts of an Arm guest")),
    XLC_STRING("arm_sci", features.arm_sci, XLC_ARM, .expect = xlc_expect_arm_sci,
               .options = xlc_arm_sci_options, .since = "4.21",
               .doc = N_("System control interface of an Arm guest")),
    XLC_BOOL("trap_unmapped_accesses", features.trap_unmapped_accesses, XLC_ARM, .since = "4.21",
             .doc = N_("What becomes of accesses to nothing")),
    XLC_STRV("llc_colors", features.llc_colors, XLC_ARM, .expect = xlc_expect_llc_colors,
             .flags = XLC_FATAL, .since = "4.20", .doc = N_("Cache colours of the guest's memory")),
};

XLC_TOPIC(features, keys);
