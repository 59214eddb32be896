/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <libxl_utils.h>
#include <xen/hvm/params.h>

static const int passthrough_values[] = {
    [DOM_PASSTHROUGH_DEFAULT] = LIBXL_PASSTHROUGH_DEFAULT,
    [DOM_PASSTHROUGH_DISABLED] = LIBXL_PASSTHROUGH_DISABLED,
    [DOM_PASSTHROUGH_ENABLED] = LIBXL_PASSTHROUGH_ENABLED,
    [DOM_PASSTHROUGH_SYNC_PT] = LIBXL_PASSTHROUGH_SYNC_PT,
    [DOM_PASSTHROUGH_SHARE_PT] = LIBXL_PASSTHROUGH_SHARE_PT,
};
static const BindValues passthrough = BIND_VALUES(passthrough_values, DOM_PASSTHROUGH_LAST);

static const int altp2m_values[] = {
    [DOM_ALTP2M_DISABLED] = LIBXL_ALTP2M_MODE_DISABLED,
    [DOM_ALTP2M_MIXED] = LIBXL_ALTP2M_MODE_MIXED,
    [DOM_ALTP2M_EXTERNAL] = LIBXL_ALTP2M_MODE_EXTERNAL,
    [DOM_ALTP2M_LIMITED] = LIBXL_ALTP2M_MODE_LIMITED,
};
static const BindValues altp2m = BIND_VALUES(altp2m_values, DOM_ALTP2M_LAST);

static const int vendor_values[] = {
    [DOM_VENDOR_DEVICE_NONE] = LIBXL_VENDOR_DEVICE_NONE,
    [DOM_VENDOR_DEVICE_XENSERVER] = LIBXL_VENDOR_DEVICE_XENSERVER,
};
static const BindValues vendor_device = BIND_VALUES(vendor_values, DOM_VENDOR_DEVICE_LAST);

BIND_DEFINE_WORDS(gic_version, libxl_gic_version);
BIND_DEFINE_WORDS(tee, libxl_tee_type);
#ifdef BIND_HAVE_SVE
BIND_DEFINE_WORDS(sve, libxl_sve_type);
#endif

static const BindRow rows[] = {
    BIND_DEFBOOL(features.hap, c_info.hap),
    BIND_DEFBOOL(features.oos, c_info.oos),
    BIND_DEFBOOL(features.acpi, b_info.acpi),
    BIND_DEFBOOL(features.acpi_s3, b_info.u.hvm.acpi_s3, .guests = BIND_HVM),
    BIND_DEFBOOL(features.acpi_s4, b_info.u.hvm.acpi_s4, .guests = BIND_HVM),
    BIND_DEFBOOL(features.acpi_laptop_slate, b_info.u.hvm.acpi_laptop_slate, .guests = BIND_HVM),
    BIND_DEFBOOL(features.apic, b_info.apic, .guests = BIND_HVM),
    BIND_DEFBOOL(features.pae, b_info.u.hvm.pae, .guests = BIND_HVM),
    BIND_DEFBOOL(features.viridian, b_info.u.hvm.viridian, .guests = BIND_HVM),
    BIND_DEFBOOL(features.e820_host, b_info.u.pv.e820_host, .guests = BIND_PV),
    BIND_ENUM(features.passthrough, DomPassthrough, c_info.passthrough, &passthrough),
    BIND_ENUM(features.altp2m, DomAltp2m, b_info.altp2m, &altp2m),
    BIND_DEFBOOL(features.altp2mhvm, b_info.u.hvm.altp2m, .guests = BIND_HVM),
    BIND_DEFBOOL(features.msr_relaxed, b_info.arch_x86.msr_relaxed),
    BIND_DEFBOOL(features.vpmu, b_info.vpmu),
    BIND_UINT(features.mmio_hole, b_info.u.hvm.mmio_hole_memkb, .guests = BIND_HVM),
    BIND_INT(features.vmtrace_buf_kb, b_info.vmtrace_buf_kb),
    BIND_DEFBOOL(features.xen_platform_pci, b_info.u.hvm.xen_platform_pci, .guests = BIND_HVM),
    BIND_ENUM(features.vendor_device, DomVendorDevice, b_info.u.hvm.vendor_device, &vendor_device,
              .guests = BIND_HVM),
    BIND_WORD(features.gic_version, b_info.arch_arm.gic_version, &gic_version),
    BIND_WORD(features.tee, b_info.tee, &tee),
#ifdef BIND_HAVE_SVE
    BIND_WORD(features.sve, b_info.arch_arm.sve_vl, &sve),
#endif
#ifdef BIND_HAVE_NR_SPIS
    BIND_INT(features.nr_spis, b_info.arch_arm.nr_spis),
#endif
#ifdef BIND_HAVE_HVM_PIRQ
    BIND_DEFBOOL(features.hvm_pirq, b_info.u.hvm.pirq, .guests = BIND_HVM),
#endif
#ifdef BIND_HAVE_ALTP2M_COUNT
    BIND_INT(features.altp2m_count, b_info.altp2m_count),
#endif
#ifdef BIND_HAVE_XEN_PLATFORM_PCI_BAR_UC
    BIND_DEFBOOL(features.xen_platform_pci_bar_uc, b_info.u.hvm.xen_platform_pci_bar_uc,
                 .guests = BIND_HVM),
#endif
#ifdef BIND_HAVE_TRAP_UNMAPPED_ACCESSES
    BIND_DEFBOOL(features.trap_unmapped_accesses, b_info.trap_unmapped_accesses),
#endif
};

/* Groups in order: a name turns one on, !name off; the two words turn on many. */
static gboolean
apply_viridian_item(const char *item, libxl_domain_build_info *b_info, GError **error)
{
    libxl_bitmap *enable = &b_info->u.hvm.viridian_enable;
    libxl_bitmap *disable = &b_info->u.hvm.viridian_disable;
    gboolean off = item[0] == '!';
    libxl_viridian_enlightenment group;

    if (g_str_equal(item, "defaults")) {
        libxl_defbool_set(&b_info->u.hvm.viridian, true);
        return TRUE;
    }
    if (g_str_equal(item, "all")) {
        libxl_bitmap_set_any(enable);
        return TRUE;
    }
    if (libxl_viridian_enlightenment_from_string(off ? item + 1 : item, &group) != 0) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("viridian: Xen knows no enlightenment %s; see viridian in xl.cfg(5)"), item);
        return FALSE;
    }
    libxl_bitmap_set(off ? disable : enable, (int)group);
    libxl_bitmap_reset(off ? enable : disable, (int)group);
    return TRUE;
}

static gboolean
apply_viridian(char *const *items, libxl_domain_build_info *b_info, GError **error)
{
    if (items == NULL)
        return TRUE;
    bind_bitmap_alloc(&b_info->u.hvm.viridian_enable,
                      LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH);
    bind_bitmap_alloc(&b_info->u.hvm.viridian_disable,
                      LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH);
    for (; *items != NULL; items++) {
        if (!apply_viridian_item(*items, b_info, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
apply_mca_caps(char *const *names, uint64_t *caps, GError **error)
{
    for (; names != NULL && *names != NULL; names++) {
        if (!g_str_equal(*names, "lmce")) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("mca_caps: Xen knows no capability %s, only lmce"), *names);
            return FALSE;
        }
        *caps |= XEN_HVM_MCA_CAP_LMCE;
    }
    return TRUE;
}

/* xl's limits, for the hole below 4 GiB in which devices have their memory. KiB. */
#define MMIO_HOLE_MIN (256 * 1024)
#define MMIO_HOLE_MAX (3840 * 1024)

static gboolean
check_mmio_hole(const DomUint *hole, GError **error)
{
    if (!hole->set || (hole->value >= MMIO_HOLE_MIN && hole->value <= MMIO_HOLE_MAX))
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("mmio_hole is %" PRIu64 " KiB; choose a size between %d and %d MiB"), hole->value,
                MMIO_HOLE_MIN / 1024, MMIO_HOLE_MAX / 1024);
    return FALSE;
}

/* "N" or "N-M", as numbers one by one. Only where libxl has them; xl passes over the key before. */
static gboolean
apply_llc_colors(char *const *items, libxl_domain_build_info *b_info, GError **error)
{
#ifdef BIND_HAVE_LLC_COLORS
    for (; items != NULL && *items != NULL; items++) {
        guint first, last;
        int end = 0, used = 0;

        if (sscanf(*items, "%u%n-%u%n", &first, &used, &last, &end) < 2) {
            last = first;
            end = used;
        }
        if (end == 0 || (*items)[end] != '\0' || last < first || last - first > G_MAXUINT16) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("llc_colors: '%s' is neither a number nor a range like 0-3"), *items);
            return FALSE;
        }
        for (guint color = first; color <= last; color++)
            *(uint32_t *)bind_array_add((gpointer *)&b_info->llc_colors, &b_info->num_llc_colors,
                                        sizeof(uint32_t)) = color;
    }
#endif
    return TRUE;
}

static char **
read_llc_colors(const libxl_domain_build_info *b_info)
{
    char **items = NULL;
#ifdef BIND_HAVE_LLC_COLORS
    int n = b_info->num_llc_colors;

    items = n > 0 ? g_new0(char *, (gsize)n + 1) : NULL;
    for (int i = 0; i < n; i++)
        items[i] = g_strdup_printf("%u", b_info->llc_colors[i]);
#endif
    return items;
}

/* The bytes of libxl's are those in the guest's memory, where the first three numbers of the text
 * have their lowest byte first. */
static const guint8 genid_places[LIBXL_MS_VM_GENID_LEN] = { 3, 2, 1,  0,  5,  4,  7,  6,
                                                            8, 9, 10, 11, 12, 13, 14, 15 };

static gboolean
apply_genid(const DomFeatures *features, libxl_ms_vm_genid *genid, GError **error)
{
    libxl_uuid uuid;

    if (features->genid == NULL || features->ms_vm_genid == DOM_GENID_NONE)
        return TRUE;
    if (!bind_uuid_apply(features->genid, &uuid, error))
        return FALSE;
    for (guint i = 0; i < LIBXL_MS_VM_GENID_LEN; i++)
        genid->bytes[i] = libxl_uuid_bytearray_const(&uuid)[genid_places[i]];
    return TRUE;
}

static void
read_genid(const libxl_ms_vm_genid *genid, DomFeatures *features)
{
    libxl_uuid uuid;

    for (guint i = 0; i < LIBXL_MS_VM_GENID_LEN; i++)
        libxl_uuid_bytearray(&uuid)[genid_places[i]] = genid->bytes[i];
    features->genid = bind_uuid_read(&uuid);
    if (features->genid != NULL)
        features->ms_vm_genid = DOM_GENID_GENERATE;
}

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const DomFeatures *features = &context->def->features;

    if (!apply_llc_colors(features->llc_colors, &config->b_info, error))
        return FALSE;
    if (context->type != DOM_TYPE_HVM)
        return TRUE;
    return check_mmio_hole(&features->mmio_hole, error) &&
           apply_genid(features, &config->b_info.u.hvm.ms_vm_genid, error) &&
           apply_viridian(features->viridian_list, &config->b_info, error) &&
           apply_mca_caps(features->mca_caps, &config->b_info.u.hvm.mca_caps, error);
}

/* Adds the named groups that are in @enabled and @disabled as asked, each with @prefix. */
static void
add_groups(GPtrArray *items, const libxl_domain_build_info *b_info, gboolean enabled,
           gboolean disabled, const char *prefix)
{
    for (int bit = 0; bit < LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH; bit++) {
        const char *name = libxl_viridian_enlightenment_to_string(bit);

        if (name != NULL && enabled == !!libxl_bitmap_test(&b_info->u.hvm.viridian_enable, bit) &&
            disabled == !!libxl_bitmap_test(&b_info->u.hvm.viridian_disable, bit))
            g_ptr_array_add(items, g_strdup_printf("%s%s", prefix, name));
    }
}

/*
 * The list form when there are groups. Bits without a name come from "all" alone, which leaves
 * groups switched off before it in both maps.
 */
static void
read_viridian(const libxl_domain_build_info *b_info, DomFeatures *features)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    gboolean all = libxl_bitmap_test(&b_info->u.hvm.viridian_enable,
                                     LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH - 1);

    add_groups(items, b_info, TRUE, TRUE, "!");
    if (all)
        g_ptr_array_add(items, g_strdup("all"));
    else
        add_groups(items, b_info, TRUE, FALSE, "");
    add_groups(items, b_info, FALSE, TRUE, "!");
    if (items->len == 0)
        return;
    if (features->viridian == DOM_TRISTATE_ON)
        g_ptr_array_insert(items, 0, g_strdup("defaults"));
    features->viridian = DOM_TRISTATE_ABSENT;
    g_ptr_array_add(items, NULL);
    features->viridian_list = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    def->features.llc_colors = read_llc_colors(&config->b_info);
    if (config->c_info.type != LIBXL_DOMAIN_TYPE_HVM)
        return;
    read_viridian(&config->b_info, &def->features);
    read_genid(&config->b_info.u.hvm.ms_vm_genid, &def->features);
    if (config->b_info.u.hvm.mca_caps & XEN_HVM_MCA_CAP_LMCE) {
        def->features.mca_caps = g_new0(char *, 2);
        def->features.mca_caps[0] = g_strdup("lmce");
    }
}

const BindTopic bind_topic_features = {
    .name = "features",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_config,
};
