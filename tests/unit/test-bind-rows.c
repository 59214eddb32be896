/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every member of the model, one at a time and for each type of guest: what it becomes in libxl's
 * config comes back from there, and no member is forgotten: it changes the config of some guest, or
 * stands below with the reason why it does not.
 */
#include "driver/bind/bind.h"

#include <string.h>

/*
 * Members whose value must have a form; all others take any text or number. A device that is new is
 * given those that are needed, an enum its value of that place.
 */
static const struct {
    const DomRecord *record;
    const char *member;
    const char *text; /* items of a list separated by blanks */
    gboolean needed;
} samples[] = {
    { &dom_general_record, "uuid", "6a2b1c3d-0011-2233-4455-66778899aabb" },
    { &dom_os_record, "device_model_version", "qemu-xen" },
    { &dom_cpu_record, "cpus", "0-3,^2" },
    { &dom_cpu_record, "cpus_list", "0-3 nodes:1" },
    { &dom_cpu_record, "cpus_soft", "all" },
    { &dom_cpu_record, "cpus_soft_list", "1 2" },
    { &dom_cpu_record, "cpuid", "host,tm=0" },
    { &dom_cpu_record, "cpuid_list", "1:ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1" },
    { &dom_features_record, "mmio_hole", "524288" },
    { &dom_features_record, "genid", "6a2b1c3d-0011-2233-4455-66778899aabb" },
    { &dom_features_record, "viridian_list", "base !freq" },
    { &dom_features_record, "mca_caps", "lmce" },
    { &dom_features_record, "gic_version", "v3" },
    { &dom_features_record, "tee", "optee" },
    { &dom_video_record, "gfx_passthru", "igd" },
    { &dom_vdispl_record, "connectors", "a:800x600;b:1x2", TRUE },
    { &dom_vnode_record, "pnode", "3" },
    { &dom_vnode_record, "vcpus", "0-1" },
    { &dom_vnode_record, "vdistances", "10" },
    { &dom_nic_record, "mac", "00:16:3e:01:02:03" },
    { &dom_nic_record, "options", "colo_sock_mirror_id=7" },
    { &dom_chardev_record, "vuart", "sbsa_uart" },
    { &dom_channel_record, "connection", "2", TRUE },
    { &dom_channel_record, "path", "/run/socket", TRUE },
    { &dom_vkb_record, "backend_type", "2", TRUE },
    { &dom_vkb_record, "multi_touch_width", "800", TRUE },
    { &dom_vsnd_record, "items", "card,short-name=x pcm,name=y stream,unique-id=1,type=p" },
    { &dom_hostdev_record, "rdm", "strategy=host" },
    { &dom_hostdev_record, "ioports", "2f8-2ff 3f8" },
    { &dom_hostdev_record, "irqs", "5 7" },
    { &dom_hostdev_record, "iomem", "fe000,1 fe000,2@10" },
    { &dom_pci_record, "bdf", "0001:02:1f.3", TRUE },
    { &dom_pci_record, "vslot", "31" },
    { &dom_usbdev_record, "type", "1", TRUE },
    { &dom_vtpm_record, "backend", "vtpm", TRUE },
    { &dom_vtpm_record, "uuid", "6a2b1c3d-0011-2233-4455-66778899aabb" },
    { &dom_p9_record, "tag", "tag", TRUE },
    { &dom_p9_record, "path", "/srv", TRUE },
    { &dom_p9_record, "security_model", "none", TRUE },
};

static const struct {
    const DomRecord *record;
    const char *member;
    const char *reason;
} unbound[] = {
    { &dom_general_record, "type", "the guest's type is what the test walks over" },
    { &dom_general_record, "title", "for people" },
    { &dom_general_record, "description", "for people" },
    { &dom_disk_record, "source", "how libvirt names the target; libxl looks at it itself" },
    { &dom_nic_record, "network", "libvirt's, which makes a bridge of it first" },
    { &dom_graphics_record, "spice_autoport", "spiceport is there all the same" },
    { &dom_vkb_record, "feature_multi_touch", "follows from the sizes" },
    { &dom_metadata_record, "unmapped", "xl.cfg text that no row knows" },
};

static const char *
sample_text(const DomRecord *record, const char *member)
{
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        if (samples[i].record == record && g_str_equal(samples[i].member, member))
            return samples[i].text;
    }
    return "128 and text";
}

static gboolean
is_unbound(const DomRecord *record, const char *member)
{
    for (guint i = 0; i < G_N_ELEMENTS(unbound); i++) {
        if (unbound[i].record == record && g_str_equal(unbound[i].member, member))
            return TRUE;
    }
    return !bind_holds(record, member);
}

/* How many sample values a member has. */
static guint
sample_count(const DomField *field)
{
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        return 2;
    case DOM_KIND_ENUM:
        return field->enums->count - 1;
    case DOM_KIND_UINT:
    case DOM_KIND_INT:
    case DOM_KIND_STRING:
    case DOM_KIND_STRV:
        return 1;
    }
    g_return_val_if_reached(0);
}

static void
set_sample(const DomRecord *type, const DomField *field, guint index, gpointer record)
{
    const char *text = sample_text(type, field->name);

    dom_field_clear(field, record);
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        *DOM_MEMBER(record, field, DomTristate) = index == 0 ? DOM_TRISTATE_OFF : DOM_TRISTATE_ON;
        return;
    case DOM_KIND_ENUM:
        *DOM_MEMBER(record, field, int) = (int)index + 1;
        return;
    case DOM_KIND_UINT:
        *DOM_MEMBER(record, field, DomUint) =
            (DomUint){ .value = g_ascii_strtoull(text, NULL, 10), .set = TRUE };
        return;
    case DOM_KIND_INT:
        *DOM_MEMBER(record, field, DomInt) = (DomInt){ .value = 3, .set = TRUE };
        return;
    case DOM_KIND_STRING:
        *DOM_MEMBER(record, field, char *) = g_strdup(text);
        return;
    case DOM_KIND_STRV:
        *DOM_MEMBER(record, field, char **) = g_strsplit(text, " ", -1);
        return;
    }
    g_return_if_reached();
}

/* NULL when @def is refused. */
static char *
to_json(const DomDef *def, libxl_domain_config *ret_config)
{
    g_autoptr(GError) error = NULL;
    libxl_domain_config config;
    char *json;

    if (!bind_domain_config(def, NULL, &config, NULL))
        return NULL;
    json = bind_config_to_json(&config, &error);
    g_assert_no_error(error);
    if (ret_config != NULL)
        *ret_config = config;
    else
        libxl_domain_config_dispose(&config);
    return json;
}

static DomDef *
new_guest(DomType type)
{
    DomDef *def = dom_def_new();

    def->general.name = g_strdup("guest");
    def->general.type = type;
    def->os.kernel = g_strdup("/boot/kernel");
    def->cpu.vcpus = (DomUint){ .value = 2, .set = TRUE };
    return def;
}

static void
set_needed(const DomRecord *type, gpointer record)
{
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        const DomField *field;

        if (samples[i].record != type || !samples[i].needed)
            continue;
        field = dom_record_find(type, samples[i].member);
        set_sample(type, field, field->kind == DOM_KIND_ENUM ? (guint)atoi(samples[i].text) - 1 : 0,
                   record);
    }
}

/* The record to set samples in: the topic itself, or a new device. */
static gpointer
section_record(const DomSection *section, DomDef *def)
{
    gpointer record;

    /* settings of all PCI devices show where there is one */
    if (section->record == &dom_hostdev_record)
        set_needed(&dom_pci_record, dom_list_add(def->pcis, &dom_pci_record));
    if (!section->list)
        return dom_section_data(section, def);
    record = dom_list_add(dom_section_list(section, def), section->record);
    set_needed(section->record, record);
    return record;
}

/* Values of an enum that stand for none, and are refused where one is needed. */
static gboolean
is_refused(const DomRecord *record, const DomField *field, guint index)
{
    return record == &dom_vkb_record && g_str_equal(field->name, "backend_type") &&
           index + 1 == DOM_VKB_UNKNOWN;
}

/*
 * Whether the guest's config is another one with the sample than without the member, or is none
 * without. With it, the config must come back from libxl's.
 */
static gboolean
check_sample(const DomSection *section, const DomField *field, guint index, DomType type)
{
    g_autoptr(DomDef) def = new_guest(type);
    gpointer record = section_record(section, def);
    g_autofree char *without = NULL;
    g_autofree char *json = NULL;
    g_autofree char *again = NULL;
    g_autoptr(DomDef) back = NULL;
    libxl_domain_config config;

    dom_field_clear(field, record);
    without = to_json(def, NULL);
    set_sample(section->record, field, index, record);
    json = to_json(def, &config);
    if (json == NULL)
        g_error("%s.%s: the sample is refused", section->topic, field->name);
    back = bind_def_from_config(&config, NULL);
    libxl_domain_config_dispose(&config);
    g_assert_nonnull(back);
    again = to_json(back, NULL);
    if (g_strcmp0(json, again) != 0)
        g_error("%s.%s: %s came back as %s", section->topic, field->name, json, again);
    return g_strcmp0(without, json) != 0;
}

static void
check_field(const DomSection *section, const DomField *field)
{
    gboolean bound = FALSE;

    if (is_unbound(section->record, field->name))
        return;
    for (DomType type = DOM_TYPE_PV; type <= DOM_TYPE_LAST; type++) {
        for (guint i = 0; i < sample_count(field); i++)
            bound |=
                !is_refused(section->record, field, i) && check_sample(section, field, i, type);
    }
    if (!bound)
        g_error("%s.%s reaches no guest's config", section->topic, field->name);
}

static void
test_every_member(void)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        for (guint j = 0; j < dom_sections[i].record->n_fields; j++)
            check_field(&dom_sections[i], &dom_sections[i].record->fields[j]);
    }
}

/* An entry of the two tables that names no member is a leftover. */
static void
test_tables_name_members(void)
{
    guint found = 0;

    for (guint i = 0; i < dom_n_sections; i++) {
        const DomRecord *record = dom_sections[i].record;

        for (guint j = 0; j < G_N_ELEMENTS(unbound); j++)
            found +=
                unbound[j].record == record && dom_record_find(record, unbound[j].member) != NULL;
        for (guint j = 0; j < G_N_ELEMENTS(samples); j++)
            found +=
                samples[j].record == record && dom_record_find(record, samples[j].member) != NULL;
    }
    g_assert_cmpuint(found, ==, G_N_ELEMENTS(unbound) + G_N_ELEMENTS(samples));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bind/rows/every-member", test_every_member);
    g_test_add_func("/bind/rows/tables-name-members", test_tables_name_members);
    return g_test_run();
}
