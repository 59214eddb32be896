/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/usb_bus.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"
#include "conf/usb.h"
#include "conf/xml.h"

/* By version, from 1. */
static const char *const models[] = { "piix3-uhci", "ich9-ehci1", "nec-xhci" };

/* What an ich9-ehci1 has beside it for devices of USB 1, by the first port of each. */
static const struct {
    const char *model;
    const char *port;
} companions[] = { { "ich9-uhci1", "0" }, { "ich9-uhci2", "2" }, { "ich9-uhci3", "4" } };

static gboolean
is_usb(xmlNodePtr node)
{
    return dom_xml_is(node, "@type", "usb");
}

/* 0 for a controller that is no such bus. */
static int
version_of(xmlNodePtr node)
{
    g_autofree char *model = is_usb(node) ? dom_xml_peek(node, "@model") : NULL;

    for (guint i = 0; model != NULL && i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(models[i], model))
            return (int)i + 1;
    }
    return 0;
}

/* -1 for a controller that is none. */
static int
companion_of(xmlNodePtr node)
{
    g_autofree char *model = is_usb(node) ? dom_xml_peek(node, "@model") : NULL;

    for (guint i = 0; model != NULL && i < G_N_ELEMENTS(companions); i++) {
        if (g_str_equal(companions[i].model, model))
            return (int)i;
    }
    return -1;
}

/* The guest has them, so they need no element; one that says more is kept as a whole. They have the
 * index of their @bus. */
static void
waive_companions(DomXml *xml, xmlNodePtr devices, xmlNodePtr bus)
{
    static const char *const places[] = { "@type", "@index", "@model", "master/@startport", NULL };
    g_autofree char *own = dom_xml_peek(bus, "@index");

    for (xmlNodePtr node = dom_xml_child(devices, "controller"); node != NULL;
         node = dom_xml_next(node, "controller")) {
        g_autofree char *port = dom_xml_peek(node, "master/@startport");
        g_autofree char *index = dom_xml_peek(node, "@index");
        int companion = companion_of(node);

        if (companion >= 0 && g_strcmp0(index, own) == 0 &&
            g_strcmp0(port, companions[companion].port) == 0 && dom_xml_holds_only(node, places))
            dom_xml_waive_node(xml, node);
    }
}

/* It is numbered behind Xen's own; another number stays as unknown XML. */
static void
claim_index(DomXml *xml, xmlNodePtr devices, xmlNodePtr bus)
{
    g_autofree char *index = dom_xml_peek(bus, "@index");
    guint64 number, own = 0;

    for (xmlNodePtr node = dom_xml_child(devices, "controller"); node != NULL;
         node = dom_xml_next(node, "controller"))
        own += dom_usbctrl_is(node) ? 1 : 0;
    if (index != NULL && dom_xml_parse_uint(index, &number) && number == own)
        dom_xml_claim(xml, bus, "@index");
}

static gboolean
has_devices(const DomInput *input)
{
    return input->usbdevice != NULL || input->usbdevice_list != NULL;
}

void
dom_usb_bus_parse(DomXml *xml, xmlNodePtr devices, DomInput *input)
{
    xmlNodePtr node = dom_xml_child(devices, "controller");

    while (node != NULL && version_of(node) == 0)
        node = dom_xml_next(node, "controller");
    if (node == NULL || has_devices(input))
        return;
    input->usbversion = (DomInt){ .value = version_of(node), .set = TRUE };
    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@type");
    dom_xml_claim(xml, node, "@model");
    claim_index(xml, devices, node);
    if (input->usbversion.value == 2)
        waive_companions(xml, devices, node);
}

gboolean
dom_usb_bus_is_shown(const DomInput *input)
{
    const DomInt *version = &input->usbversion;

    return version->set && version->value > 0 && version->value <= (gint64)G_N_ELEMENTS(models) &&
           !has_devices(input);
}

void
dom_usb_bus_format(xmlNodePtr root, const DomDef *def)
{
    xmlNodePtr node;

    if (!dom_usb_bus_is_shown(&def->input))
        return;
    node = dom_xml_append(root, "devices/controller");
    dom_xml_set(node, "@type", "usb");
    dom_xml_set_uint(node, "@index", def->usbctrls->len);
    dom_xml_set(node, "@model", models[def->input.usbversion.value - 1]);
}

static const char *
why_refused(xmlNodePtr node)
{
    if (companion_of(node) >= 0)
        return _("the guest does not get this controller: it has the three uhci beside its "
                 "ich9-ehci1, with the index of that and from the ports 0, 2 and 4");
    if (version_of(node) != 0)
        return _("the guest does not get this controller: an HVM guest has one emulated "
                 "USB bus, and when it has emulated USB devices it is theirs, USB 1");
    return _("the guest does not get this controller: expected piix3-uhci, ich9-ehci1 "
             "or nec-xhci, or of Xen's own qusb1 or qusb2");
}

void
dom_usb_bus_refused(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *model = dom_xml_peek(node, "@model");

    if (!is_usb(node) || dom_xml_is_claimed(node) || g_strcmp0(model, "none") == 0)
        return;
    dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "controller/@model", "%s", why_refused(node));
}
