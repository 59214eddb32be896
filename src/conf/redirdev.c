/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/redirdev.h"

#include <glib/gi18n-lib.h>

/* As many USB devices as libxl lets SPICE clients give. */
#define MAX_REDIRECTIONS 4

void
dom_redirdev_parse(DomXml *xml, xmlNodePtr root, DomInt *number)
{
    xmlNodePtr devices = dom_xml_child(root, "devices");
    gboolean emulated = dom_xml_find(root, "devices/input[@bus='usb']") != NULL;
    gint64 count = 0;

    for (xmlNodePtr node = dom_xml_child(devices, "redirdev"); node != NULL;
         node = dom_xml_next(node, "redirdev")) {
        g_autofree char *type = dom_xml_peek(node, "@type");
        g_autofree char *bus = dom_xml_peek(node, "@bus");

        if (g_strcmp0(type, "spicevmc") != 0 || g_strcmp0(bus, "usb") != 0 ||
            count == MAX_REDIRECTIONS)
            continue;
        if (emulated) {
            dom_xml_report(xml, DOM_SEVERITY_NOTE, node, "redirdev",
                           _("Xen redirects no USB devices to a guest that has <input bus='usb'>: "
                             "leave that out to have them"));
            return;
        }
        dom_xml_claim_node(xml, node);
        dom_xml_claim(xml, node, "@type");
        dom_xml_claim(xml, node, "@bus");
        count++;
    }
    if (count > 0)
        *number = (DomInt){ .value = count, .set = TRUE };
}

void
dom_redirdev_format(xmlNodePtr root, const DomInt *number, const DomInput *input)
{
    gboolean emulated = dom_input_emulates_usb(input);

    for (gint64 i = 0; !emulated && number->value <= MAX_REDIRECTIONS && i < number->value; i++) {
        xmlNodePtr node = dom_xml_append(root, "devices/redirdev");

        dom_xml_set(node, "@bus", "usb");
        dom_xml_set(node, "@type", "spicevmc");
    }
}
