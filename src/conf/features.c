/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/features.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"
#include "conf/hyperv.h"
#include "conf/xml.h"

static const char *const passthrough_texts[] = { NULL,      "default", "disabled",
                                                 "enabled", "sync_pt", "share_pt" };
static const char *const altp2m_texts[] = { NULL, "disabled", "mixed", "external", "limited" };
static const char *const genid_texts[] = { NULL, "generate", "none" };
static const char *const vendor_device_texts[] = { NULL, "none", "xenserver" };

const DomEnum dom_passthrough_names = DOM_ENUM(passthrough_texts, DOM_PASSTHROUGH_LAST);
const DomEnum dom_altp2m_names = DOM_ENUM(altp2m_texts, DOM_ALTP2M_LAST);
const DomEnum dom_genid_names = DOM_ENUM(genid_texts, DOM_GENID_LAST);
const DomEnum dom_vendor_device_names = DOM_ENUM(vendor_device_texts, DOM_VENDOR_DEVICE_LAST);

/* Unknown MSRs are ignored or make a fault. */
static gboolean
msrs_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    if (!g_str_equal(text, "ignore") && !g_str_equal(text, "fault"))
        return FALSE;
    *DOM_MEMBER(record, field, DomTristate) =
        g_str_equal(text, "ignore") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    return TRUE;
}

static char *
msrs_format(const DomField *field, gconstpointer record)
{
    return g_strdup(*DOM_CONST_MEMBER(record, field, DomTristate) == DOM_TRISTATE_ON ? "ignore"
                                                                                     : "fault");
}

/* xl's v2 and v3 are libvirt's 2 and 3. */
static gboolean
gic_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    if (!g_str_equal(text, "2") && !g_str_equal(text, "3"))
        return FALSE;
    dom_field_clear(field, record);
    *DOM_MEMBER(record, field, char *) = g_strconcat("v", text, NULL);
    return TRUE;
}

static char *
gic_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);

    return g_str_equal(text, "v2") || g_str_equal(text, "v3") ? g_strdup(text + 1) : NULL;
}

static gboolean
genid_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return *text != '\0' && dom_xml_uuid.parse(field, record, text, error);
}

/* xl.cfg may have switched it off beside one that is left from XML. */
static char *
genid_format(const DomField *field, gconstpointer record)
{
    const DomFeatures *features = record;

    return features->ms_vm_genid != DOM_GENID_NONE ? g_strdup(features->genid) : NULL;
}

static const DomXmlCodec genid = { genid_parse, genid_format };
static const DomXmlCodec msrs = { msrs_parse, msrs_format };
static const DomXmlCodec gic = { gic_parse, gic_format };

#define ONOFF(member, where, codec, text)                                                          \
    DOM_TRISTATE_FIELD(DomFeatures, member, where, .xml = (codec), .doc = (text))

static const DomField fields[] = {
    ONOFF(hap, "features/hap/@state", &dom_xml_onoff, N_("Hardware assisted paging")),
    ONOFF(oos, NULL, NULL, N_("Shadow page tables may be out of sync")),
    ONOFF(acpi, NULL, NULL, N_("ACPI tables")),
    ONOFF(acpi_s3, "pm/suspend-to-mem/@enabled", &dom_xml_yesno, N_("Suspend to memory")),
    ONOFF(acpi_s4, "pm/suspend-to-disk/@enabled", &dom_xml_yesno, N_("Suspend to disk")),
    ONOFF(acpi_laptop_slate, NULL, NULL, N_("Laptop/slate mode switch")),
    ONOFF(apic, NULL, NULL, N_("Local and I/O APIC")),
    ONOFF(pae, NULL, NULL, N_("Physical address extension")),
    ONOFF(viridian, "features/viridian", &dom_xml_present, N_("Hyper-V interfaces")),
    DOM_STRV_FIELD(DomFeatures, viridian_list, NULL, .doc = N_("Hyper-V interfaces by group")),
    ONOFF(e820_host, "features/xen/e820_host/@state", &dom_xml_onoff,
          N_("Give a PV guest the host's memory map")),
    DOM_ENUM_FIELD(DomFeatures, passthrough, DomPassthrough, &dom_passthrough_names, NULL,
                   .doc = N_("How the IOMMU serves the guest")),
    DOM_ENUM_FIELD(DomFeatures, altp2m, DomAltp2m, &dom_altp2m_names, NULL,
                   .doc = N_("Alternate views of guest memory")),
    ONOFF(altp2mhvm, NULL, NULL, N_("Alternate views of guest memory, old switch")),
    ONOFF(msr_relaxed, "features/msrs/@unknown", &msrs, N_("Unknown MSRs read as zero")),
    ONOFF(vpmu, "features/pmu/@state", &dom_xml_onoff, N_("Performance counters")),
    DOM_UINT_FIELD(DomFeatures, mmio_hole, NULL, .doc = N_("Size of the memory hole below 4 GiB")),
    DOM_ENUM_FIELD(DomFeatures, ms_vm_genid, DomGenid, &dom_genid_names, NULL,
                   .doc = N_("Generation id for Windows guests")),
    DOM_STRING_FIELD(DomFeatures, genid, "genid", .xml = &genid,
                     .doc = N_("Generation id that stays")),
    DOM_STRV_FIELD(DomFeatures, mca_caps, NULL, .doc = N_("Machine check capabilities")),
    DOM_INT_FIELD(DomFeatures, vmtrace_buf_kb, NULL, .doc = N_("Processor trace buffer per vCPU")),
    ONOFF(xen_platform_pci, NULL, NULL, N_("The PCI device that PV drivers look for")),
    DOM_ENUM_FIELD(DomFeatures, vendor_device, DomVendorDevice, &dom_vendor_device_names, NULL,
                   .doc = N_("Which vendor's PV drivers Windows Update offers")),
    DOM_INT_FIELD(DomFeatures, altp2m_count, NULL, .doc = N_("How many alternate views")),
    ONOFF(xen_platform_pci_bar_uc, NULL, NULL, N_("Do not cache the platform device's memory")),
    ONOFF(hvm_pirq, NULL, NULL, N_("Interrupts of devices as event channels")),
    DOM_STRING_FIELD(DomFeatures, gic_version, "features/gic/@version", .xml = &gic,
                     .doc = N_("Interrupt controller of an Arm guest")),
    DOM_STRING_FIELD(DomFeatures, tee, NULL, .doc = N_("Trusted execution environment")),
    DOM_STRING_FIELD(DomFeatures, sve, NULL, .doc = N_("Scalable vectors of an Arm guest")),
    DOM_INT_FIELD(DomFeatures, nr_spis, NULL, .doc = N_("Shared interrupts of an Arm guest")),
    DOM_STRING_FIELD(DomFeatures, arm_sci, NULL,
                     .doc = N_("System control interface of an Arm guest")),
    ONOFF(trap_unmapped_accesses, NULL, NULL, N_("What becomes of accesses to nothing")),
    DOM_STRV_FIELD(DomFeatures, llc_colors, NULL, .doc = N_("Cache colours of the guest's memory")),
};

/*
 * For an HVM guest libvirt reads a missing <acpi/>, <apic/> or <pae/> as off, while Xen's default
 * is on, so they are spelled out. For PV and PVH guests a missing element says nothing.
 *
 * Guests of x86_64 have <pae/> in any case, and with NUMA nodes <acpi/>: libvirt's drivers for Xen
 * have always turned them on, and 64 bits do not run without.
 */
static const struct {
    const char *path;
    gsize offset;
    const char *with; /* an element that has it on for x86_64, missing or not; NULL: none */
} spelled_out[] = {
    { "features/acpi", offsetof(DomFeatures, acpi), "cpu/numa/cell" },
    { "features/apic", offsetof(DomFeatures, apic), NULL },
    { "features/pae", offsetof(DomFeatures, pae), "os/type" },
};

/* @row: of spelled_out. */
static gboolean
is_implied(xmlNodePtr node, guint row)
{
    g_autofree char *arch = dom_xml_peek(node, "os/type/@arch");

    return spelled_out[row].with != NULL && (arch == NULL || g_str_equal(arch, "x86_64")) &&
           dom_xml_find(node, spelled_out[row].with) != NULL;
}

/* <passthrough state='on' mode='sync_pt'/>; "default" has no word. */
static const struct {
    const char *state;
    const char *mode;
    DomPassthrough value;
} passthrough_rows[] = {
    { "off", NULL, DOM_PASSTHROUGH_DISABLED },
    { "on", NULL, DOM_PASSTHROUGH_ENABLED },
    { "on", "sync_pt", DOM_PASSTHROUGH_SYNC_PT },
    { "on", "share_pt", DOM_PASSTHROUGH_SHARE_PT },
};

/* What is in no row, as a mode of what is off, stays unknown XML. */
static void
parse_passthrough(DomXml *xml, xmlNodePtr node, DomFeatures *features)
{
    g_autofree char *state = dom_xml_peek(node, "features/xen/passthrough/@state");
    g_autofree char *mode = dom_xml_peek(node, "features/xen/passthrough/@mode");

    for (guint i = 0; state != NULL && i < G_N_ELEMENTS(passthrough_rows); i++) {
        if (!g_str_equal(state, passthrough_rows[i].state) ||
            g_strcmp0(mode, passthrough_rows[i].mode) != 0)
            continue;
        features->passthrough = passthrough_rows[i].value;
        dom_xml_claim(xml, node, "features/xen/passthrough/@state");
        dom_xml_claim(xml, node, "features/xen/passthrough/@mode");
    }
}

static void
format_passthrough(xmlNodePtr node, const DomFeatures *features)
{
    for (guint i = 0; i < G_N_ELEMENTS(passthrough_rows); i++) {
        if (features->passthrough != passthrough_rows[i].value)
            continue;
        dom_xml_set(node, "features/xen/passthrough/@state", passthrough_rows[i].state);
        if (passthrough_rows[i].mode != NULL)
            dom_xml_set(node, "features/xen/passthrough/@mode", passthrough_rows[i].mode);
    }
}

/* Without a text it asks for a fresh one at each start, which is all that xl can do. */
static void
parse_genid(DomXml *xml, xmlNodePtr node, DomFeatures *features)
{
    if (dom_xml_find(node, "genid") == NULL)
        return;
    features->ms_vm_genid = DOM_GENID_GENERATE;
    dom_xml_claim(xml, node, "genid");
    if (features->genid != NULL)
        dom_xml_note(xml, node, "genid", &features->rest, "genid");
}

static void
format_genid(xmlNodePtr node, const DomFeatures *features)
{
    if (features->ms_vm_genid == DOM_GENID_GENERATE && features->genid == NULL)
        dom_xml_set(node, "genid", "");
}

/* <hyperv> names groups; without it <viridian/> is the plain switch. */
static void
parse_hyperv(DomXml *xml, xmlNodePtr node, DomFeatures *features)
{
    char **list =
        dom_hyperv_parse(xml, node, features->viridian == DOM_TRISTATE_ON, &features->rest);

    if (list == NULL)
        return;
    features->viridian = DOM_TRISTATE_ABSENT;
    features->viridian_list = list;
}

/* Without a state it is on. */
static void
parse_hap(DomXml *xml, xmlNodePtr node, DomFeatures *features)
{
    xmlNodePtr hap = dom_xml_find(node, "features/hap");

    if (hap == NULL || dom_xml_find(hap, "@state") != NULL)
        return;
    dom_xml_claim(xml, node, "features/hap");
    features->hap = DOM_TRISTATE_ON;
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    gboolean hvm = dom_general_type(def) == DOM_TYPE_HVM;

    if (hvm)
        parse_hyperv(xml, node, record);

    parse_hap(xml, node, record);
    parse_passthrough(xml, node, record);
    parse_genid(xml, node, record);
    for (guint i = 0; i < G_N_ELEMENTS(spelled_out); i++) {
        DomTristate *member = (DomTristate *)((char *)record + spelled_out[i].offset);
        gboolean there = dom_xml_find(node, spelled_out[i].path) != NULL;

        if (there)
            dom_xml_claim(xml, node, spelled_out[i].path);
        if (there || hvm)
            *member = there || is_implied(node, i) ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    }
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    gboolean hvm = dom_general_type(def) == DOM_TYPE_HVM;

    format_passthrough(node, record);
    format_genid(node, record);
    for (guint i = 0; i < G_N_ELEMENTS(spelled_out); i++) {
        DomTristate value = *(const DomTristate *)((const char *)record + spelled_out[i].offset);

        if (value == DOM_TRISTATE_ON || (hvm && value == DOM_TRISTATE_ABSENT))
            dom_xml_set(node, spelled_out[i].path, "");
    }
    if (hvm && ((const DomFeatures *)record)->viridian_list != NULL)
        dom_hyperv_format(node, ((const DomFeatures *)record)->viridian_list);
}

const DomRecord dom_features_record =
    DOM_RECORD(DomFeatures, "features", fields, .parse = parse, .format = format);
