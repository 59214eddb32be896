/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/graphics.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/graphics_listen.h"
#include "conf/redirdev.h"
#include "conf/xml.h"

#define HEAD_ROWS(type)                                                                            \
    DOM_TRISTATE_FIELD(type, head.vnc, NULL, .doc = N_("Show the screen by VNC")),                 \
        DOM_STRING_FIELD(type, head.vnclisten, NULL, .doc = N_("Address that VNC listens on")),    \
        DOM_INT_FIELD(type, head.vncdisplay, NULL,                                                 \
                      .doc = N_("VNC display; its port is 5900 more")),                            \
        DOM_TRISTATE_FIELD(type, head.vncunused, NULL,                                             \
                           .doc = N_("Take the next display that is free")),                       \
        DOM_STRING_FIELD(type, head.vncpasswd, NULL,                                               \
                         .flags = DOM_FIELD_SECRET | DOM_FIELD_EMPTY_IS_NONE,                      \
                         .doc = N_("VNC password")),                                               \
        DOM_STRING_FIELD(type, head.keymap, NULL, .doc = N_("Keyboard layout")),                   \
        DOM_TRISTATE_FIELD(type, head.sdl, NULL, .doc = N_("Show the screen in an SDL window")),   \
        DOM_TRISTATE_FIELD(type, head.opengl, NULL, .doc = N_("Draw the SDL window with OpenGL")), \
        DOM_STRING_FIELD(type, head.display, NULL, .doc = N_("X display of the SDL window")),      \
        DOM_STRING_FIELD(type, head.xauthority, NULL,                                              \
                         .doc = N_("X authority file for the SDL window"))

#define TRISTATE(member, text) DOM_TRISTATE_FIELD(DomGraphics, member, NULL, .doc = (text))
#define STRING(member, text)   DOM_STRING_FIELD(DomGraphics, member, NULL, .doc = (text))
#define INT(member, text)      DOM_INT_FIELD(DomGraphics, member, NULL, .doc = (text))

static const DomField fields[] = {
    HEAD_ROWS(DomGraphics),
    TRISTATE(spice, N_("Show the screen by SPICE")),
    STRING(spicehost, N_("Address that SPICE listens on")),
    INT(spiceport, N_("Port that SPICE listens on")),
    INT(spicetls_port, N_("TLS port that SPICE listens on")),
    TRISTATE(spice_autoport, N_("The port of SPICE was not asked for")),
    TRISTATE(spicedisable_ticketing, N_("Let SPICE clients in without a password")),
    DOM_STRING_FIELD(DomGraphics, spicepasswd, NULL, .flags = DOM_FIELD_SECRET,
                     .doc = N_("SPICE password")),
    TRISTATE(spiceagent_mouse, N_("The SPICE agent moves the pointer")),
    TRISTATE(spicevdagent, N_("Offer the SPICE agent channel")),
    TRISTATE(spice_clipboard_sharing, N_("Share the clipboard by SPICE")),
    INT(spiceusbredirection, N_("USB devices that SPICE clients may give")),
    STRING(spice_image_compression, N_("How SPICE packs images")),
    STRING(spice_streaming_video, N_("How SPICE streams video")),
};

static const DomField vfb_fields[] = { HEAD_ROWS(DomVfb) };

static void
take_string(DomXml *xml, xmlNodePtr node, const char *path, char **member)
{
    g_free(*member);
    *member = dom_xml_take(xml, node, path);
}

static void
take_port(DomXml *xml, xmlNodePtr node, const char *path, DomInt *port)
{
    g_autofree char *text = dom_xml_take(xml, node, path);
    DomInt value = { .set = TRUE };

    if (text == NULL || g_str_equal(text, "-1"))
        return;
    if (!g_ascii_string_to_signed(text, 10, 0, G_MAXUINT16, &value.value, NULL)) {
        g_autofree char *key = g_strconcat("graphics/", path, NULL);

        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, key,
                       _("'%s' is not a port: expected 0 to 65535, or -1 for any"), text);
        return;
    }
    *port = value;
}

/* What is no port at all has no place in XML. */
static void
set_port(xmlNodePtr node, const char *path, const DomInt *port)
{
    if (port->set && port->value >= 0 && port->value <= G_MAXUINT16)
        dom_xml_set_uint(node, path, (guint64)port->value);
}

/* A colon would begin the number of a display, and a comma an option of QEMU's. */
static void
check_listen(DomXml *xml, xmlNodePtr node, const char *path)
{
    g_autofree char *text = dom_xml_peek(node, path);
    g_autofree char *key = g_strconcat("graphics/", path, NULL);

    if (text == NULL || *text == '\0' || dom_listen_is_host(text))
        return;
    dom_xml_report(xml, DOM_SEVERITY_ERROR, node, key,
                   _("'%s' is no address: expected one like 127.0.0.1 or ::1, or a name"), text);
}

/* libvirt takes both forms only where they say the same. */
static void
check_both(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *attr = dom_xml_peek(node, "@listen");
    g_autofree char *element = dom_xml_peek(node, "listen[@type='address']/@address");

    if (attr != NULL && *attr != '\0' && element != NULL && !g_str_equal(attr, element))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "graphics/@listen",
                       _("this is '%s', and <listen address='%s'/> says otherwise: leave one out"),
                       attr, element);
}

/* Both forms that libvirt has. */
static void
take_listen(DomXml *xml, xmlNodePtr node, char **member)
{
    xmlNodePtr listen = dom_xml_find(node, "listen[@type='address']");
    gboolean named = dom_xml_find(node, "listen[@type='address']/@address") != NULL;

    take_string(xml, node, "@listen", member);
    check_listen(xml, node, "@listen");
    check_listen(xml, node, "listen[@type='address']/@address");
    check_both(xml, node);
    /* without an address it is not written, so that what else it says is kept with it */
    if (listen == NULL || (!named && listen->properties->next != NULL))
        return;
    dom_xml_claim(xml, node, "listen[@type='address']");
    if (named)
        take_string(xml, node, "listen[@type='address']/@address", member);
}

static void
set_listen(xmlNodePtr node, const char *listen)
{
    if (listen == NULL || !dom_listen_is_host(listen))
        return;
    dom_xml_set(node, "@listen", listen);
    dom_xml_set(node, "listen[@type='address']/@address", listen);
}

static const char *const compressions[] = {
    "auto_glz", "auto_lz", "quic", "glz", "lz", "off", NULL
};
static const char *const streamings[] = { "filter", "all", "off", NULL };

/* A word that libvirt does not know is told as residual. */
static void
set_word(xmlNodePtr node, const char *path, const char *word, const char *const *words)
{
    if (word != NULL && g_strv_contains(words, word))
        dom_xml_set(node, path, word);
}

/*
 * A port is display + 5900. autoport='yes' is libxl's own default, so it says nothing; only beside
 * port='-1', as libvirt's tools write it, it is vncunused=1. A port without it is fixed.
 */
static void
parse_vnc_port(DomXml *xml, xmlNodePtr node, DomHead *head)
{
    g_autofree char *text = dom_xml_peek(node, "@port");
    g_autofree char *autoport = dom_xml_take(xml, node, "@autoport");
    DomInt port = { 0 };

    take_port(xml, node, "@port", &port);
    if (port.value > 0 && port.value < DOM_VNC_PORT)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "graphics/@port",
                       _("VNC's ports begin at %d: expected one from there on, or autoport='yes'"),
                       DOM_VNC_PORT);
    if (port.set && port.value >= DOM_VNC_PORT)
        head->vncdisplay = (DomInt){ .value = port.value - DOM_VNC_PORT, .set = TRUE };
    if (g_strcmp0(autoport, "yes") == 0)
        head->vncunused = g_strcmp0(text, "-1") == 0 ? DOM_TRISTATE_ON : DOM_TRISTATE_ABSENT;
    else if (port.set)
        head->vncunused = DOM_TRISTATE_OFF;
}

static void
format_vnc_port(xmlNodePtr node, const DomHead *head, const DomInt *display, int live_port)
{
    gboolean fixed = head->vncunused == DOM_TRISTATE_OFF;
    gint64 port = (display->set ? display->value : 0) + DOM_VNC_PORT;

    if (live_port > 0)
        dom_xml_set_uint(node, "@port", (guint64)live_port);
    else if ((display->set || fixed) && port >= DOM_VNC_PORT)
        set_port(node, "@port", &(DomInt){ .value = port, .set = TRUE });
    else if (head->vncunused == DOM_TRISTATE_ON)
        dom_xml_set(node, "@port", "-1");
    dom_xml_set(node, "@autoport", fixed ? "no" : "yes");
}

/* What QEMU calls a unix socket; xl hands it on as it is. A comma would begin an option of QEMU's.
 */
#define UNIX "unix:"

static gboolean
is_socket(const char *path)
{
    return path != NULL && path[0] == '/' && strchr(path, ',') == NULL;
}

/* A socket has no ports to choose from. */
static void
take_socket(DomXml *xml, xmlNodePtr node, DomHead *head)
{
    static const char *const places[] = { "@socket", "listen[@type='socket']/@socket" };

    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = dom_xml_peek(node, places[i]);

        if (path != NULL && !is_socket(path))
            dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "graphics/@socket",
                           _("QEMU takes no such path of a socket, and the screen gets a TCP port: "
                             "write one that begins with / and has no comma"));
        if (!is_socket(path))
            continue;
        dom_xml_claim(xml, node, places[i]);
        dom_xml_claim(xml, node, "listen[@type='socket']");
        g_free(head->vnclisten);
        head->vnclisten = g_strconcat(UNIX, path, NULL);
        head->vncdisplay = (DomInt){ 0 };
        head->vncunused = DOM_TRISTATE_OFF;
    }
}

/* The path of a socket that XML has words for, or NULL. */
static const char *
socket_of(const DomHead *head)
{
    const char *listen = head->vnclisten;
    gboolean socket = listen != NULL && g_str_has_prefix(listen, UNIX) && !head->vncdisplay.set &&
                      head->vncunused == DOM_TRISTATE_OFF && is_socket(listen + strlen(UNIX));

    return socket ? listen + strlen(UNIX) : NULL;
}

static void
set_socket(xmlNodePtr node, const char *path)
{
    dom_xml_set(node, "@socket", path);
    dom_xml_set(node, "listen[@type='socket']/@socket", path);
}

/* For the report that it is left out. */
static void
take_password(DomXml *xml, xmlNodePtr node, DomRest *rest, const char *key, char **member)
{
    take_string(xml, node, "@passwd", member);
    if (*member != NULL)
        dom_xml_note(xml, node, "@passwd", rest, key);
}

static void
parse_vnc(DomXml *xml, xmlNodePtr node, DomHead *head, DomRest *rest)
{
    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@type");
    head->vnc = DOM_TRISTATE_ON;
    parse_vnc_port(xml, node, head);
    take_listen(xml, node, &head->vnclisten);
    dom_listen_join(head);
    take_socket(xml, node, head);
    take_password(xml, node, rest, "vncpasswd", &head->vncpasswd);
    take_string(xml, node, "@keymap", &head->keymap);
}

static void
format_vnc(xmlNodePtr node, const DomHead *head, int live_port)
{
    const char *socket = socket_of(head);
    DomInt display;
    g_autofree char *listen = dom_listen_split(head, &display);

    dom_xml_set(node, "@type", "vnc");
    if (socket != NULL) {
        set_socket(node, socket);
    } else {
        format_vnc_port(node, head, &display, live_port);
        set_listen(node, listen);
    }
    dom_xml_set(node, "@keymap", head->keymap);
    dom_xml_set(node, "@passwd", head->vncpasswd);
}

static void
parse_sdl(DomXml *xml, xmlNodePtr node, DomHead *head)
{
    g_autofree char *gl = dom_xml_take(xml, node, "gl/@enable");

    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@type");
    head->sdl = DOM_TRISTATE_ON;
    if (gl != NULL)
        head->opengl = g_str_equal(gl, "yes") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    take_string(xml, node, "@display", &head->display);
    take_string(xml, node, "@xauth", &head->xauthority);
}

static void
format_sdl(xmlNodePtr node, const DomHead *head)
{
    dom_xml_set(node, "@type", "sdl");
    dom_xml_set(node, "@display", head->display);
    dom_xml_set(node, "@xauth", head->xauthority);
    if (head->opengl != DOM_TRISTATE_ABSENT)
        dom_xml_set(node, "gl/@enable", head->opengl == DOM_TRISTATE_ON ? "yes" : "no");
}

/* What shows through SPICE has elements of its own: the agent's channel, and USB devices. */
#define AGENT  "devices/channel[@type='spicevmc']"
#define VIEWER "com.redhat.spice.0"

/* libvirt's clipboard needs the agent, so its element means both, as in the in-tree driver. */
static void
parse_agent(DomXml *xml, xmlNodePtr root, DomGraphics *graphics)
{
    xmlNodePtr channel = dom_xml_find(root, AGENT);
    g_autofree char *name = channel != NULL ? dom_xml_peek(channel, "target/@name") : NULL;
    g_autofree char *type = channel != NULL ? dom_xml_peek(channel, "target/@type") : NULL;

    if (graphics->spice_clipboard_sharing == DOM_TRISTATE_ON)
        graphics->spicevdagent = DOM_TRISTATE_ON;
    if (channel == NULL || (name != NULL && !g_str_equal(name, VIEWER)) ||
        (type != NULL && !g_str_equal(type, "virtio")))
        return;
    graphics->spicevdagent = DOM_TRISTATE_ON;
    dom_xml_claim_node(xml, channel);
    dom_xml_claim(xml, channel, "@type");
    dom_xml_claim(xml, channel, "target/@type");
    dom_xml_claim(xml, channel, "target/@name");
}

gboolean
dom_graphics_has_agent(const DomGraphics *graphics)
{
    return graphics->spice == DOM_TRISTATE_ON && graphics->spicevdagent == DOM_TRISTATE_ON;
}

static void
format_agent(xmlNodePtr root)
{
    xmlNodePtr channel = dom_xml_append(root, "devices/channel");

    dom_xml_set(channel, "@type", "spicevmc");
    dom_xml_set(channel, "target/@type", "virtio");
    dom_xml_set(channel, "target/@name", VIEWER);
}

/* Without a password libvirt's SPICE is open to all, as in the in-tree driver. */
static void
parse_ticketing(DomGraphics *graphics)
{
    if (graphics->spicepasswd == NULL)
        graphics->spicedisable_ticketing = DOM_TRISTATE_ON;
}

/* The port that libvirt tries first, unless VNC has it. */
static int
first_port(const DomHead *vnc)
{
    return vnc->vncunused == DOM_TRISTATE_OFF && vnc->vncdisplay.value == 0 ? DOM_VNC_PORT + 1
                                                                            : DOM_VNC_PORT;
}

/* Where libvirt would look for a free port, libxl wants a number all the same. */
static void
parse_spice_ports(DomXml *xml, xmlNodePtr node, DomGraphics *graphics)
{
    g_autofree char *autoport = dom_xml_take(xml, node, "@autoport");
    g_autofree char *port = dom_xml_peek(node, "@port");
    g_autofree char *tls_port = dom_xml_peek(node, "@tlsPort");
    gboolean none = g_strcmp0(port, "-1") == 0 && g_strcmp0(tls_port, "-1") == 0;

    take_port(xml, node, "@port", &graphics->spiceport);
    take_port(xml, node, "@tlsPort", &graphics->spicetls_port);
    if (g_strcmp0(autoport, "yes") != 0 && !none)
        return;
    graphics->spice_autoport = DOM_TRISTATE_ON;
    if (graphics->spiceport.value > 0)
        return;
    graphics->spiceport = (DomInt){ .value = first_port(&graphics->head), .set = TRUE };
    dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "graphics/@autoport",
                   _("xl does not look for a free port of SPICE's: this guest gets %d; give each "
                     "guest a port of its own"),
                   (int)graphics->spiceport.value);
}

/* A port that was not asked for is written where it is in use, or when it is not the one that would
 * be taken again. */
static void
format_spice_ports(xmlNodePtr node, const DomGraphics *graphics, gboolean live)
{
    gboolean any = graphics->spice_autoport == DOM_TRISTATE_ON;

    if (!any || live || graphics->spiceport.value != first_port(&graphics->head))
        set_port(node, "@port", &graphics->spiceport);
    set_port(node, "@tlsPort", &graphics->spicetls_port);
    dom_xml_set(node, "@autoport", any ? "yes" : "no");
}

static void
parse_spice(DomXml *xml, xmlNodePtr node, DomGraphics *graphics)
{
    g_autofree char *clipboard = dom_xml_take(xml, node, "clipboard/@copypaste");
    g_autofree char *mouse = dom_xml_take(xml, node, "mouse/@mode");

    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@type");
    graphics->spice = DOM_TRISTATE_ON;
    parse_spice_ports(xml, node, graphics);
    take_listen(xml, node, &graphics->spicehost);
    take_password(xml, node, &graphics->rest, "spicepasswd", &graphics->spicepasswd);
    take_string(xml, node, "image/@compression", &graphics->spice_image_compression);
    take_string(xml, node, "streaming/@mode", &graphics->spice_streaming_video);
    if (clipboard != NULL)
        graphics->spice_clipboard_sharing =
            g_str_equal(clipboard, "yes") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    if (mouse != NULL)
        graphics->spiceagent_mouse =
            g_str_equal(mouse, "client") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

static void
format_spice(xmlNodePtr node, const DomGraphics *graphics, gboolean live)
{
    dom_xml_set(node, "@type", "spice");
    format_spice_ports(node, graphics, live);
    set_listen(node, graphics->spicehost);
    dom_xml_set(node, "@passwd", graphics->spicepasswd);
    set_word(node, "image/@compression", graphics->spice_image_compression, compressions);
    set_word(node, "streaming/@mode", graphics->spice_streaming_video, streamings);
    if (graphics->spice_clipboard_sharing != DOM_TRISTATE_ABSENT)
        dom_xml_set(node, "clipboard/@copypaste",
                    graphics->spice_clipboard_sharing == DOM_TRISTATE_ON ? "yes" : "no");
    if (graphics->spiceagent_mouse != DOM_TRISTATE_ABSENT)
        dom_xml_set(node, "mouse/@mode",
                    graphics->spiceagent_mouse == DOM_TRISTATE_ON ? "client" : "server");
}

/* An HVM guest's device model has one of each; more elements are kept as unknown XML. */
static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomGraphics *graphics = record;
    xmlNodePtr vnc = dom_xml_find(node, "devices/graphics[@type='vnc']");
    xmlNodePtr sdl = dom_xml_find(node, "devices/graphics[@type='sdl']");
    xmlNodePtr spice = dom_xml_find(node, "devices/graphics[@type='spice']");

    if (dom_general_type(def) != DOM_TYPE_HVM)
        return;
    /* libxl would open VNC where nothing is said; XML that says nothing means none. */
    graphics->head.vnc = DOM_TRISTATE_OFF;
    if (vnc != NULL)
        parse_vnc(xml, vnc, &graphics->head, &graphics->rest);
    if (sdl != NULL)
        parse_sdl(xml, sdl, &graphics->head);
    if (spice == NULL)
        return;
    parse_spice(xml, spice, graphics);
    parse_ticketing(graphics);
    if (vnc == NULL)
        take_string(xml, spice, "@keymap", &graphics->head.keymap);
    parse_agent(xml, node, graphics);
    dom_redirdev_parse(xml, node, &graphics->spiceusbredirection);
}

static int
live_port(const DomXml *xml, const DomDef *def)
{
    return xml->flags & DOM_FORMAT_INACTIVE ? 0 : def->live.vnc_port;
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomGraphics *graphics = record;
    xmlNodePtr spice;

    if (dom_general_type(def) != DOM_TYPE_HVM)
        return;
    if (graphics->head.vnc != DOM_TRISTATE_OFF)
        format_vnc(dom_xml_append(node, "devices/graphics"), &graphics->head, live_port(xml, def));
    if (graphics->head.sdl == DOM_TRISTATE_ON)
        format_sdl(dom_xml_append(node, "devices/graphics"), &graphics->head);
    if (graphics->spice != DOM_TRISTATE_ON)
        return;
    spice = dom_xml_append(node, "devices/graphics");
    format_spice(spice, graphics, dom_def_is_live(xml, def));
    if (graphics->head.vnc == DOM_TRISTATE_OFF)
        dom_xml_set(spice, "@keymap", graphics->head.keymap);
    if (dom_graphics_has_agent(graphics))
        format_agent(node);
    dom_redirdev_format(node, &graphics->spiceusbredirection, &def->input);
}

const DomRecord dom_graphics_record =
    DOM_RECORD(DomGraphics, "graphics", fields, .parse = parse, .format = format);

static gboolean
is_of_type(xmlNodePtr node, const char *wanted)
{
    return node != NULL && dom_xml_is(node, "@type", wanted);
}

/* The SDL element that stands right behind a VNC one is another view of the same framebuffer,
 * unless residual text knows better. */
static xmlNodePtr
other_view(xmlNodePtr vnc)
{
    xmlNodePtr next = dom_xml_next(vnc, "graphics");

    return is_of_type(next, "sdl") ? next : NULL;
}

static gboolean
is_other_view(xmlNodePtr node)
{
    xmlNodePtr vnc = NULL;

    for (xmlNodePtr other = dom_xml_child(node->parent, "graphics"); other != node;
         other = dom_xml_next(other, "graphics"))
        vnc = other;
    return vnc != NULL && is_of_type(vnc, "vnc");
}

static gboolean
vfb_claims(const DomDef *def, DomXmlNode *node)
{
    return dom_general_type(def) != DOM_TYPE_HVM &&
           (is_of_type(node, "vnc") || (is_of_type(node, "sdl") && !is_other_view(node)));
}

/* A framebuffer shown nowhere has no element; it is told as residual. */
static gboolean
vfb_shown(const DomDef *def, gconstpointer record)
{
    const DomVfb *vfb = record;

    return dom_general_type(def) != DOM_TYPE_HVM &&
           (vfb->head.vnc != DOM_TRISTATE_OFF || vfb->head.sdl == DOM_TRISTATE_ON);
}

static void
vfb_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomVfb *vfb = record;
    xmlNodePtr sdl = is_of_type(node, "vnc") ? other_view(node) : node;

    if (sdl != node)
        parse_vnc(xml, node, &vfb->head, &vfb->rest);
    else
        vfb->head.vnc = DOM_TRISTATE_OFF;
    if (sdl == NULL)
        return;
    parse_sdl(xml, sdl, &vfb->head);
    if (sdl != node)
        dom_xml_view_node(xml, sdl);
}

static void
vfb_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomVfb *vfb = record;

    if (vfb->head.vnc == DOM_TRISTATE_OFF) {
        format_sdl(node, &vfb->head);
        return;
    }
    format_vnc(node, &vfb->head, live_port(xml, def));
    if (vfb->head.sdl == DOM_TRISTATE_ON)
        format_sdl(dom_xml_append(node->parent, "graphics"), &vfb->head);
}

const DomRecord dom_vfb_record =
    DOM_RECORD(DomVfb, "graphics", vfb_fields, .parse = vfb_parse, .format = vfb_format,
               .claims = vfb_claims, .shown = vfb_shown);
