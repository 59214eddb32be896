/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/device_place.h"

#include <string.h>

#include "conf/floppy.h"
#include "conf/usb_bus.h"

/* Members by which a device is found again when others have come or gone. */
static const struct {
    const DomRecord *record;
    const char *member; /* NULL: its place in the list */
    const char *place;
} names[] = {
    { &dom_disk_record, "vdev", "target/@dev" },
    { &dom_nic_record, "mac", "mac/@address" },
    /* those that Xen does not serve are elements of the same name */
    { &dom_usbctrl_record, NULL, "@index" },
};

/* NULL for one that is not set, or that XML cannot say. */
static char *
member_text(const DomRecord *record, const char *member, GPtrArray *list, guint index)
{
    const DomField *field = member != NULL ? dom_record_find(record, member) : NULL;
    gconstpointer device = list->pdata[index];

    if (field == NULL)
        return g_strdup_printf("%u", index);
    if (!dom_field_is_set(field, device))
        return NULL;
    return field->xml != NULL ? field->xml->format(field, device)
                              : g_strdup(*DOM_CONST_MEMBER(device, field, char *));
}

/* "[target/@dev='xvda']" (transfer full); NULL for a device without such a name. */
static char *
name_of(const DomRecord *record, GPtrArray *list, guint index)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = NULL;

        if (names[i].record != record)
            continue;
        name = member_text(record, names[i].member, list, index);
        /* what ends the name, or the place, see carried.c */
        if (name != NULL && strpbrk(name, "']\n") == NULL && strstr(name, ": ") == NULL)
            return g_strconcat("[", names[i].place, "='", name, "']", NULL);
    }
    return NULL;
}

/* The names that a device has alone (transfer full), each with itself. */
static GHashTable *
names_of(const DomRecord *record, GPtrArray *list)
{
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < list->len; i++) {
        char *name = name_of(record, list, i);
        gboolean twin = name != NULL && g_hash_table_contains(found, name);

        if (name != NULL)
            g_hash_table_insert(found, name, twin ? NULL : list->pdata[i]);
    }
    return found;
}

/* As where comments are read, see dom_carried_base(). */
static gboolean
is_shown(const DomDef *def, const DomSection *section, guint index)
{
    return dom_section_shows(section, def, dom_section_list(section, def)->pdata[index], TRUE);
}

static guint
count_hostdevs(const DomDef *def)
{
    return dom_general_type(def) == DOM_TYPE_HVM ? dom_input_count_hostdevs(&def->input) : 0;
}

/* That of the limits of Xen's own bus, and that of the emulated USB bus. */
static guint
count_controllers(const DomDef *def)
{
    gboolean limits = def->general.max_event_channels.set || def->general.max_grant_frames.set;
    gboolean bus = dom_general_type(def) == DOM_TYPE_HVM && dom_usb_bus_is_shown(&def->input);

    return (limits ? 1 : 0) + (bus ? 1 : 0);
}

static guint
count_floppies(const DomDef *def)
{
    return dom_general_type(def) == DOM_TYPE_HVM
               ? dom_floppy_format(NULL, def->os.device_model_args_hvm)
               : 0;
}

static guint
count_channels(const DomDef *def)
{
    return dom_general_type(def) == DOM_TYPE_HVM && dom_graphics_has_agent(&def->graphics) ? 1 : 0;
}

/* How many elements of the name topics write, whose sections come before those of devices. */
static const struct {
    const char *path;
    guint (*count)(const DomDef *def);
} of_topics[] = {
    { "devices/hostdev", count_hostdevs },
    { "devices/controller", count_controllers },
    { "devices/disk", count_floppies },
    { "devices/channel", count_channels },
};

static guint
elements_of_topics(const DomDef *def, const char *path)
{
    for (guint i = 0; i < G_N_ELEMENTS(of_topics); i++) {
        if (g_str_equal(of_topics[i].path, path))
            return of_topics[i].count(def);
    }
    return 0;
}

/* How many elements stand in front of those of @section under the same name. */
static guint
elements_before(const DomDef *def, const DomSection *section)
{
    guint n = elements_of_topics(def, section->path);

    for (const DomSection *other = dom_sections; other < section; other++) {
        gboolean same = other->path != NULL && g_str_equal(other->path, section->path);
        guint length = same ? dom_section_list(other, def)->len : 0;

        for (guint i = 0; i < length; i++)
            n += is_shown(def, other, i) ? 1 : 0;
    }
    return n;
}

/* How many elements a device that is shown has. */
static guint
elements_of(const DomSection *section, gconstpointer device)
{
    const DomHead *head =
        section->record == &dom_vfb_record ? &((const DomVfb *)device)->head : NULL;

    return head != NULL && head->vnc != DOM_TRISTATE_OFF && head->sdl == DOM_TRISTATE_ON ? 2 : 1;
}

void
xlc_device_places_init(XlcDevicePlaces *places, const DomDef *def, const DomSection *section)
{
    *places = (XlcDevicePlaces){
        .def = def,
        .section = section,
        .behind = elements_before(def, section) + 1,
    };
}

gboolean
xlc_device_places_next(XlcDevicePlaces *places)
{
    const DomSection *section = places->section;
    guint index = places->index++;

    if (!is_shown(places->def, section, index))
        return FALSE;
    places->number = places->behind;
    places->behind += elements_of(section, dom_section_list(section, places->def)->pdata[index]);
    return TRUE;
}

char *
xlc_device_places_shown(const XlcDevicePlaces *places)
{
    return g_strdup_printf("%s[%u]", places->section->path, places->number);
}

char *
xlc_device_places_base(XlcDevicePlaces *places)
{
    const DomSection *section = places->section;
    GPtrArray *list = dom_section_list(section, places->def);
    guint index = places->index - 1;
    g_autofree char *name = name_of(section->record, list, index);

    if (places->alone == NULL)
        places->alone = names_of(section->record, list);
    return name != NULL && g_hash_table_lookup(places->alone, name) == list->pdata[index]
               ? g_strconcat(section->path, name, NULL)
               : xlc_device_places_shown(places);
}

void
xlc_device_places_clear(XlcDevicePlaces *places)
{
    g_clear_pointer(&places->alone, g_hash_table_unref);
}
