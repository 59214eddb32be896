/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every member of the model, one at a time and for each type of guest: what it becomes in libxl's
 * config comes back from there, and no member is forgotten: it changes the config of some guest, or
 * stands below with the reason why it does not.
 */
#include "driver/bind/bind.h"

#include <string.h>

/* Members whose value must have a form; all others take any text or number. */
static const struct {
    const char *topic;
    const char *member;
    const char *text; /* items of a list separated by blanks */
} samples[] = {
    { "general", "uuid", "6a2b1c3d-0011-2233-4455-66778899aabb" },
    { "os", "device_model_version", "qemu-xen" },
    { "cpu", "cpus", "0-3,^2" },
    { "cpu", "cpus_list", "0-3 nodes:1" },
    { "cpu", "cpus_soft", "all" },
    { "cpu", "cpus_soft_list", "1 2" },
    { "cpu", "cpuid", "host,tm=0" },
    { "cpu", "cpuid_list", "1:ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1" },
    { "features", "mmio_hole", "524288" },
    { "features", "viridian_list", "base !freq" },
    { "features", "mca_caps", "lmce" },
    { "video", "gfx_passthru", "igd" },
    { "nic", "mac", "00:16:3e:01:02:03" },
    { "nic", "options", "colo_sock_mirror_id=7" },
};

static const struct {
    const char *topic;
    const char *member;
    const char *reason;
} unbound[] = {
    { "general", "type", "the guest's type is what the test walks over" },
    { "general", "title", "for people" },
    { "general", "description", "for people" },
    { "features", "ms_vm_genid", "the caller makes one, as it makes a uuid" },
    { "disk", "source", "how libvirt names the target; libxl looks at it itself" },
    { "disk", "grant_usage", "not in every libxl" },
    { "nic", "vlan", "not in every libxl" },
    { "nic", "network", "libvirt's, which makes a bridge of it first" },
    { "metadata", "unmapped", "xl.cfg text that no row knows" },
};

static const char *
sample_text(const char *topic, const char *member)
{
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        if (g_str_equal(samples[i].topic, topic) && g_str_equal(samples[i].member, member))
            return samples[i].text;
    }
    return "128 and text";
}

static gboolean
is_unbound(const char *topic, const char *member)
{
    for (guint i = 0; i < G_N_ELEMENTS(unbound); i++) {
        if (g_str_equal(unbound[i].topic, topic) && g_str_equal(unbound[i].member, member))
            return TRUE;
    }
    return FALSE;
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
set_sample(const char *topic, const DomField *field, guint index, gpointer record)
{
    const char *text = sample_text(topic, field->name);

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

static char *
to_json(const DomDef *def, libxl_domain_config *ret_config)
{
    g_autoptr(GError) error = NULL;
    libxl_domain_config config;
    char *json;

    if (!bind_domain_config(def, NULL, &config, &error))
        g_error("%s", error->message);
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

/* The record to set samples in: the topic itself, or a new device. */
static gpointer
section_record(const DomSection *section, DomDef *def)
{
    if (!section->list)
        return dom_section_data(section, def);
    return dom_list_add(dom_section_list(section, def), section->record);
}

/* Whether the sample changed the guest's config; it has come back from there as JSON at least. */
static gboolean
check_sample(const DomSection *section, const DomField *field, guint index, DomType type)
{
    g_autoptr(DomDef) def = new_guest(type);
    gpointer record = section_record(section, def);
    g_autofree char *before = to_json(def, NULL);
    g_autofree char *json = NULL;
    g_autofree char *again = NULL;
    g_autoptr(DomDef) back = NULL;
    libxl_domain_config config;

    set_sample(section->topic, field, index, record);
    json = to_json(def, &config);
    back = bind_def_from_config(&config, NULL);
    libxl_domain_config_dispose(&config);
    g_assert_nonnull(back);
    again = to_json(back, NULL);
    if (!g_str_equal(json, again))
        g_error("%s.%s: %s came back as %s", section->topic, field->name, json, again);
    return !g_str_equal(before, json);
}

static void
check_field(const DomSection *section, const DomField *field)
{
    gboolean bound = FALSE;

    if (is_unbound(section->topic, field->name))
        return;
    for (DomType type = DOM_TYPE_PV; type <= DOM_TYPE_LAST; type++) {
        for (guint i = 0; i < sample_count(field); i++)
            bound |= check_sample(section, field, i, type);
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
            found += g_str_equal(unbound[j].topic, dom_sections[i].topic) &&
                     dom_record_find(record, unbound[j].member) != NULL;
        for (guint j = 0; j < G_N_ELEMENTS(samples); j++)
            found += g_str_equal(samples[j].topic, dom_sections[i].topic) &&
                     dom_record_find(record, samples[j].member) != NULL;
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
