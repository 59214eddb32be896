/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "generate.h"

#include <string.h>

#include "xlconv/key.h"

typedef struct {
    GRand *random;
    guint index;             /* of the device in its list */
    const DomRecord *record; /* whose members are being filled */
} Source;

static gboolean
one_in(const Source *source, gint n)
{
    return g_rand_int_range(source->random, 0, n) == 0;
}

/* Pieces that have a meaning somewhere on the way. */
static const char *const pieces[] = { "a",    "b7",  "Z", "-",  "_",    ".",  "/",    ":",
                                      " ",    "\"",  "'", "\\", "\\n",  "<",  ">",    "&",
                                      "&lt;", "]]>", "#", ";",  "[",    "]",  "é",    "北京",
                                      "\t",   "\r",  "=", "%s", "0x1f", "--", "<!--", "$(x)" };

static char *
any_text(const Source *source, const char *forbidden, gboolean empty)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gint n = g_rand_int_range(source->random, empty ? 0 : 1, 6);

    while (n > 0) {
        const char *piece = pieces[g_rand_int_range(source->random, 0, G_N_ELEMENTS(pieces))];

        if (strpbrk(piece, forbidden) != NULL)
            continue;
        g_string_append(text, piece);
        n--;
    }
    return g_strdup(text->str);
}

static void
set_text(const DomField *field, gpointer record, char *text)
{
    dom_field_clear(field, record);
    *DOM_MEMBER(record, field, char *) = text;
}

/* Rules: how a member gets a value that somebody could have meant. */
typedef void Make(const Source *source, const DomField *field, gpointer record);

static void
make_none(const Source *source, const DomField *field, gpointer record)
{
}

static void
make_text(const Source *source, const DomField *field, gpointer record)
{
    char *text = any_text(source, "", TRUE);

    if (one_in(source, 8)) {
        char *longer = g_strconcat(text, ",\n", text, NULL);

        g_free(text);
        text = longer;
    }
    set_text(field, record, text);
}

/* Inside an item: no comma, no newline, no blank at an end. */
static void
make_option_text(const Source *source, const DomField *field, gpointer record)
{
    g_autofree char *text = any_text(source, ",\n\r\t", FALSE);

    set_text(field, record, g_strstrip(g_strconcat("o", text, NULL)));
}

static void
make_word(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record, any_text(source, ", \n\r\t=:'\"\\/<>&#;[]$%", FALSE));
}

static void
make_on(const Source *source, const DomField *field, gpointer record)
{
    *DOM_MEMBER(record, field, DomTristate) = DOM_TRISTATE_ON;
}

static void
make_uuid(const Source *source, const DomField *field, gpointer record)
{
    guint32 r = g_rand_int(source->random);

    set_text(field, record, g_strdup_printf("%08x-1234-4abc-8def-0123456789ab", r));
}

static void
make_positive(const Source *source, const DomField *field, gpointer record)
{
    DomUint value = { .value = (guint64)g_rand_int_range(source->random, 1, 128), .set = TRUE };

    *DOM_MEMBER(record, field, DomUint) = value;
}

/* What xl keeps of a place on a bus of USB. */
static void
make_byte(const Source *source, const DomField *field, gpointer record)
{
    DomUint value = { .value = (guint64)g_rand_int_range(source->random, 0, 256), .set = TRUE };

    *DOM_MEMBER(record, field, DomUint) = value;
}

static void
make_small_int(const Source *source, const DomField *field, gpointer record)
{
    DomInt value = { .value = g_rand_int_range(source->random, 1, 65536), .set = TRUE };

    *DOM_MEMBER(record, field, DomInt) = value;
}

/* A list that xl reads. */
static char *
any_cpulist(const Source *source)
{
    static const char *const lists[] = { "0-3", "all,^2", "nodes:0-1,^node:1", "5", "^1,0-7", "" };

    return g_strdup(lists[g_rand_int_range(source->random, 0, G_N_ELEMENTS(lists))]);
}

static void
make_cpulist(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record, any_cpulist(source));
}

static void
make_cpulists(const Source *source, const DomField *field, gpointer record)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    gint count = g_rand_int_range(source->random, 1, 5);

    for (gint i = 0; i < count; i++) {
        g_autofree char *list = any_cpulist(source);

        g_strv_builder_add(builder, list);
    }
    *DOM_MEMBER(record, field, char **) = g_strv_builder_end(builder);
}

static void
make_vdev(const Source *source, const DomField *field, gpointer record)
{
    static const char *const formats[] = { "xvd%c", "hd%c", "sd%c", "xvd%c3", "vd%c", "d%cp1" };
    const char *form = formats[g_rand_int_range(source->random, 0, G_N_ELEMENTS(formats))];
    g_auto(GStrv) parts = g_strsplit(form, "%c", 2);

    set_text(field, record,
             g_strdup_printf("%s%c%s", parts[0], 'a' + (int)source->index, parts[1]));
}

static void
make_target(const Source *source, const DomField *field, gpointer record)
{
    char *text = any_text(source, "\n", FALSE);

    set_text(field, record, g_strconcat("/dev/vg0/t", text, "x", NULL));
    g_free(text);
}

static void
make_mac(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record,
             g_strdup_printf("00:16:3e:%02x:00:%02x",
                             (guint)g_rand_int_range(source->random, 0, 256), source->index));
}

static void
make_addresses(const Source *source, const DomField *field, gpointer record)
{
    static const char *const texts[] = { "192.0.2.1", "192.0.2.1/24", "2001:db8::1/64 192.0.2.7",
                                         "dhcp", "10.0.0.300" };

    set_text(field, record,
             g_strdup(texts[g_rand_int_range(source->random, 0, G_N_ELEMENTS(texts))]));
}

static void
make_rate(const Source *source, const DomField *field, gpointer record)
{
    static const guint intervals[] = { 50000, 20000, 1000000, 100000 };
    DomNic *nic = record;
    gint pick = g_rand_int_range(source->random, 0, G_N_ELEMENTS(intervals));

    nic->rate = (DomUint){ (guint64)g_rand_int_range(source->random, 1, 1 << 24), TRUE };
    nic->rate_interval = (DomUint){ intervals[pick], TRUE };
}

static void
make_mtu(const Source *source, const DomField *field, gpointer record)
{
    ((DomNic *)record)->mtu =
        (DomUint){ (guint64)g_rand_int_range(source->random, 68, 9001), TRUE };
}

static void
make_nic_option(const Source *source, const DomField *field, gpointer record)
{
    static const char *const texts[] = { "forwarddev=eth1", "colour=red", "bare", "accel=none" };
    const char *one[] = { texts[g_rand_int_range(source->random, 0, G_N_ELEMENTS(texts))], NULL };

    g_strfreev(((DomNic *)record)->options);
    ((DomNic *)record)->options = g_strdupv((char **)one);
}

static void
make_bdf(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record,
             g_strdup_printf("%04x:%02x:%02x.%x", (guint)g_rand_int_range(source->random, 0, 2),
                             source->index, (guint)g_rand_int_range(source->random, 0, 32),
                             (guint)g_rand_int_range(source->random, 0, 8)));
}

static void
make_vslot(const Source *source, const DomField *field, gpointer record)
{
    ((DomPci *)record)->vslot = (DomUint){ (guint64)g_rand_int_range(source->random, 0, 32), TRUE };
}

/* For keys whose texts xl judges. */
static void
make_words(const Source *source, const DomField *field, gpointer record)
{
    generate_words(source->random, source->record, field, record);
}

static void
make_dm_version(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record, g_strdup("qemu-xen"));
}

static void
make_pv_firmware(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record, g_strdup(one_in(source, 2) ? "pvgrub32" : "pvgrub64"));
}

static void
make_vnode_numbers(const Source *source, const DomField *field, gpointer record)
{
    set_text(field, record, g_strdup(one_in(source, 2) ? "0-1,3" : "10,20"));
}

/* Assignments that no row knows. */
static void
make_unmapped(const Source *source, const DomField *field, gpointer record)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    gint n = g_rand_int_range(source->random, 1, 4);

    for (gint i = 0; i < n; i++) {
        g_autofree char *key = g_strdup_printf("zz_unknown%d", i);
        g_autofree char *text = any_text(source, "", TRUE);
        g_autofree char *line = NULL;

        xlc_writer_open(writer, key);
        xlc_writer_item_string(writer, text);
        xlc_writer_item_integer(writer, i);
        xlc_writer_close(writer);
        line = xlc_writer_finish(writer, NULL, NULL);
        g_strv_builder_add(lines, g_strchomp(line));
    }
    *DOM_MEMBER(record, field, char **) = g_strv_builder_end(lines);
}

static const struct {
    const DomRecord *record;
    const char *member;
    Make *make;
} rules[] = {
    { &dom_general_record, "uuid", make_uuid },
    { &dom_general_record, "title", make_none },
    { &dom_general_record, "description", make_none },
    { &dom_features_record, "genid", make_none },
    { &dom_cpu_record, "vcpus", make_positive },
    { &dom_cpu_record, "maxvcpus", make_none },
    { &dom_cpu_record, "cpus", make_cpulist },
    { &dom_cpu_record, "cpus_list", make_cpulists },
    { &dom_cpu_record, "cpus_soft", make_cpulist },
    { &dom_cpu_record, "cpus_soft_list", make_cpulists },
    { &dom_os_record, "device_model_version", make_dm_version },
    { &dom_os_record, "pv_firmware", make_pv_firmware },
    { &dom_general_record, "xenstore_quota", make_words },
    { &dom_os_record, "smbios", make_words },
    { &dom_features_record, "viridian_list", make_words },
    { &dom_features_record, "mca_caps", make_words },
    { &dom_features_record, "gic_version", make_words },
    { &dom_features_record, "tee", make_words },
    { &dom_features_record, "sve", make_words },
    { &dom_features_record, "arm_sci", make_words },
    { &dom_features_record, "llc_colors", make_words },
    { &dom_features_record, "altp2m_count", make_small_int },
    { &dom_chardev_record, "vuart", make_words },
    { &dom_video_record, "gfx_passthru", make_words },
    { &dom_hostdev_record, "ioports", make_words },
    { &dom_hostdev_record, "irqs", make_words },
    { &dom_hostdev_record, "iomem", make_words },
    { &dom_metadata_record, "unmapped", make_unmapped },
    { &dom_disk_record, "vdev", make_vdev },
    { &dom_disk_record, "target", make_target },
    { &dom_disk_record, "source", make_none },
    { &dom_disk_record, "readonly", make_on },
    { &dom_disk_record, "cdrom", make_on },
    { &dom_disk_record, "direct_io_safe", make_on },
    { &dom_disk_record, "colo_port", make_small_int },
    { &dom_nic_record, "mac", make_mac },
    { &dom_nic_record, "network", make_none },
    { &dom_graphics_record, "spice_autoport", make_none },
    { &dom_nic_record, "ip", make_addresses },
    { &dom_nic_record, "rate", make_rate },
    { &dom_nic_record, "rate_interval", make_none },
    { &dom_nic_record, "devid", make_small_int },
    { &dom_nic_record, "mtu", make_mtu },
    { &dom_nic_record, "options", make_nic_option },
    { &dom_pci_record, "bdf", make_bdf },
    { &dom_pci_record, "all_functions", make_none },
    { &dom_pci_record, "vslot", make_vslot },
    { &dom_pci_record, "name", make_word },
    { &dom_usbdev_record, "hostbus", make_byte },
    { &dom_usbdev_record, "hostaddr", make_byte },
    { &dom_vtpm_record, "uuid", make_uuid },
    { &dom_vnode_record, "vcpus", make_vnode_numbers },
    { &dom_vnode_record, "vdistances", make_vnode_numbers },
};

static Make *
find_rule(const DomRecord *record, const DomField *field)
{
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (rules[i].record == record && g_str_equal(rules[i].member, field->name))
            return rules[i].make;
    }
    return NULL;
}

/* xl.cfg counts these in MiB. */
static gboolean
is_mib(const DomSection *section, const DomField *field)
{
    gsize offset = section->offset + field->offset;

    if (section->record == &dom_vnode_record)
        return g_str_equal(field->name, "size");
    for (guint t = 0; t < xlc_n_topics && !section->list; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const XlcKey *key = &xlc_topics[t]->keys[k];

            if (key->shape == XLC_SHAPE_MIB && key->field.offset == offset)
                return TRUE;
        }
    }
    return FALSE;
}

static void
make_strv(const Source *source, const DomField *field, gpointer record)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (gint n = g_rand_int_range(source->random, 0, 4); n > 0; n--) {
        g_autofree char *text = any_text(source, "", TRUE);

        g_strv_builder_add(builder, text);
    }
    *DOM_MEMBER(record, field, char **) = g_strv_builder_end(builder);
}

/* Small and huge numbers alike; those of xl are int. */
static gint64
any_number(const Source *source, gint64 least, gint64 most)
{
    gint64 number = g_rand_int_range(source->random, 0, 5000);

    if (one_in(source, 4))
        return one_in(source, 2) ? least : most;
    return MAX(least, number);
}

static void
make_by_kind(const Source *source, const DomSection *section, const DomField *field,
             gpointer record)
{
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        *DOM_MEMBER(record, field, DomTristate) =
            one_in(source, 2) ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
        break;
    case DOM_KIND_UINT:
        *DOM_MEMBER(record, field, DomUint) =
            is_mib(section, field)
                ? (DomUint){ (guint64)any_number(source, 1, 1 << 20) * 1024, TRUE }
                : (DomUint){ (guint64)any_number(source, 0, G_MAXINT32), TRUE };
        break;
    case DOM_KIND_INT:
        *DOM_MEMBER(record, field, DomInt) =
            (DomInt){ any_number(source, G_MININT32, G_MAXINT32), TRUE };
        break;
    case DOM_KIND_STRING:
        (section->list ? make_option_text : make_text)(source, field, record);
        break;
    case DOM_KIND_ENUM:
        *DOM_MEMBER(record, field, int) =
            g_rand_int_range(source->random, 1, (gint)field->enums->count);
        break;
    case DOM_KIND_STRV:
        make_strv(source, field, record);
        break;
    }
}

static void
fill(Source *source, const DomSection *section, gpointer record)
{
    gint rarity = g_rand_int_range(source->random, 1, 8);

    source->record = section->record;
    for (guint i = 0; i < section->record->n_fields; i++) {
        const DomField *field = &section->record->fields[i];
        Make *make = find_rule(section->record, field);

        if (!one_in(source, rarity))
            continue;
        if (make != NULL)
            make(source, field, record);
        else
            make_by_kind(source, section, field, record);
    }
}

/* What one member demands of another. */
static void
settle_disk(const Source *source, DomDisk *disk)
{
    const DomField *vdev = dom_record_find(&dom_disk_record, "vdev");
    const DomField *target = dom_record_find(&dom_disk_record, "target");

    if (disk->vdev == NULL)
        make_vdev(source, vdev, disk);
    if (disk->cdrom == DOM_TRISTATE_ON)
        disk->readonly = DOM_TRISTATE_ABSENT;
    else if (disk->target == NULL)
        make_target(source, target, disk);
}

static void
settle_pci(const Source *source, DomPci *pci)
{
    if (pci->bdf != NULL)
        g_clear_pointer(&pci->name, g_free);
    else if (pci->name == NULL)
        make_bdf(source, dom_record_find(&dom_pci_record, "bdf"), pci);
    if (pci->bdf != NULL && g_str_has_suffix(pci->bdf, ".0") && one_in(source, 4))
        pci->all_functions = DOM_TRISTATE_ON;
}

static void
settle_device(const Source *source, const DomSection *section, gpointer record)
{
    if (section->record == &dom_disk_record) {
        settle_disk(source, record);
    } else if (section->record == &dom_pci_record) {
        settle_pci(source, record);
    } else if (section->record == &dom_channel_record) {
        DomChannel *channel = record;

        if (channel->connection == DOM_CHANNEL_ABSENT || channel->path == NULL)
            channel->connection = DOM_CHANNEL_PTY;
    } else if (section->record == &dom_vkb_record) {
        ((DomVkb *)record)->backend_type = DOM_VKB_QEMU;
    } else if (section->record == &dom_vtpm_record) {
        DomVtpm *vtpm = record;

        if (vtpm->backend == NULL)
            vtpm->backend = g_strdup("vtpmmgr");
    } else if (section->record == &dom_vdispl_record) {
        DomVdispl *vdispl = record;

        g_free(vdispl->connectors);
        vdispl->connectors = g_strdup("id0:1920x1080;id1:800x600");
    } else if (section->record == &dom_vsnd_record) {
        DomVsnd *vsnd = record;

        if (vsnd->items == NULL)
            vsnd->items = g_new0(char *, 1);
    } else if (section->record == &dom_p9_record) {
        DomP9 *p9 = record;

        g_free(p9->tag);
        p9->tag = g_strdup_printf("tag%u", source->index);
    }
}

static void
clear_second(char **one, char ***list)
{
    if (*one != NULL)
        g_clear_pointer(list, g_strfreev);
}

/* xl refuses some keys for guests that they are not for. */
static void
clear_refused(DomDef *def)
{
    static const XlcGuests guests[] = {
        [DOM_TYPE_PV] = XLC_PV, [DOM_TYPE_PVH] = XLC_PVH, [DOM_TYPE_HVM] = XLC_HVM
    };
    XlcGuests guest = guests[dom_general_type(def)];

    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const XlcKey *key = &xlc_topics[t]->keys[k];

            if ((key->flags & XLC_REFUSED_ELSEWHERE) && !(key->guests & guest))
                xlc_key_clear(key, def);
        }
    }
}

static void
settle_def(const Source *source, DomDef *def)
{
    if (def->general.name == NULL || *def->general.name == '\0') {
        g_free(def->general.name);
        def->general.name = any_text(source, "", FALSE);
    }
    if (def->cpu.vcpus.set && one_in(source, 2))
        def->cpu.maxvcpus = (DomUint){ def->cpu.vcpus.value + source->index, TRUE };
    clear_second(&def->cpu.cpus, &def->cpu.cpus_list);
    clear_second(&def->cpu.cpus_soft, &def->cpu.cpus_soft_list);
    clear_second(&def->cpu.cpuid, &def->cpu.cpuid_list);
    clear_second(&def->chardev.serial, &def->chardev.serial_list);
    clear_second(&def->input.usbdevice, &def->input.usbdevice_list);
    if (def->features.viridian != DOM_TRISTATE_ABSENT)
        g_clear_pointer(&def->features.viridian_list, g_strfreev);
    clear_refused(def);
    if (dom_general_type(def) == DOM_TYPE_HVM || def->os.kernel != NULL)
        g_clear_pointer(&def->os.pv_firmware, g_free);
    /* vnc=1 of such a guest would make a framebuffer of its own. */
    if (dom_general_type(def) == DOM_TYPE_PV && def->vfbs->len == 0)
        def->graphics.head.vnc = DOM_TRISTATE_ABSENT;
}

DomDef *
generate_def(GRand *random)
{
    DomDef *def = dom_def_new();
    Source source = { .random = random };

    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];
        gint wanted = g_rand_int_range(random, -3, 4);
        gint n = section->list && wanted > 0 ? wanted : 0;

        if (!section->list)
            fill(&source, section, dom_section_data(section, def));
        for (source.index = 0; source.index < (guint)n; source.index++) {
            gpointer record = dom_list_add(dom_section_list(section, def), section->record);

            fill(&source, section, record);
            settle_device(&source, section, record);
        }
        source.index = 0;
    }
    settle_def(&source, def);
    return def;
}
