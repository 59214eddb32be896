/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxml/parser.h>
#include <string.h>

#include "internal.h"
#include "virxml.h"

#include "conf/xml.h"
#include "conf/xml_text.h"
#include "driver/error.h"
#include "driver/text.h"
#include "driver/usb_host.h"

static gboolean
read_number(const char *folder, const char *device, const char *name, guint base, guint64 *ret)
{
    g_autofree char *path = g_build_filename(folder, device, name, NULL);
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) &&
           g_ascii_string_to_unsigned(g_strstrip(text), base, 0, G_MAXUINT16, ret, NULL);
}

/* Interfaces of devices are listed too, and have no vendor of their own. */
static gboolean
is_such(const char *folder, const char *device, guint64 vendor, guint64 product)
{
    guint64 its_vendor, its_product;
    return read_number(folder, device, "idVendor", 16, &its_vendor) &&
           read_number(folder, device, "idProduct", 16, &its_product) && its_vendor == vendor &&
           its_product == product;
}

/* How many there are; where the last one is. */
static guint
find(const char *folder, guint64 vendor, guint64 product, guint64 *ret_bus, guint64 *ret_address)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *device;
    guint found = 0;
    while (dir && (device = g_dir_read_name(dir))) {
        if (is_such(folder, device, vendor, product) &&
            read_number(folder, device, "busnum", 10, ret_bus) &&
            read_number(folder, device, "devnum", 10, ret_address)) {
            found++;
        }
    }
    return found;
}

gboolean
drv_usb_host_has(const char *folder, guint bus, guint address)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *device;
    gboolean found = FALSE;
    guint64 its_bus, its_address;
    while (!found && dir && (device = g_dir_read_name(dir))) {
        found = read_number(folder, device, "busnum", 10, &its_bus) &&
                read_number(folder, device, "devnum", 10, &its_address) && its_bus == bus &&
                its_address == address;
    }
    return found;
}

static gboolean
take_id(xmlNodePtr node, const char *place, guint64 *ret_id)
{
    g_autofree char *text = dom_xml_peek(node, place);
    return text && g_str_has_prefix(text, "0x") &&
           g_ascii_string_to_unsigned(text + 2, 16, 0, G_MAXUINT16, ret_id, NULL);
}

static void
drop(xmlNodePtr node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

static char *
with_address(xmlNodePtr node, guint64 bus, guint64 address)
{
    drop(dom_xml_find(node, "source/vendor"));
    drop(dom_xml_find(node, "source/product"));
    dom_xml_set_uint(node, "source/address/@bus", bus);
    dom_xml_set_uint(node, "source/address/@device", address);
    return dom_xml_text(node, 0);
}

static char *
resolve(const char *folder, xmlNodePtr node, guint64 vendor, guint64 product, GError **error)
{
    guint64 bus, address;
    guint found = find(folder, vendor, product, &bus, &address);
    if (found == 1) {
        return with_address(node, bus, address);
    }
    if (found == 0) {
        drv_fail(error, VIR_ERR_DEVICE_MISSING,
                 _("the host has no USB device %04x:%04x: plug it in, or name another one"),
                 (guint)vendor, (guint)product);
    } else {
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("the host has %u USB devices %04x:%04x: name the one by <address bus='...' "
                   "device='...'/>"),
                 found, (guint)vendor, (guint)product);
    }
    return NULL;
}

char *
drv_usb_host_resolve(const char *folder, const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = xmlReadDoc(BAD_CAST xml, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    g_autofree char *type = root ? dom_xml_peek(root, "@type") : NULL;
    guint64 vendor, product;
    if (g_strcmp0(type, "usb") != 0 || !g_str_equal(root->name, "hostdev") ||
        dom_xml_find(root, "source/address") || !take_id(root, "source/vendor/@id", &vendor) ||
        !take_id(root, "source/product/@id", &product)) {
        return g_strdup(xml);
    }
    return resolve(folder, root, vendor, product, error);
}
