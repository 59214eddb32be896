/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "xlconv/devices.h"
#include "xlconv/numbers.h"
#include "xlconv/pair.h"

static const XlcPair usbdevice = XLC_PAIR(input.usbdevice, input.usbdevice_list);
XLC_PAIR_CODEC(usbdevice);

static const XlcOption vkb_rows[] = {
    { "backend" },
    { "backend-type", .member = "backend_type" },
    { "unique-id", .member = "unique_id" },
    { "feature-disable-keyboard", .member = "feature_disable_keyboard" },
    { "feature-disable-pointer", .member = "feature_disable_pointer" },
    { "feature-abs-pointer", .member = "feature_abs_pointer" },
    { "feature-raw-pointer", .member = "feature_raw_pointer" },
    { "feature-multi-touch", .member = "feature_multi_touch" },
    { "multi-touch-width", .member = "multi_touch_width" },
    { "multi-touch-height", .member = "multi_touch_height" },
    { "multi-touch-num-contacts", .member = "multi_touch_num_contacts" },
    { "width" },
    { "height" },
};

static const XlcOptions vkb_options = {
    .record = &dom_vkb_record,
    .rows = vkb_rows,
    .n_rows = G_N_ELEMENTS(vkb_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
};

static gboolean
vkb_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    const DomVkb *vkb = record;

    if (!xlc_options_parse(&vkb_options, reader, key, value, record))
        return FALSE;
    if (vkb->backend_type != DOM_VKB_ABSENT && vkb->backend_type != DOM_VKB_UNKNOWN)
        return TRUE;
    xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
               _("nothing serves the device: expected backend-type=qemu or backend-type=linux"));
    return FALSE;
}

static const char *const no_names[] = { NULL };

static const XlcDevices vkb = {
    .list = DOM_TYPED_OFFSET(DomDef, vkbs, GPtrArray *),
    .record = &dom_vkb_record,
    .names = no_names,
    .carried = no_names,
    .options = &vkb_options,
    .parse = vkb_parse,
};
XLC_DEVICES_CODEC(vkb);

/* @word: "key=value". */
static void
warn_number(XlcReader *reader, const XlcKey *key, const XlcValue *item, const char *word)
{
    static const char *const numbers[] = { "channels-min", "channels-max", "buffer-size",
                                           "sample-rates", NULL };
    const char *value = strchr(word, '=');
    g_autofree char *name = g_strndup(word, value != NULL ? (gsize)(value - word) : 0);
    g_auto(GStrv) parts = g_strsplit(value != NULL ? value + 1 : "", ";", -1);

    for (guint i = 0; g_strv_contains(numbers, name) && parts[i] != NULL; i++) {
        guint32 reads = (guint32)strtoul(parts[i], NULL, 0);
        gint64 right;

        if (!xlc_number_parse(parts[i], 0, G_MAXUINT32, &right, NULL))
            xlc_report(reader, DOM_SEVERITY_WARNING, key, item,
                       _("'%s' is not a number as %s= takes it; xl reads %u"), parts[i], name,
                       reads);
    }
}

static void
warn_numbers(XlcReader *reader, const XlcKey *key, const XlcValue *card)
{
    for (guint i = 0; i < card->n_items; i++) {
        g_auto(GStrv) words =
            g_strsplit(card->items[i]->kind != XLC_VALUE_LIST ? card->items[i]->text : "", ",", -1);

        for (char **word = words; *word != NULL; word++)
            warn_number(reader, key, card->items[i], *word + strspn(*word, " "));
    }
}

/* A card is a list of items, kept as they are; what stands in them is for the binding. */
static gboolean
vsnd_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    if (entry->value->kind != XLC_VALUE_LIST) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
                   _("this is one value; expected a list of lists; xl ignores this key"));
        return FALSE;
    }
    for (guint i = 0; i < entry->value->n_items; i++) {
        const XlcValue *item = entry->value->items[i];
        char **items = NULL;

        if (item->kind == XLC_VALUE_LIST)
            items = xlc_take_strv(reader, key, item);
        else
            xlc_report(reader, DOM_SEVERITY_ERROR, key, item,
                       _("a card is a list: expected [ \"card, ...\", \"pcm, ...\", ... ]"));
        warn_numbers(reader, key, item);
        if (items != NULL)
            ((DomVsnd *)dom_list_add(def->vsnds, &dom_vsnd_record))->items = items;
    }
    return TRUE;
}

static void
vsnd_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->vsnds->len == 0)
        return;
    xlc_writer_open(writer, key->key);
    for (guint i = 0; i < def->vsnds->len; i++) {
        const DomVsnd *card = def->vsnds->pdata[i];

        xlc_writer_item_open(writer);
        for (char **item = card->items; item != NULL && *item != NULL; item++)
            xlc_writer_item_string(writer, *item);
        xlc_writer_close(writer);
    }
    xlc_writer_close(writer);
}

static void
vsnd_clear(const XlcKey *key, DomDef *def)
{
    for (guint i = 0; i < def->vsnds->len; i++) {
        dom_record_clear(&dom_vsnd_record, def->vsnds->pdata[i]);
        g_free(def->vsnds->pdata[i]);
    }
    g_ptr_array_set_size(def->vsnds, 0);
}

/* Read by the binding, see bind/vsnd.c. */
static const XlcSpecRow vsnd_rows[] = {
    { "backend", DOM_KIND_STRING, N_("Of a card: domain that serves it") },
    { "short-name", DOM_KIND_STRING, N_("Of a card: its short name") },
    { "long-name", DOM_KIND_STRING, N_("Of a card: its long name") },
    { "name", DOM_KIND_STRING, N_("Of a pcm: its name") },
    { "unique-id", DOM_KIND_STRING, N_("Of a stream: name that the backend finds it by") },
    { "type", DOM_KIND_ENUM, N_("Of a stream: it plays or captures"), { "p", "c" } },
    { "sample-rates", DOM_KIND_STRING, N_("Of each of them: rates in Hz, with ; between") },
    { "sample-formats", DOM_KIND_STRING, N_("Of each of them: formats, with ; between") },
    { "channels-min", DOM_KIND_UINT, N_("Of each of them: least number of channels") },
    { "channels-max", DOM_KIND_UINT, N_("Of each of them: greatest number of channels") },
    { "buffer-size", DOM_KIND_UINT, N_("Of each of them: size of the buffer in bytes") },
};

static void
vsnd_options(GPtrArray *list)
{
    xlc_spec_options_add(list, vsnd_rows, G_N_ELEMENTS(vsnd_rows));
}

static const DomRecord *const vsnd_record = &dom_vsnd_record;

static const XlcCodec vsnd_codec = { vsnd_parse, vsnd_format, vsnd_clear, .record = &vsnd_record };

static const XlcKey keys[] = {
    XLC_BOOL("usb", input.usb, XLC_HVM, .doc = N_("Emulated USB 1 bus")),
    XLC_INT("usbversion", input.usbversion, XLC_HVM, .doc = N_("Emulated USB bus of this version")),
    XLC_SPECIAL("usbdevice", &usbdevice_codec, XLC_HVM,
                .value = N_("an emulated device such as tablet, or a list of that"),
                .doc = N_("Emulated USB devices")),
    XLC_BOOL("vkb_device", input.vkb_device, XLC_HVM, .doc = N_("PV keyboard and pointer")),
    XLC_STRING("soundhw", input.soundhw, XLC_HVM, .doc = N_("Emulated sound card")),
    XLC_ENUM("hdtype", input.hdtype, DomHdtype, &dom_hdtype_names, XLC_HVM, .flags = XLC_FOLD,
             .doc = N_("Emulated disk controller")),
    XLC_SPECIAL("vkb", &vkb_codec, XLC_ANY, .doc = N_("PV keyboards and pointers")),
    XLC_SPECIAL("vsnd", &vsnd_codec, XLC_ANY, .options = vsnd_options,
                .value = N_("list of cards, each a list of the options below"),
                .doc = N_("PV sound cards")),
};

XLC_TOPIC(input, keys);
