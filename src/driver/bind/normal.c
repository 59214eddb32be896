/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest means to Xen: the model, bound and read back. How something was said is gone then,
 * and so is what xl says of every guest.
 */
#include "driver/bind/topic.h"

typedef struct {
    const DomRecord *record;
    const char *member;
    guint guests; /* BindGuests that a libxl which has the place looks at it for; 0: all */
} Member;

/* No libxl_domain_config of the libxl at hand has a place for these. */
static const Member unheld[] = {
    { &dom_features_record, "ms_vm_genid", BIND_HVM }, /* the caller makes an id of its word */
    { &dom_general_record, "xenstore_quota" },
    { &dom_features_record, "arm_sci" },
#ifndef BIND_HAVE_XENSTORE_FEATURE_MASK
    { &dom_general_record, "xenstore_feature_mask" },
#endif
#ifndef BIND_HAVE_BOOTLOADER_USER
    { &dom_os_record, "bootloader_restrict" },
    { &dom_os_record, "bootloader_user" },
#endif
#ifndef BIND_HAVE_SMBIOS
    { &dom_os_record, "smbios", BIND_HVM },
#endif
#ifndef BIND_HAVE_ALTP2M_COUNT
    { &dom_features_record, "altp2m_count" },
#endif
#ifndef BIND_HAVE_XEN_PLATFORM_PCI_BAR_UC
    { &dom_features_record, "xen_platform_pci_bar_uc", BIND_HVM },
#endif
#ifndef BIND_HAVE_HVM_PIRQ
    { &dom_features_record, "hvm_pirq", BIND_HVM },
#endif
#ifndef BIND_HAVE_SVE
    { &dom_features_record, "sve" },
#endif
#ifndef BIND_HAVE_NR_SPIS
    { &dom_features_record, "nr_spis" },
#endif
#ifndef BIND_HAVE_TRAP_UNMAPPED_ACCESSES
    { &dom_features_record, "trap_unmapped_accesses" },
#endif
#ifndef BIND_HAVE_LLC_COLORS
    { &dom_features_record, "llc_colors" },
#endif
#ifndef BIND_HAVE_DISK_GRANT_USAGE
    { &dom_disk_record, "grant_usage" },
#endif
#ifndef BIND_HAVE_NIC_VLAN
    { &dom_nic_record, "vlan" },
#endif
#ifndef BIND_HAVE_VIRTIO
    { &dom_virtio_record, "backend" },
    { &dom_virtio_record, "type" },
    { &dom_virtio_record, "transport" },
    { &dom_virtio_record, "grant_usage" },
#endif
#ifndef BIND_HAVE_P9_TYPE
    { &dom_p9_record, "type" },
    { &dom_p9_record, "max_files" },
    { &dom_p9_record, "max_open_files" },
    { &dom_p9_record, "max_space" },
    { &dom_p9_record, "auto_delete" },
#endif
};

/* libxl makes these at each start where a guest does not name them. */
static const Member made_up[] = {
    { &dom_general_record, "uuid" },
    { &dom_nic_record, "mac" },
    { &dom_vtpm_record, "uuid" },
};

static const Member *
find_member(const Member *members, guint n_members, const DomRecord *record, const char *name)
{
    for (guint i = 0; i < n_members; i++) {
        if (members[i].record == record && g_str_equal(members[i].member, name))
            return &members[i];
    }
    return NULL;
}

gboolean
bind_holds(const DomRecord *record, const char *member)
{
    return find_member(unheld, G_N_ELEMENTS(unheld), record, member) == NULL;
}

/* Whether it is for a guest of @type, but for the place that no config has. */
static gboolean
is_unheld(const DomRecord *record, const char *name, DomType type)
{
    const Member *member = find_member(unheld, G_N_ELEMENTS(unheld), record, name);

    return member != NULL && (member->guests == 0 || (member->guests & (1u << type)) != 0);
}

static gboolean
holds_any(const DomRecord *record)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (bind_holds(record, record->fields[i].name))
            return TRUE;
    }
    return FALSE;
}

/* Of a guest of @type; with @held all of it, else what no config has a place for. */
static void
copy_record(const DomRecord *record, DomType type, gpointer to, gconstpointer from, gboolean held)
{
    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];

        if (held || is_unheld(record, field->name, type))
            dom_field_copy(field, to, from);
    }
}

/* Devices that no config has a place for, or of a topic that xl refuses, are not there yet. */
static void
copy_list(const DomSection *section, const DomDef *def, DomDef *normal, gboolean held)
{
    GPtrArray *from = dom_section_list(section, def);
    GPtrArray *to = dom_section_list(section, normal);
    gboolean missing = to->len == 0 && (held || !holds_any(section->record));

    for (guint i = 0; i < from->len && (missing || from->len == to->len); i++)
        copy_record(section->record, dom_general_type(def),
                    missing ? dom_list_add(to, section->record) : to->pdata[i], from->pdata[i],
                    held);
}

static void
copy_section(const DomSection *section, const DomDef *def, DomDef *normal, gboolean held)
{
    if (section->list)
        copy_list(section, def, normal, held);
    else
        copy_record(section->record, dom_general_type(def), dom_section_data(section, normal),
                    dom_section_const_data(section, def), held);
}

static gboolean
is_refused(const DomSection *section, GPtrArray *refused)
{
    for (guint i = 0; i < refused->len; i++) {
        if (g_str_equal(((const BindTopic *)refused->pdata[i])->name, section->topic))
            return TRUE;
    }
    return FALSE;
}

DomDef *
bind_normal(const DomDef *def, gboolean unheld_too)
{
    g_autoptr(GPtrArray) refused = g_ptr_array_new();
    DomDef *normal = bind_and_read(def, refused);

    for (guint i = 0; i < dom_n_sections; i++) {
        gboolean whole = is_refused(&dom_sections[i], refused);

        if (whole || unheld_too)
            copy_section(&dom_sections[i], def, normal, whole);
    }
    if (!unheld_too || normal->features.ms_vm_genid == DOM_GENID_NONE)
        normal->features.ms_vm_genid = DOM_GENID_ABSENT; /* none is what xl begins with */
    for (guint i = 0; i < normal->disks->len; i++) {
        DomDisk *disk = normal->disks->pdata[i];

        /* libxl takes an empty drive's missing path for an empty one */
        if (disk->cdrom == DOM_TRISTATE_ON && disk->target != NULL && *disk->target == '\0')
            g_clear_pointer(&disk->target, g_free);
    }
    return normal;
}

static void
forget_members(const DomRecord *record, gpointer data, gconstpointer named)
{
    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];

        if (find_member(made_up, G_N_ELEMENTS(made_up), record, field->name) != NULL &&
            !dom_field_is_set(field, named))
            dom_field_clear(field, data);
    }
}

void
bind_forget_made_up(DomDef *def, const DomDef *named)
{
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];
        GPtrArray *list = section->list ? dom_section_list(section, def) : NULL;
        GPtrArray *names = section->list ? dom_section_list(section, named) : NULL;

        if (list == NULL)
            forget_members(section->record, dom_section_data(section, def),
                           dom_section_const_data(section, named));
        for (guint i = 0; list != NULL && i < MIN(list->len, names->len); i++)
            forget_members(section->record, list->pdata[i], names->pdata[i]);
    }
}
