/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/usb.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>

#include "conf/def.h"
#include "conf/usb_bus.h"
#include "conf/xml.h"

static const char *const ctrl_texts[] = { NULL, "auto", "pv", "devicemodel", "qusb" };
static const char *const dev_texts[] = { NULL, "hostdev" };
const DomEnum dom_usbctrl_type_names = DOM_ENUM(ctrl_texts, DOM_USBCTRL_LAST);
const DomEnum dom_usbdev_type_names = DOM_ENUM(dev_texts, DOM_USBDEV_LAST);

static const DomField ctrl_fields[] = {
    DOM_ENUM_FIELD(DomUsbctrl, type, DomUsbctrlType, &dom_usbctrl_type_names, NULL,
                   .doc = N_("What serves the controller")),
    DOM_INT_FIELD(DomUsbctrl, version, NULL, .doc = N_("Version of USB")),
    DOM_INT_FIELD(DomUsbctrl, ports, "@ports", .xml = &dom_xml_natural,
                  .doc = N_("Ports of the controller")),
};

/* The models that libvirt knows for Xen. */
static const struct {
    const char *model;
    int version;
} models[] = { { "qusb1", 1 }, { "qusb2", 2 } };

static int
model_version(const char *model)
{
    for (guint i = 0; model != NULL && i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(models[i].model, model))
            return models[i].version;
    }
    return 0;
}

/* A controller of another model is one of QEMU's, see usb_bus.h. */
gboolean
dom_usbctrl_is(DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *model = dom_xml_peek(node, "@model");

    return g_strcmp0(type, "usb") == 0 && (model == NULL || model_version(model) != 0);
}

static gboolean
ctrl_claims(const DomDef *def, DomXmlNode *node)
{
    return dom_usbctrl_is(node);
}

static void
ctrl_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomUsbctrl *ctrl = record;
    g_autofree char *model = dom_xml_take(xml, node, "@model");
    g_autofree char *index = dom_xml_peek(node, "@index");
    guint64 number;

    dom_xml_claim(xml, node, "@type");
    /* a number that is not its place stays as unknown XML, and shown_index() finds it there */
    if (index == NULL || !dom_xml_parse_uint(index, &number) || number == xml->place)
        dom_xml_claim(xml, node, "@index");
    if (model == NULL)
        return;
    ctrl->type = DOM_USBCTRL_QUSB;
    ctrl->version = (DomInt){ .value = model_version(model), .set = TRUE };
}

int
dom_usb_xml_index(const char *xml)
{
    xmlDocPtr doc = xmlReadDoc(BAD_CAST xml, NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    g_autofree char *text = doc != NULL ? dom_xml_peek(xmlDocGetRootElement(doc), "@index") : NULL;
    guint64 index;
    gboolean found =
        text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT16, &index, NULL);

    xmlFreeDoc(doc);
    return found ? (int)index : -1;
}

static void
ctrl_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomUsbctrl *ctrl = record;

    dom_xml_set(node, "@type", "usb");
    dom_xml_set_uint(node, "@index", xml->place);
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (ctrl->type == DOM_USBCTRL_QUSB && ctrl->version.set &&
            ctrl->version.value == models[i].version)
            dom_xml_set(node, "@model", models[i].model);
    }
}

const DomRecord dom_usbctrl_record =
    DOM_RECORD(DomUsbctrl, "usb", ctrl_fields, .parse = ctrl_parse, .format = ctrl_format,
               .claims = ctrl_claims, .refused = dom_usb_bus_refused);

/* The schema has three digits for a number. */
#define MOST_ADDRESS 999

/* libvirt takes hexadecimal and octal numbers too, of any size; those that could not be written
 * back no host has. */
static gboolean
address_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    DomUint value = { .set = TRUE };

    if (!dom_xml_parse_number(text, &value.value) || value.value > MOST_ADDRESS) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("'%s': expected a number up to %d"),
                    text, MOST_ADDRESS);
        return FALSE;
    }
    *DOM_MEMBER(record, field, DomUint) = value;
    return TRUE;
}

static char *
address_format(const DomField *field, gconstpointer record)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, DOM_CONST_MEMBER(record, field, DomUint)->value);
}

static const DomXmlCodec address = { address_parse, address_format };

static const DomField dev_fields[] = {
    DOM_ENUM_FIELD(DomUsbdev, type, DomUsbdevType, &dom_usbdev_type_names, NULL,
                   .doc = N_("Kind of device")),
    DOM_UINT_FIELD(DomUsbdev, hostbus, "source/address/@bus", .xml = &address,
                   .doc = N_("Bus in the host")),
    DOM_UINT_FIELD(DomUsbdev, hostaddr, "source/address/@device", .xml = &address,
                   .doc = N_("Address on the bus")),
    DOM_INT_FIELD(DomUsbdev, controller, NULL, .doc = N_("Controller in the guest")),
    DOM_INT_FIELD(DomUsbdev, port, NULL, .doc = N_("Port of the controller")),
};

static gboolean
dev_claims(const DomDef *def, DomXmlNode *node)
{
    return dom_xml_is(node, "@type", "usb") && dom_xml_find(node, "source/address/@bus") != NULL &&
           dom_xml_find(node, "source/address/@device") != NULL;
}

/* One that is told by vendor and product is the input topic's, and marked by then. */
static void
dev_refused(DomXml *xml, DomXmlNode *node)
{
    if (dom_xml_is(node, "@type", "usb") && !dom_xml_is_claimed(node))
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "hostdev/source",
                       _("the guest does not get this device: expected <address bus='...' "
                         "device='...'/> as its source"));
}

static gboolean
is_address(const DomUint *number)
{
    return number->set && number->value <= MOST_ADDRESS;
}

static gboolean
dev_shown(const DomDef *def, gconstpointer record)
{
    const DomUsbdev *dev = record;

    return is_address(&dev->hostbus) && is_address(&dev->hostaddr);
}

/* The place among Xen's controllers of the one that XML numbers so. */
static guint64
place_of(xmlNodePtr devices, guint64 number)
{
    guint64 place = 0;

    for (xmlNodePtr node = dom_xml_child(devices, "controller"); node != NULL;
         node = dom_xml_next(node, "controller")) {
        g_autofree char *index = dom_xml_peek(node, "@index");
        guint64 its = place;

        if (!dom_usbctrl_is(node))
            continue;
        if (index != NULL && !dom_xml_parse_uint(index, &its))
            its = place;
        if (its == number)
            return place;
        place++;
    }
    return number;
}

/* What XML numbers the controller at @place. */
static guint64
shown_index(const DomDef *def, guint64 place)
{
    const DomUsbctrl *ctrl = place < def->usbctrls->len ? def->usbctrls->pdata[place] : NULL;
    const GPtrArray *items = ctrl != NULL ? ctrl->rest.items : NULL;
    guint64 number;

    for (guint i = 0; items != NULL && i < items->len; i++) {
        const DomRestItem *item = items->pdata[i];

        if (g_strcmp0(item->attr, "index") == 0 && dom_xml_parse_uint(item->text, &number))
            return number;
    }
    return place;
}

#define GUEST_BUS  "address[@type='usb']/@bus"
#define GUEST_PORT "address[@type='usb']/@port"

/* A port behind a hub has no number: xl knows no hubs, and it stays as unknown XML. */
static void
parse_place(DomXml *xml, xmlNodePtr node, DomUsbdev *dev)
{
    g_autofree char *bus = dom_xml_peek(node, GUEST_BUS);
    g_autofree char *port = dom_xml_peek(node, GUEST_PORT);
    guint64 number;

    if (bus == NULL || !dom_xml_parse_uint(bus, &number) || number > G_MAXUINT32)
        return;
    dom_xml_claim(xml, node, GUEST_BUS);
    dev->controller = (DomInt){ .value = (gint64)place_of(node->parent, number), .set = TRUE };
    if (port == NULL || !dom_xml_parse_uint(port, &number) || number > G_MAXUINT32)
        return;
    dom_xml_claim(xml, node, GUEST_PORT);
    dev->port = (DomInt){ .value = (gint64)number, .set = TRUE };
}

static gboolean
is_natural(const DomInt *number)
{
    return number->set && number->value >= 0 && number->value <= MOST_ADDRESS;
}

static void
format_place(xmlNodePtr node, const DomUsbdev *dev, const DomDef *def)
{
    if (!is_natural(&dev->controller))
        return;
    dom_xml_set_uint(node, GUEST_BUS, shown_index(def, (guint64)dev->controller.value));
    if (is_natural(&dev->port))
        dom_xml_set_uint(node, GUEST_PORT, (guint64)dev->port.value);
}

static void
dev_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    g_autofree char *managed = dom_xml_peek(node, "@managed");
    DomUsbdev *dev = record;

    dom_xml_claim(xml, node, "@mode");
    dom_xml_claim(xml, node, "@type");
    dom_xml_claim(xml, node, "@managed");
    if (managed != NULL && !g_str_equal(managed, "no"))
        dom_xml_keep(xml, node, "@managed", &dev->rest, "", "managed", managed);
    parse_place(xml, node, record);
}

static void
dev_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    dom_xml_set(node, "@mode", "subsystem");
    dom_xml_set(node, "@type", "usb");
    dom_xml_set(node, "@managed", "no");
    format_place(node, record, def);
}

const DomRecord dom_usbdev_record =
    DOM_RECORD(DomUsbdev, "usb", dev_fields, .parse = dev_parse, .format = dev_format,
               .claims = dev_claims, .refused = dev_refused, .shown = dev_shown);
