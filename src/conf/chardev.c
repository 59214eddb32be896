/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/chardev.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/chardev_socket.h"
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

/* The last row, which says any text. */
#define DEVICE ((int)G_N_ELEMENTS(rows) - 1)

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

/* What a port of a type leads to; without it there is no port. */
static const struct {
    const char *type;
    const char *path;
    const char *expected;
    gboolean bare; /* no word stands before the path */
} sources[] = {
    { "file", "source/@path", "<source path='/PATH'/>" },
    { "pipe", "source/@path", "<source path='/PATH'/>" },
    { "dev", "source/@path", "<source path='/dev/ttyS0'/>", TRUE },
    { "unix", "source/@path", "<source mode='bind' path='/PATH'/>" },
    { "tcp", "source/@service", "<source mode='connect' host='HOST' service='PORT'/>" },
    { "udp", "source[@mode='connect']/@service",
      "<source mode='connect' host='HOST' service='PORT'/>" },
};

/* Whether QEMU reads the path of a device as one of its words. */
static gboolean
is_word(const char *path)
{
    return g_str_equal(path, "none") || (row_of(path) >= 0 && row_of(path) != DEVICE) ||
           dom_chardev_socket_format(path, TRUE, NULL) != NULL;
}

static void
check_source(DomXml *xml, xmlNodePtr node, const char *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
        gboolean meant = g_str_equal(sources[i].type, type);
        g_autofree char *found = meant ? dom_xml_peek(node, sources[i].path) : NULL;

        if (meant && (found == NULL || *found == '\0'))
            dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "serial/source",
                           _("it is not said where the port leads: expected %s"),
                           sources[i].expected);
        else if (meant && sources[i].bare && is_word(found))
            dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "serial/source/@path",
                           _("QEMU would not read '%s' as a path: expected %s"), found,
                           sources[i].expected);
    }
}

static char *
parse_serial(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    if (type == NULL)
        return NULL;
    check_source(xml, node, type);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = NULL;

        if (!g_str_equal(type, rows[i].type))
            continue;
        dom_xml_claim(xml, node, "@type");
        path = dom_xml_take(xml, node, "source/@path");
        if (!rows[i].takes_path || path == NULL)
            return g_strdup(rows[i].takes_path ? "null" : rows[i].word);
        return g_strconcat(rows[i].word[0] == '/' ? "" : rows[i].word, path, NULL);
    }
    return dom_chardev_socket_parse(xml, node, type);
}

/* A number that is not the place in the order stays as unknown XML. */
static void
claim_port(DomXml *xml, xmlNodePtr node, guint place)
{
    g_autofree char *port = dom_xml_peek(node, "target/@port");
    g_autofree char *expected = g_strdup_printf("%u", place);

    dom_xml_claim(xml, node, "target");
    if (port == NULL || g_str_equal(port, expected))
        dom_xml_claim(xml, node, "target/@port");
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
        claim_port(xml, node, list->len);
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

/* Of guests that QEMU gives no ports: xl ignores their serial=, so that nothing is lost when it is
 * not said there, and a port that was taken apart would be an element without its type. */
static void
keep_serials(DomXml *xml, xmlNodePtr devices, DomDef *def)
{
    for (xmlNodePtr node = dom_xml_child(devices, "serial"); node != NULL;
         node = dom_xml_next(node, "serial")) {
        g_autofree char *text = dom_xml_element_text(node);

        dom_xml_waive_node(xml, node);
        dom_xml_keep(xml, node, "serial", &def->metadata.rest, "devices", NULL, text);
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "serial",
                       _("only HVM guests have serial ports; it is kept as it is"));
    }
}

/* All that says where @node leads. */
static void
claim_console(DomXml *xml, xmlNodePtr node)
{
    static const char *const parts[] = { "source", "protocol", "target", NULL };

    dom_xml_claim_node(xml, node);
    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next)
        dom_xml_claim_attr(xml, attr);
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL)) {
        if (g_strv_contains(parts, (const char *)child->name))
            claim_console(xml, child);
    }
}

/* Xen has no console of another kind. */
static gboolean
is_console_of_xen(xmlNodePtr console)
{
    g_autofree char *target = dom_xml_peek(console, "target/@type");

    return target == NULL || g_str_equal(target, "xen") || g_str_equal(target, "serial");
}

/*
 * The first console is the PV console, which every guest has and which is a terminal, or in HVM
 * guests a second view of the first serial port; where there is no such port, it asks for one.
 */
static gboolean
is_view(xmlNodePtr console, const DomDef *def)
{
    return console != NULL && dom_general_type(def) == DOM_TYPE_HVM &&
           !dom_xml_is(console, "target/@type", "xen");
}

/* The PV console behind a view comes back by itself while the guest runs. */
static void
waive_pv_console(DomXml *xml, xmlNodePtr console)
{
    if (console != NULL && dom_xml_is(console, "@type", "pty") &&
        dom_xml_is(console, "target/@type", "xen") && dom_xml_child(console, "log") == NULL)
        dom_xml_waive_node(xml, console);
}

/* What no port says of where @node leads, for the port that stands at @path. */
static void
keep_unsaid(DomXml *xml, xmlNodePtr node, const char *path, DomRest *rest)
{
    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next) {
        if (!dom_xml_is_claimed((xmlNodePtr)attr))
            dom_xml_keep_attr(xml, node, (const char *)attr->name, path, rest);
    }
}

/* Where a port has what stands in @part of the console that asks for it; NULL for what stays with
 * the console. Of the two ends of UDP the one that listens is written last. */
static const char *
place_in_port(xmlNodePtr part)
{
    const char *name = (const char *)part->name;
    gboolean has_twin =
        dom_xml_child(part->parent, name) != part || dom_xml_next(part, name) != NULL;

    if (g_str_equal(name, "protocol"))
        return "devices/serial/protocol";
    if (!g_str_equal(name, "source"))
        return NULL;
    return has_twin && dom_xml_is(part, "@mode", "bind") ? "devices/serial/source[2]"
                                                         : "devices/serial/source";
}

/* The port that @console asks for, NULL when it says none. */
static char *
parse_asked(DomXml *xml, xmlNodePtr console, DomDef *def)
{
    char *serial = parse_serial(xml, console);

    for (xmlNodePtr part = dom_xml_child(console, NULL); serial != NULL && part != NULL;
         part = dom_xml_next(part, NULL)) {
        const char *path = place_in_port(part);

        if (path != NULL)
            keep_unsaid(xml, part, path, &def->metadata.rest);
    }
    return serial;
}

static void
parse_view(DomXml *xml, xmlNodePtr console, DomChardev *chardev, DomDef *def)
{
    xmlNodePtr devices = console->parent;
    gboolean first = dom_xml_child(devices, "serial") == NULL;

    if (first)
        chardev->serial = parse_asked(xml, console, def);
    if (!first || chardev->serial != NULL)
        claim_console(xml, console);
    waive_pv_console(xml, dom_xml_next(console, "console"));
}

static void
parse_console(DomXml *xml, xmlNodePtr devices, DomChardev *chardev, DomDef *def)
{
    xmlNodePtr console = dom_xml_child(devices, "console");

    if (console == NULL || !is_console_of_xen(console))
        return;
    if (is_view(console, def))
        parse_view(xml, console, chardev, def);
    else if (dom_xml_is(console, "@type", "pty"))
        claim_console(xml, console);
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    xmlNodePtr devices = dom_xml_child(node, "devices");

    if (devices == NULL)
        return;
    if (dom_general_type(def) == DOM_TYPE_HVM)
        parse_serials(xml, devices, record);
    else
        keep_serials(xml, devices, def);
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

/* Where a port, or a view of it, leads. */
static void
format_port(xmlNodePtr node, const char *serial, const char *tty)
{
    int row = row_of(serial);
    const char *socket = row < 0 ? dom_chardev_socket_format(serial, TRUE, node) : NULL;

    if (socket == NULL && row < 0)
        row = DEVICE;
    dom_xml_set(node, "@type", socket != NULL ? socket : rows[row].type);
    if (row >= 0 && rows[row].takes_path)
        dom_xml_set(node, "source/@path", path_of(serial, row));
    set_tty(node, tty);
}

static void
format_serial(xmlNodePtr root, const char *serial, guint port, const char *tty)
{
    xmlNodePtr node = dom_xml_append(root, "devices/serial");

    format_port(node, serial, tty);
    dom_xml_set_uint(node, "target/@port", port);
}

/* Such a port would be refused where it is read. */
static gboolean
leads_nowhere(const char *serial)
{
    int row = row_of(serial);

    return *serial == '\0' || g_str_equal(serial, "none") ||
           (row >= 0 && rows[row].takes_path && *path_of(serial, row) == '\0');
}

static gboolean
any_leads_nowhere(char **list)
{
    for (char **serial = list; *serial != NULL; serial++) {
        if (leads_nowhere(*serial))
            return TRUE;
    }
    return FALSE;
}

/* As odd devices are, see dom_section_shows(): where something unknown has to have a place. */
static gboolean
shows_odd(const DomXml *xml, const DomDef *def, char **list)
{
    const GPtrArray *items = def->metadata.rest.items;

    for (guint i = 0; items != NULL && i < items->len; i++) {
        if (g_str_has_prefix(((const DomRestItem *)items->pdata[i])->path, "devices/serial"))
            return TRUE;
    }
    return (xml->flags & DOM_FORMAT_ODD) != 0 && !any_leads_nowhere(list);
}

static gboolean
can_say(const char *serial)
{
    int row = row_of(serial);

    if (row < 0)
        return dom_chardev_socket_format(serial, FALSE, NULL) != NULL;
    return !leads_nowhere(serial);
}

static gboolean
can_say_all(char **list)
{
    for (char **serial = list; *serial != NULL; serial++) {
        if (!can_say(*serial))
            return FALSE;
    }
    return TRUE;
}

/* All ports, or none when one of them has no words in XML: their order is their number. */
static guint
format_serials(DomXml *xml, xmlNodePtr root, const DomDef *def, char **ttys)
{
    const DomChardev *chardev = &def->chardev;
    char *single[] = { chardev->serial, NULL };
    char **list = chardev->serial_list != NULL ? chardev->serial_list : single;
    guint ports = 0;

    if (!can_say_all(list) && !shows_odd(xml, def, list))
        return 0;
    for (; list[ports] != NULL; ports++) {
        gboolean known = ttys != NULL && g_strv_length(ttys) > ports;

        format_serial(root, list[ports], ports, known ? ttys[ports] : NULL);
    }
    return ports;
}

static void
format_pv_console(xmlNodePtr root, guint port, const char *tty)
{
    xmlNodePtr console = dom_xml_append(root, "devices/console");

    dom_xml_set(console, "@type", "pty");
    dom_xml_set(console, "target/@type", "xen");
    dom_xml_set_uint(console, "target/@port", port);
    set_tty(console, tty);
}

/* As libvirt has it, of the kind that the port is of. */
static void
format_view(xmlNodePtr root, const DomChardev *chardev, const char *tty)
{
    xmlNodePtr console = dom_xml_append(root, "devices/console");

    format_port(console, chardev->serial != NULL ? chardev->serial : chardev->serial_list[0], tty);
    dom_xml_set(console, "target/@type", "serial");
    dom_xml_set(console, "target/@port", "0");
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    gboolean live = dom_def_is_live(xml, def);
    char **ttys = live ? def->live.serial_ttys : NULL;
    const char *tty = live ? def->live.console_tty : NULL;
    guint ports = 0;

    if (dom_general_type(def) == DOM_TYPE_HVM)
        ports = format_serials(xml, node, def, ttys);
    if (ports > 0)
        format_view(node, record, ttys != NULL ? ttys[0] : NULL);
    if (ports == 0 || live)
        format_pv_console(node, ports > 0, tty);
}

const DomRecord dom_chardev_record =
    DOM_RECORD(DomChardev, "chardev", fields, .parse = parse, .format = format);

guint
dom_chardev_count_serials(xmlNodePtr root)
{
    xmlNodePtr devices = dom_xml_child(root, "devices");
    xmlNodePtr node = devices != NULL ? dom_xml_child(devices, "serial") : NULL;
    guint n = 0;

    for (; node != NULL; node = dom_xml_next(node, "serial"))
        n++;
    return n;
}

static gboolean
port_of(xmlNodePtr serial, guint64 *ret_port)
{
    g_autofree char *port = dom_xml_peek(serial, "target/@port");

    return port != NULL && dom_xml_parse_uint(port, ret_port);
}

/* The first of the @n ports of the model, in front of @serials, whose number is above that of
 * @serial; or NULL. */
static xmlNodePtr
first_above(GPtrArray *serials, guint n, xmlNodePtr serial)
{
    guint64 port, other;

    if (!port_of(serial, &port))
        return NULL;
    for (guint i = 0; i < n; i++) {
        if (port_of(serials->pdata[i], &other) && other > port)
            return serials->pdata[i];
    }
    return NULL;
}

void
dom_chardev_settle(xmlNodePtr root, guint n)
{
    xmlNodePtr devices = dom_xml_child(root, "devices");
    g_autoptr(GPtrArray) serials = g_ptr_array_new();

    for (xmlNodePtr node = n > 0 ? dom_xml_child(devices, "serial") : NULL; node != NULL;
         node = dom_xml_next(node, "serial"))
        g_ptr_array_add(serials, node);
    for (guint i = n; i < serials->len; i++) {
        xmlNodePtr above = first_above(serials, n, serials->pdata[i]);

        if (above != NULL)
            xmlAddPrevSibling(above, serials->pdata[i]);
    }
}

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

/* The connection of a channel of Xen's; DOM_CHANNEL_ABSENT: it is none. */
static int
connection_of(xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *target = dom_xml_peek(node, "target/@type");

    return type != NULL && g_strcmp0(target, "xen") == 0
               ? dom_enum_from_name(&connection_xml_names, type, FALSE)
               : DOM_CHANNEL_ABSENT;
}

gboolean
dom_channel_is_open(DomXmlNode *node)
{
    g_autofree char *path = dom_xml_peek(node, "source/@path");

    return connection_of(node) == DOM_CHANNEL_SOCKET && path == NULL;
}

static gboolean
channel_claims(const DomDef *def, DomXmlNode *node)
{
    return connection_of(node) != DOM_CHANNEL_ABSENT && !dom_channel_is_open(node);
}

static void
channel_refused(DomXml *xml, DomXmlNode *node)
{
    if (dom_channel_is_open(node))
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "channel/source",
                       _("xl wants a place for the socket: expected <source mode='bind' "
                         "path='FILE'/>; libvirt's driver chooses one at each start"));
}

static void
channel_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomChannel *channel = record;
    g_autofree char *type = dom_xml_take(xml, node, "@type");
    g_autofree char *mode = dom_xml_peek(node, "source/@mode");

    channel->connection =
        (DomChannelConnection)dom_enum_from_name(&connection_xml_names, type, FALSE);
    dom_xml_claim(xml, node, "target/@type");
    /* Xen's end waits for the client; anything else stays as unknown XML */
    if (g_strcmp0(mode, "bind") == 0)
        dom_xml_claim(xml, node, "source/@mode");
    /* the terminal that it had while it ran */
    if (channel->connection == DOM_CHANNEL_PTY)
        g_clear_pointer(&channel->path, g_free);
}

/* NULL: it has none. */
static const char *
channel_tty(const DomDef *def, const DomChannel *channel)
{
    char **ttys = def->live.channel_ttys;
    guint place;

    if (ttys == NULL || !g_ptr_array_find(def->channels, channel, &place) ||
        place >= g_strv_length(ttys) || *ttys[place] == '\0')
        return NULL;
    return ttys[place];
}

static void
channel_check(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    dom_xml_check_bare(xml, node, "target/@name", TRUE);
    dom_xml_check_bare(xml, node, "source/@path", TRUE);
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
    if (connection == DOM_CHANNEL_PTY && dom_def_is_live(xml, def))
        dom_xml_set(node, "source/@path", channel_tty(def, channel));
    dom_xml_set(node, "target/@type", "xen");
}

const DomRecord dom_channel_record = DOM_RECORD(
    DomChannel, "chardev", channel_fields, .parse = channel_parse, .format = channel_format,
    .claims = channel_claims, .refused = channel_refused, .check = channel_check);
