/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/secret.h"
#include "xlconv/carried.h"
#include "xlconv/convert.h"
#include "xlconv/device_place.h"
#include "xlconv/devices.h"
#include "xlconv/kept.h"
#include "xlconv/key.h"
#include "xlconv/spec_vif.h"
#include "xlconv/to_cfg.h"
#include "xlconv/vfb.h"

static void
write_topics(const DomDef *def, XlcWriter *writer)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            xlc_key_format(&xlc_topics[t]->keys[k], def, writer);
    }
}

typedef struct {
    const DomDef *def;
    GPtrArray *items; /* of DomCarried */
    DomReport *report;
    GArray *told; /* of guint64: the places that the report has something to say about, sorted;
                   * NULL until one is sought, as in a list of JSON none is of any guest */
} Walk;

static guint64
pack_place(guint line, guint column)
{
    return (guint64)line << 32 | column;
}

static int
compare_packed(gconstpointer a, gconstpointer b)
{
    guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;

    return x < y ? -1 : x > y;
}

static GArray *
told_places(const DomReport *report)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(guint64));

    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(report, i);
        guint64 place = pack_place(diagnostic->line, diagnostic->column);

        if (diagnostic->severity >= DOM_SEVERITY_WARNING && diagnostic->line > 0)
            g_array_append_val(places, place);
    }
    g_array_sort(places, compare_packed);
    return places;
}

/* Whether reading the XML has told already that this is kept. */
static gboolean
is_told(Walk *walk, const DomRestItem *item)
{
    guint64 place = pack_place(item->line, item->column);

    if (walk->told == NULL)
        walk->told = told_places(walk->report);
    return g_array_binary_search(walk->told, &place, compare_packed, NULL);
}

static void
carry(const Walk *walk, const char *place, const char *text)
{
    g_ptr_array_add(walk->items, dom_carried_new(place, text));
}

/* Where XML says what Xen does without a word, or boot= says it, or reading the XML has told all.
 */
static const struct {
    const char *key;  /* a pattern */
    const char *text; /* NULL: any that the model gives a place of its own */
} unneeded[] = {
    { "os/type/@arch", "i686" },
    { "os/loader", NULL },
    { "clock/@adjustment", "reset" },
    { "devices/hostdev*/driver/@name", "xen" },
    { "devices/hostdev*/@managed", "yes" }, /* of USB, where libvirt has no use for it */
    { "devices/*/boot", NULL },
    { "devices/video/model/@ram", NULL },
    { "devices/video/model/@vram", NULL },
};

static gboolean
is_unneeded(const char *key, const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS(unneeded); i++) {
        if (g_pattern_match_simple(unneeded[i].key, key) &&
            (unneeded[i].text == NULL || g_str_equal(unneeded[i].text, text)))
            return TRUE;
    }
    return FALSE;
}

/* A value (NULL: none), which XML has to spell; FALSE when there is nothing to carry. */
static gboolean
carry_value(const Walk *walk, const char *place, const char *value)
{
    g_autofree char *text = value != NULL ? dom_carried_escape(value) : NULL;

    if (text != NULL)
        carry(walk, place, text);
    return text != NULL;
}

/* @key: the place as a user would name it. */
static void
report_unsaid(const Walk *walk, const char *key, guint line, guint column)
{
    dom_report_add(walk->report, DOM_SEVERITY_WARNING, line, column, key,
                   _("xl.cfg has no word for this; it is kept as a comment"));
}

/* @rest: where reading XML noted the place. */
static void
carry_text(const Walk *walk, const char *key, const char *value, const DomRest *rest)
{
    guint line, column;

    if (!carry_value(walk, key, value))
        return;
    dom_rest_noted(rest, key, &line, &column);
    report_unsaid(walk, key, line, column);
}

/* The name in "<name ...>". */
static char *
element_name(const char *text)
{
    return g_strndup(text + 1, strcspn(text + 1, " \t\n/>"));
}

static char *
place_of(const char *base, const DomRestItem *item)
{
    g_autoptr(GStrvBuilder) steps = g_strv_builder_new();
    g_autofree char *last =
        item->attr != NULL ? g_strconcat("@", item->attr, NULL) : element_name(item->text);
    g_auto(GStrv) path = NULL;

    if (*base != '\0')
        g_strv_builder_add(steps, base);
    if (*item->path != '\0')
        g_strv_builder_add(steps, item->path);
    if (!dom_rest_is_none(item))
        g_strv_builder_add(steps, last);
    path = g_strv_builder_end(steps);
    return g_strjoinv("/", path);
}

/* @shown, @base: the record's element, as a user would name it and exactly. */
static void
carry_rest(Walk *walk, const char *shown, const char *base, const DomRest *rest)
{
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = rest->items->pdata[i];
        g_autofree char *key = place_of(shown, item);
        g_autofree char *place = place_of(base, item);

        if (item->attr == NULL)
            carry(walk, place, item->text);
        else if (!carry_value(walk, place, item->text))
            continue;
        /* what other programs note, and what is not there, is nothing that the guest could miss */
        if (!dom_rest_is_none(item) && !g_str_has_prefix(key, "metadata/") &&
            !is_unneeded(key, item->text) && !is_told(walk, item))
            report_unsaid(walk, key, item->line, item->column);
    }
}

/* The element that a size is from. */
static const char *
element_of_size(const DomMemory *memory, const char *key)
{
    if (g_str_equal(key, "maxmem"))
        return "memory";
    return g_str_equal(key, "memory") && memory->max.set ? "currentMemory" : key;
}

/* xl.cfg counts in MiB, and more than XML says is better than less. @noted: see dom_rest_note(). */
static void
warn_rounded(const Walk *walk, const DomUint *kib, const char *key, const DomRest *rest,
             const char *noted)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " KiB", kib->value);
    guint line, column;

    dom_rest_noted(rest, noted, &line, &column);
    dom_report_add(walk->report, DOM_SEVERITY_WARNING, line, column, key,
                   _("%s is no whole number of MiB; it is rounded up"), text);
}

static void
report_rounded(const Walk *walk, const XlcKey *key)
{
    const DomMemory *memory = &walk->def->memory;
    DomUint kib;

    if (key->shape != XLC_SHAPE_MIB || !dom_field_is_set(&key->field, walk->def))
        return;
    kib = *DOM_CONST_MEMBER(walk->def, &key->field, DomUint);
    if (kib.value % 1024 != 0)
        warn_rounded(walk, &kib, key->key, &memory->rest, element_of_size(memory, key->key));
}

static void
carry_size(const Walk *walk, const DomUint *kib, const char *place)
{
    g_autofree char *text = NULL;

    if (!kib->set || kib->value % 1024 == 0)
        return;
    text = g_strdup_printf("%" G_GUINT64_FORMAT, kib->value);
    carry(walk, place, text);
}

static void
carry_sizes(const Walk *walk)
{
    const DomMemory *memory = &walk->def->memory;

    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            report_rounded(walk, &xlc_topics[t]->keys[k]);
    }
    carry_size(walk, &memory->max, "memory[@unit='KiB']");
    carry_size(walk, &memory->target,
               memory->max.set ? "currentMemory[@unit='KiB']" : "memory[@unit='KiB']");
    carry_size(walk, &walk->def->video.videoram, "devices/video/model/@vram");
}

/* Where the type of a disk's element is not the one that its target looks like. libxl looks at the
 * target itself, so that nothing is to be told. */
static void
carry_source(const Walk *walk, const DomDisk *disk, XlcDevicePlaces *places)
{
    g_autofree char *base = NULL, *place = NULL;

    if (disk->source == DOM_DISK_SOURCE_ABSENT)
        return;
    base = xlc_device_places_base(places);
    place = g_strconcat(base, "/@type", NULL);
    carry(walk, place, dom_enum_name(&dom_disk_source_names, (int)disk->source));
}

/* libvirt's network, and the type where no bridge says it. Where its bridge is known nothing is
 * lost. */
static void
carry_network(const Walk *walk, const DomNic *nic, XlcDevicePlaces *places)
{
    g_autofree char *text = nic->network != NULL ? dom_carried_escape(nic->network) : NULL;
    g_autofree char *shown = NULL, *base = NULL, *type = NULL, *place = NULL, *key = NULL;
    guint line, column;

    if (text == NULL)
        return;
    shown = xlc_device_places_shown(places);
    base = xlc_device_places_base(places);
    type = g_strconcat(base, "/@type", NULL);
    place = g_strconcat(base, "/source/@network", NULL);
    key = g_strconcat(shown, "/source/@network", NULL);
    carry(walk, place, text);
    if (dom_nic_bridge(nic) != NULL)
        return;
    carry(walk, type, "network");
    dom_rest_noted(&nic->rest, "source/@network", &line, &column);
    dom_report_add(walk->report, DOM_SEVERITY_WARNING, line, column, key,
                   _("xl knows no network of libvirt's: by this file the guest is on the default "
                     "bridge of the host, not on that of '%s', which is kept as a comment; write "
                     "its bridge into bridge="),
                   nic->network);
}

/* Above 4 GB/s not every rate that libxl takes has a form. */
static void
report_rate(const Walk *walk, const DomNic *nic, const XlcDevicePlaces *places)
{
    XlcVifRate rate = { nic->rate.value, (guint32)nic->rate_interval.value };
    g_autofree char *exact = nic->rate.set ? xlc_vif_rate_format(&rate, NULL) : NULL;
    g_autofree char *shown = NULL, *nearest = NULL;
    guint line, column;

    if (!nic->rate.set || exact != NULL)
        return;
    shown = xlc_device_places_shown(places);
    nearest = xlc_vif_rate_round_up(&rate);
    dom_rest_noted(&nic->rest, "bandwidth", &line, &column);
    if (nearest != NULL)
        dom_report_add(walk->report, DOM_SEVERITY_WARNING, line, column, shown,
                       _("xl.cfg has no word for exactly this rate; it is rounded up to %s"),
                       nearest);
    else
        dom_report_add(walk->report, DOM_SEVERITY_WARNING, line, column, shown,
                       _("xl.cfg has no word for a rate this high; it is left out"));
}

/* A size of a NUMA node that is no whole number of MiB; vnuma takes those alone. */
static void
carry_cell(const Walk *walk, const DomVnode *vnode, XlcDevicePlaces *places)
{
    const DomUint *kib = &vnode->size;
    g_autofree char *shown = NULL, *base = NULL, *place = NULL, *key = NULL;

    if (!kib->set || kib->value % 1024 == 0)
        return;
    shown = xlc_device_places_shown(places);
    base = xlc_device_places_base(places);
    place = g_strconcat(base, "/@memory", NULL);
    key = g_strconcat(shown, "/@memory", NULL);
    carry_size(walk, kib, place);
    warn_rounded(walk, kib, key, &vnode->rest, "@memory");
}

static void
carry_beside(const Walk *walk, const DomSection *section, gconstpointer device,
             XlcDevicePlaces *places)
{
    if (section->record == &dom_nic_record) {
        carry_network(walk, device, places);
        report_rate(walk, device, places);
    } else if (section->record == &dom_vnode_record) {
        carry_cell(walk, device, places);
    } else if (section->record == &dom_disk_record) {
        carry_source(walk, device, places);
    }
}

static void
carry_device_rest(Walk *walk, const DomRest *rest, XlcDevicePlaces *places)
{
    g_autofree char *shown = NULL, *base = NULL;

    if (rest->items == NULL)
        return;
    shown = xlc_device_places_shown(places);
    base = xlc_device_places_base(places);
    carry_rest(walk, shown, base, rest);
}

/* A device that XML has no element for has no place where a comment could bring something back to.
 */
static void
report_hidden(const Walk *walk, const DomSection *section, gconstpointer device)
{
    const DomRest *rest = device;

    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = rest->items->pdata[i];
        g_autofree char *key = place_of(section->path, item);

        dom_report_add(walk->report, DOM_SEVERITY_WARNING, item->line, item->column, key,
                       _("xl.cfg has no word for this, and the device's name is none of libvirt's: "
                         "it is left out"));
    }
}

static void
carry_devices(Walk *walk, const DomSection *section)
{
    GPtrArray *list = dom_section_list(section, walk->def);
    g_auto(XlcDevicePlaces) places = { 0 };

    if (section->path == NULL || list->len == 0)
        return;
    xlc_device_places_init(&places, walk->def, section);
    for (guint i = 0; i < list->len; i++) {
        if (!xlc_device_places_next(&places)) {
            report_hidden(walk, section, list->pdata[i]);
            continue;
        }
        carry_beside(walk, section, list->pdata[i], &places);
        carry_device_rest(walk, list->pdata[i], &places);
    }
}

GPtrArray *
xlc_cfg_carried(const DomDef *def, DomReport *report)
{
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)dom_carried_free);
    Walk walk = { def, items, report, NULL };

    carry_text(&walk, "title", def->general.title, &def->general.rest);
    carry_text(&walk, "description", def->general.description, &def->general.rest);
    if (def->features.ms_vm_genid != DOM_GENID_NONE)
        carry_text(&walk, "genid", def->features.genid, &def->features.rest);
    carry_sizes(&walk);
    if (def->graphics.spice_autoport == DOM_TRISTATE_ON)
        carry(&walk, "devices/graphics[@type='spice']/@autoport", "yes");
    for (guint i = 0; i < dom_n_sections; i++) {
        if (dom_sections[i].list)
            carry_devices(&walk, &dom_sections[i]);
        else
            carry_rest(&walk, "", "", dom_section_const_data(&dom_sections[i], def));
    }
    g_clear_pointer(&walk.told, g_array_unref);
    dom_report_sort(report);
    return items;
}

void
xlc_cfg_bind(GPtrArray *items, const char *text)
{
    g_autoptr(DomDef) def = items->len > 0 ? xlc_def_as_xl(text, strlen(text), NULL, NULL) : NULL;

    if (def != NULL)
        dom_carried_bind(items, def, &xlc_def_ops);
}

gboolean
xlc_report_refused(const DomDef *def, DomReport *report)
{
    g_autoptr(DomDef) made = NULL;
    const DomDef *said = xlc_vfb_said(def, &made);
    guint n_keys;
    const XlcKey *const *keys = xlc_key_all(&n_keys);
    gboolean any = FALSE;

    for (guint i = 0; i < n_keys; i++) {
        const XlcDevices *devices = keys[i]->codec != NULL ? keys[i]->codec->devices : NULL;

        if (devices != NULL && xlc_devices_report_refused(devices, keys[i], said, report))
            any = TRUE;
    }
    return any;
}

static void
report_secret(const char *key, XlcPosition at, DomReport *report)
{
    dom_report_add(report, DOM_SEVERITY_WARNING, at.line, at.column, key,
                   _("a password is left out, and the console would be open to all: ask for the "
                     "secure form (--secure) to keep it"));
}

/* @rest: where reading XML noted the place, by the key. */
static XlcPosition
place_of_key(const XlcDoc *doc, const DomRest *rest, const char *key)
{
    const XlcEntry *entry = doc != NULL ? xlc_doc_get(doc, key) : NULL;
    XlcPosition at = { 0 };

    if (entry != NULL)
        return entry->value->start;
    dom_rest_noted(rest, key, &at.line, &at.column);
    return at;
}

/* Framebuffers have theirs inside their items, or were made of the keys beside vnc=1. Without
 * places to tell them apart one is enough. */
static void
report_vfb_secrets(const DomDef *def, const XlcDoc *doc, DomReport *report)
{
    for (guint i = 0; i < def->vfbs->len; i++) {
        const XlcValue *item = doc != NULL ? xlc_doc_item(doc, "vfb", i) : NULL;
        const DomVfb *vfb = def->vfbs->pdata[i];
        XlcPosition at;

        if (!dom_record_has_secrets(&dom_vfb_record, vfb))
            continue;
        at = item != NULL ? xlc_doc_locate_option(doc, item, "vncpasswd")
                          : place_of_key(doc, &vfb->rest, "vncpasswd");
        report_secret(doc != NULL && item == NULL ? "vncpasswd" : "vfb", at, report);
        if (at.line == 0)
            return;
    }
}

/* Those of elements that Xen has nothing for. */
static void
report_kept_secrets(const DomRest *rest, DomReport *report)
{
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = rest->items->pdata[i];
        g_autofree char *without = dom_rest_without_secret(item);

        if (without != NULL)
            report_secret("devices/graphics",
                          (XlcPosition){ .line = item->line, .column = item->column }, report);
    }
}

/* Each by the key that it has, or would have, in xl.cfg. */
void
xlc_report_secrets(const DomDef *def, const XlcDoc *doc, DomReport *report)
{
    guint n_keys;
    const XlcKey *const *keys = xlc_key_all(&n_keys);

    for (guint i = 0; i < n_keys; i++) {
        if (dom_field_is_secret(&keys[i]->field, def))
            report_secret(keys[i]->key, place_of_key(doc, &def->graphics.rest, keys[i]->key),
                          report);
    }
    report_vfb_secrets(def, doc, report);
    report_kept_secrets(&def->metadata.rest, report);
}

/* One order, whatever that of the elements was: writing XML puts them where they belong, and the
 * text shall be the same again. Those of one place stay as they are. */
static int
compare_places(gconstpointer a, gconstpointer b)
{
    const DomCarried *x = *(const DomCarried *const *)a;
    const DomCarried *y = *(const DomCarried *const *)b;

    return strcmp(x->place, y->place);
}

/* @left_out: whether passwords were; then the text says so itself, since who opens it later may not
 * have seen the report. */
static char *
write_def(const DomDef *def, gboolean left_out, DomReport *report, GError **error)
{
    g_autoptr(DomDef) made = NULL;
    const DomDef *said = xlc_vfb_said(def, &made);
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GPtrArray) carried = NULL;

    if (!xlc_kept_write(said, TRUE, writer, error))
        return NULL;
    write_topics(said, writer);
    if (!xlc_kept_write(said, FALSE, writer, error))
        return NULL;
    carried = xlc_cfg_carried(def, report);
    if (xlc_writer_peek(writer) != NULL)
        xlc_cfg_bind(carried, xlc_writer_peek(writer));
    g_ptr_array_sort(carried, compare_places);
    for (guint i = 0; i < carried->len; i++)
        xlc_carried_write(carried->pdata[i], writer);
    if (left_out)
        xlc_writer_comment(writer,
                           _("a password is left out: without one the console is open to all"));
    return xlc_writer_finish(writer, NULL, error);
}

gboolean
xlc_report_withheld(const DomDef *def, DomReport *report)
{
    const DomRestItem *withheld = dom_def_withheld(def);

    if (withheld != NULL)
        dom_report_add(report, DOM_SEVERITY_WARNING, withheld->line, withheld->column,
                       "metadata/xl:withheld",
                       _("this XML was made without its password, and the console would be open to "
                         "all: ask for the secure form (virsh dumpxml --security-info)"));
    return withheld != NULL;
}

char *
xlc_def_to_cfg(const DomDef *def, DomFormatFlags flags, DomReport *report, GError **error)
{
    g_autoptr(DomDef) visible = NULL;

    if ((flags & DOM_FORMAT_SECURE) || !dom_def_has_secrets(def))
        return write_def(def, xlc_report_withheld(def, report), report, error);
    xlc_report_secrets(def, NULL, report);
    visible = dom_def_copy(def);
    dom_def_clear_secrets(visible);
    return write_def(visible, TRUE, report, error);
}
