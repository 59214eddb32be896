/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/input.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/alias.h"
#include "conf/def.h"
#include "conf/disk_bus.h"
#include "conf/usb_bus.h"
#include "conf/xml.h"

static const char *const hdtype_texts[] = { NULL, "ide", "ahci" };
const DomEnum dom_hdtype_names = DOM_ENUM(hdtype_texts, DOM_HDTYPE_LAST);

static const DomField fields[] = {
    DOM_TRISTATE_FIELD(DomInput, usb, NULL, .doc = N_("Emulated USB 1 bus")),
    DOM_INT_FIELD(DomInput, usbversion, NULL, .doc = N_("Emulated USB bus of this version")),
    DOM_STRING_FIELD(DomInput, usbdevice, NULL, .doc = N_("Emulated USB device")),
    DOM_STRV_FIELD(DomInput, usbdevice_list, NULL, .doc = N_("Emulated USB devices")),
    DOM_TRISTATE_FIELD(DomInput, vkb_device, NULL, .doc = N_("PV keyboard and pointer")),
    DOM_STRING_FIELD(DomInput, soundhw, NULL, .doc = N_("Emulated sound card")),
    DOM_ENUM_FIELD(DomInput, hdtype, DomHdtype, &dom_hdtype_names, NULL,
                   .doc = N_("Emulated disk controller")),
};

/* Emulated USB devices that <input bus='usb'> can say. */
static const char *const input_types[] = { "tablet", "mouse", "keyboard", NULL };

static gboolean
is_basic(xmlNodePtr node)
{
    return dom_xml_is(node, "@type", "mouse") || dom_xml_is(node, "@type", "keyboard");
}

static gboolean
says_more(xmlNodePtr node)
{
    static const char *const places[] = { "@type", "@bus", "alias/@name", NULL };
    g_autofree char *alias = dom_xml_peek(node, "alias/@name");

    return !dom_xml_holds_only(node, places) || dom_alias_is_given(alias);
}

/* What every guest has without being asked: PS/2 devices of a PC, the PV ones of a framebuffer. One
 * that says more is kept as a whole. */
static gboolean
is_implied(xmlNodePtr node, const DomDef *def)
{
    g_autofree char *bus = dom_xml_peek(node, "@bus");
    const char *own = dom_general_type(def) == DOM_TYPE_HVM ? "ps2" : "xen";
    gboolean usual = is_basic(node) && (bus == NULL || g_str_equal(bus, own));
    /* of virt-install for all that is not PV, whether it has USB or not */
    gboolean installers = dom_general_type(def) == DOM_TYPE_PVH &&
                          dom_xml_is(node, "@type", "tablet") && g_strcmp0(bus, "usb") == 0;

    return (usual || installers) && !says_more(node);
}

static gboolean
take_usb_input(DomXml *xml, xmlNodePtr node, const DomDef *def, GStrvBuilder *devices)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *bus = dom_xml_peek(node, "@bus");
    gboolean usb = type != NULL && g_strcmp0(bus, "usb") == 0 &&
                   g_strv_contains(input_types, type) && dom_general_type(def) == DOM_TYPE_HVM;

    if (!usb) {
        if (is_implied(node, def))
            dom_xml_waive_node(xml, node);
        return FALSE;
    }
    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@type");
    dom_xml_claim(xml, node, "@bus");
    g_strv_builder_add(devices, type);
    return TRUE;
}

/* The PV keyboard beside the emulated ones of an HVM guest, which its pointer is one with; NULL for
 * none. Where there is no keyboard, what there is of it comes back as one. */
static xmlNodePtr
find_vkb(xmlNodePtr devices, const DomDef *def)
{
    xmlNodePtr found = NULL;

    if (dom_general_type(def) != DOM_TYPE_HVM)
        return NULL;
    for (xmlNodePtr node = dom_xml_child(devices, "input"); node != NULL;
         node = dom_xml_next(node, "input")) {
        if (!dom_xml_is(node, "@bus", "xen"))
            continue;
        if (dom_xml_is(node, "@type", "keyboard"))
            return node;
        found = found != NULL ? found : node;
    }
    return found;
}

/* @node: @vkb, or an element beside it, which is kept as a whole where it says more. FALSE when it
 * is neither. */
static gboolean
take_vkb(DomXml *xml, xmlNodePtr node, xmlNodePtr vkb, DomInput *input)
{
    if (vkb == NULL || !dom_xml_is(node, "@bus", "xen"))
        return FALSE;
    if (node == vkb) {
        dom_xml_claim_node(xml, node);
        dom_xml_claim(xml, node, "@type");
        dom_xml_claim(xml, node, "@bus");
        input->vkb_device = DOM_TRISTATE_ON;
    } else if (is_basic(node) && !says_more(node)) {
        dom_xml_waive_node(xml, node);
    }
    return TRUE;
}

/* A device of the host that QEMU is to find by its vendor and product; libvirt manages no USB
 * device, whatever is said. */
static const char *const host_places[] = {
    "@mode", "@type", "@managed", "source/vendor/@id", "source/product/@id", NULL,
};

static gboolean
take_id(xmlNodePtr node, const char *place, guint64 *ret_id)
{
    g_autofree char *text = dom_xml_peek(node, place);

    return text != NULL && dom_xml_parse_number(text, ret_id) && *ret_id <= G_MAXUINT16;
}

/* What xl.cfg has for it (transfer full), or NULL. */
static char *
host_word(xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    guint64 vendor, product;

    if (g_strcmp0(type, "usb") != 0 || !dom_xml_holds_only(node, host_places) ||
        !take_id(node, "source/vendor/@id", &vendor) ||
        !take_id(node, "source/product/@id", &product))
        return NULL;
    return g_strdup_printf("host:%04x:%04x", (guint)vendor, (guint)product);
}

/* Only in the spelling that host_word() has, so that it comes back. */
static gboolean
is_host_word(const char *device)
{
    return g_regex_match(DOM_XML_REGEX("^host:[0-9a-f]{4}:[0-9a-f]{4}$"), device, 0, NULL);
}

static guint
take_host_devices(DomXml *xml, xmlNodePtr devices, GStrvBuilder *builder)
{
    guint found = 0;

    for (xmlNodePtr node = dom_xml_child(devices, "hostdev"); node != NULL;
         node = dom_xml_next(node, "hostdev")) {
        g_autofree char *word = host_word(node);

        if (word == NULL)
            continue;
        dom_xml_claim_all(xml, node, host_places);
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "hostdev/source",
                       _("QEMU since 2.12 finds no device of the host by this, and the guest does "
                         "not start: name it by <address bus='...' device='...'/>"));
        g_strv_builder_add(builder, word);
        found++;
    }
    return found;
}

static void
format_host_device(xmlNodePtr node, const char *device)
{
    g_autofree char *vendor = g_strdup_printf("0x%.4s", device + strlen("host:"));
    g_autofree char *product = g_strdup_printf("0x%.4s", device + strlen("host:0000:"));
    xmlNodePtr element = dom_xml_append(node, "devices/hostdev");

    dom_xml_set(element, "@mode", "subsystem");
    dom_xml_set(element, "@type", "usb");
    dom_xml_set(element, "@managed", "no");
    dom_xml_set(element, "source/vendor/@id", vendor);
    dom_xml_set(element, "source/product/@id", product);
}

static void
parse_inputs(DomXml *xml, xmlNodePtr devices, DomInput *input, const DomDef *def)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    xmlNodePtr vkb = find_vkb(devices, def);
    guint found = 0;

    for (xmlNodePtr node = dom_xml_child(devices, "input"); node != NULL;
         node = dom_xml_next(node, "input"))
        found += !take_vkb(xml, node, vkb, input) && take_usb_input(xml, node, def, builder);
    if (dom_general_type(def) == DOM_TYPE_HVM)
        found += take_host_devices(xml, devices, builder);
    if (found == 0)
        return;
    input->usbdevice_list = g_strv_builder_end(builder);
    if (found > 1)
        return;
    input->usbdevice = g_strdup(input->usbdevice_list[0]);
    g_clear_pointer(&input->usbdevice_list, g_strfreev);
}

gboolean
dom_input_emulates_usb(const DomInput *input)
{
    return input->usb == DOM_TRISTATE_ON || input->usbdevice != NULL ||
           input->usbdevice_list != NULL;
}

/* QEMU's names of sound cards against libvirt's models. */
static const struct {
    const char *name;
    const char *model;
} sound_rows[] = { { "hda", "ich6" },
                   { "es1370", "es1370" },
                   { "ac97", "ac97" },
                   { "sb16", "sb16" },
                   { "pcspk", "pcspk" } };

static void
parse_sound(DomXml *xml, xmlNodePtr node, DomInput *input)
{
    g_autofree char *model = dom_xml_peek(node, "devices/sound/@model");

    for (guint i = 0; model != NULL && i < G_N_ELEMENTS(sound_rows); i++) {
        if (!g_str_equal(sound_rows[i].model, model))
            continue;
        input->soundhw = g_strdup(sound_rows[i].name);
        dom_xml_claim(xml, node, "devices/sound/@model");
    }
}

/* Ballooning is part of every Xen guest, so the element is not written; one that says more than its
 * model is kept as a whole. */
static void
claim_balloon(DomXml *xml, xmlNodePtr node)
{
    xmlNodePtr balloon = dom_xml_find(node, "devices/memballoon");
    g_autofree char *model = balloon != NULL ? dom_xml_peek(balloon, "@model") : NULL;

    if (g_strcmp0(model, "xen") == 0 && balloon->properties->next == NULL &&
        dom_xml_child(balloon, NULL) == NULL)
        dom_xml_claim(xml, node, "devices/memballoon/@model");
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    xmlNodePtr devices = dom_xml_child(node, "devices");
    DomInput *input = record;

    if (devices == NULL)
        return;
    parse_inputs(xml, devices, record, def);
    claim_balloon(xml, node);
    if (dom_general_type(def) != DOM_TYPE_HVM)
        return;
    parse_sound(xml, node, record);
    dom_usb_bus_parse(xml, devices, input);
    input->hdtype = dom_disk_bus_parse_hdtype(xml, devices, def);
}

static void
format_usb_input(xmlNodePtr node, const char *device)
{
    xmlNodePtr element = dom_xml_append(node, "devices/input");

    dom_xml_set(element, "@type", device);
    dom_xml_set(element, "@bus", "usb");
}

/* All devices, or none when one of them has no element: they are one list. */
static gboolean
can_show(char *const *list)
{
    for (; *list != NULL; list++) {
        if (!g_strv_contains(input_types, *list) && !is_host_word(*list))
            return FALSE;
    }
    return TRUE;
}

static void
format_inputs(xmlNodePtr node, const DomInput *input)
{
    char *single[] = { input->usbdevice, NULL };
    char **list = input->usbdevice_list != NULL ? input->usbdevice_list : single;

    for (char **device = can_show(list) ? list : NULL; device != NULL && *device != NULL;
         device++) {
        if (is_host_word(*device))
            format_host_device(node, *device);
        else
            format_usb_input(node, *device);
    }
}

guint
dom_input_count_hostdevs(const DomInput *input)
{
    char *single[] = { input->usbdevice, NULL };
    char **list = input->usbdevice_list != NULL ? input->usbdevice_list : single;
    guint found = 0;

    for (char **device = can_show(list) ? list : NULL; device != NULL && *device != NULL; device++)
        found += is_host_word(*device) ? 1 : 0;
    return found;
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomInput *input = record;

    if (dom_general_type(def) != DOM_TYPE_HVM)
        return;
    format_inputs(node, input);
    dom_usb_bus_format(node, def);
    if (input->vkb_device == DOM_TRISTATE_ON) {
        xmlNodePtr keyboard = dom_xml_append(node, "devices/input");

        dom_xml_set(keyboard, "@type", "keyboard");
        dom_xml_set(keyboard, "@bus", "xen");
    }
    for (guint i = 0; input->soundhw != NULL && i < G_N_ELEMENTS(sound_rows); i++) {
        if (g_str_equal(sound_rows[i].name, input->soundhw))
            dom_xml_set(node, "devices/sound/@model", sound_rows[i].model);
    }
}

const DomRecord dom_input_record =
    DOM_RECORD(DomInput, "input", fields, .parse = parse, .format = format);

static const char *const vkb_texts[] = { NULL, "unknown", "qemu", "linux" };
const DomEnum dom_vkb_backend_names = DOM_ENUM(vkb_texts, DOM_VKB_LAST);

#define VKB_FLAG(member, text)   DOM_TRISTATE_FIELD(DomVkb, member, NULL, .doc = (text))
#define VKB_NUMBER(member, text) DOM_UINT_FIELD(DomVkb, member, NULL, .doc = (text))

static const DomField vkb_fields[] = {
    DOM_STRING_FIELD(DomVkb, backend, NULL, .doc = N_("Domain that serves the device")),
    DOM_ENUM_FIELD(DomVkb, backend_type, DomVkbBackend, &dom_vkb_backend_names, NULL,
                   .doc = N_("What serves the device")),
    DOM_STRING_FIELD(DomVkb, unique_id, NULL, .doc = N_("Identity of the device")),
    VKB_FLAG(feature_disable_keyboard, N_("No keyboard")),
    VKB_FLAG(feature_disable_pointer, N_("No pointer")),
    VKB_FLAG(feature_abs_pointer, N_("The pointer tells where it is")),
    VKB_FLAG(feature_raw_pointer, N_("The pointer is not scaled")),
    VKB_FLAG(feature_multi_touch, N_("Several fingers")),
    VKB_NUMBER(multi_touch_width, N_("Width of the touch screen")),
    VKB_NUMBER(multi_touch_height, N_("Height of the touch screen")),
    VKB_NUMBER(multi_touch_num_contacts, N_("Most fingers")),
    VKB_NUMBER(width, N_("Width of the pointer's area")),
    VKB_NUMBER(height, N_("Height of the pointer's area")),
};

const DomRecord dom_vkb_record = DOM_RECORD(DomVkb, "input", vkb_fields, );

static const DomField vsnd_fields[] = {
    DOM_STRV_FIELD(DomVsnd, items, NULL, .doc = N_("Card, PCM devices and streams")),
};

const DomRecord dom_vsnd_record = DOM_RECORD(DomVsnd, "input", vsnd_fields, );
