/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/def.h"

/* glib keeps it, with a lock; the macro of glib keeps it in a variable that threads race for. */
GQuark
dom_error_quark(void)
{
    return g_quark_from_static_string("dom-error-quark");
}

#define TOPIC(word, member)                                                                        \
    {                                                                                              \
        .topic = #word, .record = &dom_##member##_record, .offset = offsetof(DomDef, member),      \
    }
#define DEVICES(word, rec, member, where)                                                          \
    {                                                                                              \
        .topic = #word, .record = &dom_##rec##_record,                                             \
        .offset = DOM_TYPED_OFFSET(DomDef, member, GPtrArray *), .list = TRUE, .path = (where),    \
    }

/* In the order in which they are read (the type first: others depend on it) and written. */
const DomSection dom_sections[] = {
    TOPIC(general, general),
    TOPIC(memory, memory),
    TOPIC(cpu, cpu),
    TOPIC(sched, sched),
    TOPIC(os, os),
    TOPIC(features, features),
    TOPIC(clock, clock),
    TOPIC(events, events),
    DEVICES(numa, vnode, vnodes, "cpu/numa/cell"),
    DEVICES(disk, disk, disks, "devices/disk"),
    DEVICES(nic, nic, nics, "devices/interface"),
    DEVICES(nic, pvcalls, pvcalls, NULL),
    TOPIC(chardev, chardev),
    TOPIC(input, input),
    DEVICES(input, vkb, vkbs, NULL),
    DEVICES(input, vsnd, vsnds, NULL),
    TOPIC(graphics, graphics),
    DEVICES(chardev, channel, channels, "devices/channel"),
    DEVICES(graphics, vfb, vfbs, "devices/graphics"),
    TOPIC(video, video),
    DEVICES(video, vdispl, vdispls, NULL),
    TOPIC(hostdev, hostdev),
    DEVICES(hostdev, pci, pcis, "devices/hostdev"),
    DEVICES(hostdev, virtio, virtios, NULL),
    DEVICES(usb, usbctrl, usbctrls, "devices/controller"),
    DEVICES(usb, usbdev, usbdevs, "devices/hostdev"),
    DEVICES(tpm, vtpm, vtpms, NULL),
    DEVICES(fs, p9, p9s, "devices/filesystem"),
    TOPIC(metadata, metadata),
};
const guint dom_n_sections = G_N_ELEMENTS(dom_sections);

gpointer
dom_section_data(const DomSection *section, DomDef *def)
{
    return (char *)def + section->offset;
}

gconstpointer
dom_section_const_data(const DomSection *section, const DomDef *def)
{
    return (const char *)def + section->offset;
}

GPtrArray *
dom_section_list(const DomSection *section, const DomDef *def)
{
    return *(GPtrArray *const *)dom_section_const_data(section, def);
}

gboolean
dom_section_shows(const DomSection *section, const DomDef *def, gconstpointer device, gboolean odd)
{
    const DomRecord *record = section->record;

    return record->shown == NULL || record->shown(def, device) ||
           (odd && record->odd != NULL && record->odd(device));
}

gboolean
dom_section_shows_odd(const DomSection *section, const DomDef *def)
{
    GPtrArray *list = dom_section_list(section, def);

    for (guint i = 0; section->record->odd != NULL && i < list->len; i++) {
        if (dom_record_needs_xml(section->record, list->pdata[i]) &&
            !dom_section_shows(section, def, list->pdata[i], FALSE))
            return TRUE;
    }
    return FALSE;
}

gpointer
dom_list_add(GPtrArray *list, const DomRecord *record)
{
    gpointer data = dom_record_new(record);

    g_ptr_array_add(list, data);
    return data;
}

static void
add_rests(GPtrArray *rests, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(rests, list->pdata[i]);
}

/* A record begins with its rest. */
GPtrArray *
dom_def_rests(DomDef *def)
{
    GPtrArray *rests = g_ptr_array_new();

    for (guint i = 0; i < dom_n_sections; i++) {
        if (dom_sections[i].list)
            add_rests(rests, dom_section_list(&dom_sections[i], def));
        else
            g_ptr_array_add(rests, dom_section_data(&dom_sections[i], def));
    }
    return rests;
}

DomDef *
dom_def_new(void)
{
    DomDef *def = g_new0(DomDef, 1);

    for (guint i = 0; i < dom_n_sections; i++) {
        if (dom_sections[i].list)
            *(GPtrArray **)dom_section_data(&dom_sections[i], def) = g_ptr_array_new();
    }
    def->live.id = -1;
    return def;
}

static void
live_clear(DomLive *live)
{
    g_free(live->console_tty);
    g_strfreev(live->serial_ttys);
    g_strfreev(live->channel_ttys);
}

static void
live_copy(DomLive *to, const DomLive *from)
{
    live_clear(to);
    *to = *from;
    to->console_tty = g_strdup(from->console_tty);
    to->serial_ttys = g_strdupv(from->serial_ttys);
    to->channel_ttys = g_strdupv(from->channel_ttys);
}

static void
list_clear(const DomRecord *record, GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        dom_record_clear(record, list->pdata[i]);
        g_free(list->pdata[i]);
    }
    g_ptr_array_set_size(list, 0);
}

void
dom_list_copy(GPtrArray *list, const GPtrArray *from, const DomRecord *record)
{
    list_clear(record, list);
    for (guint i = 0; i < from->len; i++)
        dom_record_copy(record, dom_list_add(list, record), from->pdata[i]);
}

static gboolean
list_equal(const DomRecord *record, GPtrArray *a, GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        if (!dom_record_equal(record, a->pdata[i], b->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

void
dom_def_free(DomDef *def)
{
    if (def == NULL)
        return;
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (section->list) {
            list_clear(section->record, dom_section_list(section, def));
            g_ptr_array_unref(dom_section_list(section, def));
        } else {
            dom_record_clear(section->record, dom_section_data(section, def));
        }
    }
    live_clear(&def->live);
    g_free(def);
}

DomDef *
dom_def_copy(const DomDef *def)
{
    DomDef *copy = dom_def_new();

    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (section->list)
            dom_list_copy(dom_section_list(section, copy), dom_section_list(section, def),
                          section->record);
        else
            dom_record_copy(section->record, dom_section_data(section, copy),
                            dom_section_const_data(section, def));
    }
    live_copy(&copy->live, &def->live);
    return copy;
}

gboolean
dom_section_equal(const DomSection *section, const DomDef *a, const DomDef *b)
{
    if (section->list)
        return list_equal(section->record, dom_section_list(section, a),
                          dom_section_list(section, b));
    return dom_record_equal(section->record, dom_section_const_data(section, a),
                            dom_section_const_data(section, b));
}

gboolean
dom_def_equal(const DomDef *a, const DomDef *b)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        if (!dom_section_equal(&dom_sections[i], a, b))
            return FALSE;
    }
    return TRUE;
}
