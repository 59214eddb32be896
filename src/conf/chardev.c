/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/chardev.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/xml.h"

static const DomField fields[] = {
    DOM_STRING_FIELD(DomChardev, serial, NULL, .doc = N_("Where the serial port leads")),
    DOM_STRV_FIELD(DomChardev, serial_list, NULL, .doc = N_("Where each serial port leads")),
    DOM_STRING_FIELD(DomChardev, vuart, NULL, .doc = N_("Serial port of an Arm guest")),
};

/* QEMU's -serial words against <serial type=...>: "file:/x" is type file with source path /x. */
static const struct {
    const char *word;
    const char *type;
    gboolean takes_path;
} rows[] = {
    { "pty", "pty", FALSE },  { "null", "null", FALSE }, { "stdio", "stdio", FALSE },
    { "vc", "vc", FALSE },    { "file:", "file", TRUE }, { "pipe:", "pipe", TRUE },
    { "/dev/", "dev", TRUE },
};

/* The row that can say @serial, or -1. */
static int
row_of(const char *serial)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].takes_path ? g_str_has_prefix(serial, rows[i].word)
                               : g_str_equal(serial, rows[i].word))
            return (int)i;
    }
    return -1;
}

/* A device is named by its path alone; the others put their word before it. */
static const char *
path_of(const char *serial, int row)
{
    return rows[row].word[0] == '/' ? serial : serial + strlen(rows[row].word);
}

static char *
parse_serial(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    for (guint i = 0; type != NULL && i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = NULL;

        if (!g_str_equal(type, rows[i].type))
            continue;
        dom_xml_claim(xml, node, "@type");
        path = dom_xml_take(xml, node, "source/@path");
        if (!rows[i].takes_path || path == NULL)
            return g_strdup(rows[i].takes_path ? "null" : rows[i].word);
        return g_strconcat(rows[i].word[0] == '/' ? "" : rows[i].word, path, NULL);
    }
    return NULL;
}

static void
parse_serials(DomXml *xml, xmlNodePtr devices, DomChardev *chardev)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    for (xmlNodePtr node = dom_xml_child(devices, "serial"); node != NULL;
         node = dom_xml_next(node, "serial")) {
        char *serial = parse_serial(xml, node);

        if (serial == NULL)
            continue;
        dom_xml_claim_node(xml, node);
        dom_xml_claim(xml, node, "target/@port");
        dom_xml_claim(xml, node, "@tty");
        g_ptr_array_add(list, serial);
    }
    if (list->len == 1) {
        chardev->serial = g_strdup(list->pdata[0]);
    } else if (list->len > 1) {
        g_ptr_array_add(list, NULL);
        chardev->serial_list = g_strdupv((char **)list->pdata);
    }
}

static void
claim_console(DomXml *xml, xmlNodePtr console)
{
    static const char *const places[] = { "@type", "@tty", "source/@path", "target/@type",
                                          "target/@port" };

    dom_xml_claim_node(xml, console);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        dom_xml_claim(xml, console, places[i]);
}

/*
 * The first console is the PV console, which every guest has, or a second view of the first serial
 * port; where there is no such port, it asks for one.
 */
static void
parse_console(DomXml *xml, xmlNodePtr devices, DomChardev *chardev, const DomDef *def)
{
    xmlNodePtr console = dom_xml_child(devices, "console");
    g_autofree char *type = console != NULL ? dom_xml_peek(console, "@type") : NULL;
    g_autofree char *target = console != NULL ? dom_xml_peek(console, "target/@type") : NULL;

    if (g_strcmp0(type, "pty") != 0)
        return;
    claim_console(xml, console);
    if (dom_general_type(def) == DOM_TYPE_HVM && g_strcmp0(target, "xen") != 0 &&
        dom_xml_child(devices, "serial") == NULL)
        chardev->serial = g_strdup("pty");
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    xmlNodePtr devices = dom_xml_child(node, "devices");

    if (devices == NULL)
        return;
    parse_serials(xml, devices, record);
    parse_console(xml, devices, record, def);
}

static void
set_tty(xmlNodePtr node, const char *tty)
{
    if (tty == NULL || *tty == '\0')
        return;
    dom_xml_set(node, "@tty", tty);
    dom_xml_set(node, "source/@path", tty);
}

static void
format_serial(xmlNodePtr root, const char *serial, guint port, const char *tty)
{
    int row = row_of(serial);
    xmlNodePtr node = dom_xml_append(root, "devices/serial");

    dom_xml_set(node, "@type", rows[row].type);
    if (rows[row].takes_path)
        dom_xml_set(node, "source/@path", path_of(serial, row));
    dom_xml_set_uint(node, "target/@port", port);
    set_tty(node, tty);
}

/* All ports, or none when one of them has no words in XML: their order is their number. */
static guint
format_serials(DomXml *xml, xmlNodePtr root, const DomChardev *chardev, char **ttys)
{
    char *single[] = { chardev->serial, NULL };
    char **list = chardev->serial_list != NULL ? chardev->serial_list : single;
    guint ports = 0;

    for (char **serial = list; *serial != NULL; serial++) {
        if (row_of(*serial) < 0)
            return 0;
    }
    for (; list[ports] != NULL; ports++) {
        gboolean known = ttys != NULL && g_strv_length(ttys) > ports;

        format_serial(root, list[ports], ports, known ? ttys[ports] : NULL);
    }
    return ports;
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    gboolean live = def->live.id >= 0 && !(xml->flags & DOM_FORMAT_INACTIVE);
    char **ttys = live ? def->live.serial_ttys : NULL;
    guint ports = 0;
    xmlNodePtr console;

    if (dom_general_type(def) == DOM_TYPE_HVM)
        ports = format_serials(xml, node, record, ttys);
    console = dom_xml_append(node, "devices/console");
    dom_xml_set(console, "@type", "pty");
    dom_xml_set(console, "target/@type", ports > 0 ? "serial" : "xen");
    dom_xml_set(console, "target/@port", "0");
    if (live)
        set_tty(console, ports > 0 && ttys != NULL ? ttys[0] : def->live.console_tty);
}

const DomRecord dom_chardev_record =
    DOM_RECORD(DomChardev, "chardev", fields, .parse = parse, .format = format);

static const char *const connection_texts[] = { NULL, "pty", "socket" };
const DomEnum dom_channel_connection_names = DOM_ENUM(connection_texts, DOM_CHANNEL_LAST);

/* libvirt's words for the connections, in the same order. */
static const char *const connection_xml_texts[] = { NULL, "pty", "unix" };
static const DomEnum connection_xml_names = DOM_ENUM(connection_xml_texts, DOM_CHANNEL_LAST);

static const DomField channel_fields[] = {
    DOM_ENUM_FIELD(DomChannel, connection, DomChannelConnection, &dom_channel_connection_names,
                   NULL, .doc = N_("What the host's end is")),
    DOM_STRING_FIELD(DomChannel, name, "target/@name", .doc = N_("Name of the channel")),
    DOM_STRING_FIELD(DomChannel, path, "source/@path", .doc = N_("Socket in the host")),
    DOM_STRING_FIELD(DomChannel, backend, NULL, .doc = N_("Domain that serves the channel")),
};

static gboolean
channel_claims(const DomDef *def, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *target = dom_xml_peek(node, "target/@type");

    return type != NULL && dom_enum_from_name(&connection_xml_names, type, FALSE) != 0 &&
           g_strcmp0(target, "xen") == 0;
}

static void
channel_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomChannel *channel = record;
    g_autofree char *type = dom_xml_take(xml, node, "@type");

    channel->connection =
        (DomChannelConnection)dom_enum_from_name(&connection_xml_names, type, FALSE);
    dom_xml_claim(xml, node, "target/@type");
    dom_xml_claim(xml, node, "source/@mode");
}

static void
channel_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomChannel *channel = record;
    int connection =
        channel->connection != DOM_CHANNEL_ABSENT ? (int)channel->connection : DOM_CHANNEL_PTY;

    dom_xml_set(node, "@type", dom_enum_name(&connection_xml_names, connection));
    if (channel->path != NULL)
        dom_xml_set(node, "source/@mode", "bind");
    dom_xml_set(node, "target/@type", "xen");
}

const DomRecord dom_channel_record =
    DOM_RECORD(DomChannel, "chardev", channel_fields, .parse = channel_parse,
               .format = channel_format, .claims = channel_claims);
