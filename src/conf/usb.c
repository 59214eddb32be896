/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/usb.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>

#include "conf/def.h"
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

/* A controller of another model is one of QEMU's, for emulated devices. */
static gboolean
ctrl_claims(const DomDef *def, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *model = dom_xml_peek(node, "@model");

    return g_strcmp0(type, "usb") == 0 && (model == NULL || model_version(model) != 0);
}

static void
ctrl_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomUsbctrl *ctrl = record;
    g_autofree char *model = dom_xml_take(xml, node, "@model");

    dom_xml_claim(xml, node, "@type");
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

static guint
index_of(GPtrArray *list, gconstpointer record)
{
    guint index = 0;

    g_ptr_array_find(list, record, &index);
    return index;
}

static void
ctrl_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomUsbctrl *ctrl = record;

    dom_xml_set(node, "@type", "usb");
    dom_xml_set_uint(node, "@index", index_of(def->usbctrls, record));
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (ctrl->type == DOM_USBCTRL_QUSB && ctrl->version.set &&
            ctrl->version.value == models[i].version)
            dom_xml_set(node, "@model", models[i].model);
    }
}

const DomRecord dom_usbctrl_record = DOM_RECORD(DomUsbctrl, "usb", ctrl_fields, .parse = ctrl_parse,
                                                .format = ctrl_format, .claims = ctrl_claims);

/* libvirt takes hexadecimal and octal numbers too. */
static gboolean
address_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    DomUint value = { .set = TRUE };

    if (!dom_xml_parse_number(text, &value.value)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("'%s' is not a number"), text);
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

/* A port is one of a controller's. */
static gboolean
port_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return dom_xml_natural.parse(field, record, text, error);
}

static char *
port_format(const DomField *field, gconstpointer record)
{
    return ((const DomUsbdev *)record)->controller.set ? dom_xml_natural.format(field, record)
                                                       : NULL;
}

static const DomXmlCodec port = { port_parse, port_format };

static const DomField dev_fields[] = {
    DOM_ENUM_FIELD(DomUsbdev, type, DomUsbdevType, &dom_usbdev_type_names, NULL,
                   .doc = N_("Kind of device")),
    DOM_UINT_FIELD(DomUsbdev, hostbus, "source/address/@bus", .xml = &address,
                   .doc = N_("Bus in the host")),
    DOM_UINT_FIELD(DomUsbdev, hostaddr, "source/address/@device", .xml = &address,
                   .doc = N_("Address on the bus")),
    DOM_INT_FIELD(DomUsbdev, controller, "address[@type='usb']/@bus",
                  .xml = &dom_xml_natural,
                  .doc = N_("Controller in the guest")),
    DOM_INT_FIELD(DomUsbdev, port, "address[@type='usb']/@port", .xml = &port,
                  .doc = N_("Port of the controller")),
};

static gboolean
dev_claims(const DomDef *def, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    return g_strcmp0(type, "usb") == 0 && dom_xml_find(node, "source/address") != NULL;
}

/* One that is told by vendor and product is the input topic's, and marked by then. */
static void
dev_refused(DomXml *xml, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    if (g_strcmp0(type, "usb") == 0 && !dom_xml_is_claimed(node))
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "hostdev/source",
                       _("the guest does not get this device: expected <address bus='...' "
                         "device='...'/> as its source"));
}

static gboolean
dev_shown(const DomDef *def, gconstpointer record)
{
    const DomUsbdev *dev = record;

    return dev->hostbus.set && dev->hostaddr.set;
}

static void
dev_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    g_autofree char *managed = dom_xml_peek(node, "@managed");

    dom_xml_claim(xml, node, "@mode");
    dom_xml_claim(xml, node, "@type");
    if (g_strcmp0(managed, "no") == 0)
        dom_xml_claim(xml, node, "@managed");
}

static void
dev_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    dom_xml_set(node, "@mode", "subsystem");
    dom_xml_set(node, "@type", "usb");
    dom_xml_set(node, "@managed", "no");
}

const DomRecord dom_usbdev_record =
    DOM_RECORD(DomUsbdev, "usb", dev_fields, .parse = dev_parse, .format = dev_format,
               .claims = dev_claims, .refused = dev_refused, .shown = dev_shown);
