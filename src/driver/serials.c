/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "internal.h"
#include "virxml.h"

#include "conf/xml.h"
#include "driver/device_model.h"
#include "driver/error.h"
#include "driver/model.h"
#include "driver/serials.h"
#include "driver/text.h"

/* Kinds of ports, and what QEMU calls the character device. */
static const struct {
    const char *type;
    const char *backend;
    gboolean serves; /* it may be the one that is called */
} kinds[] = {
    { "pty", "pty" },          { "null", "null" },         { "stdio", "stdio" }, { "vc", "vc" },
    { "file", "file" },        { "pipe", "pipe" },         { "dev", "serial" },  { "udp", "udp" },
    { "tcp", "socket", TRUE }, { "unix", "socket", TRUE },
};

/* What there is to say of each kind. */
static const struct {
    const char *type;
    const char *place;
    const char *option;
} parts[] = {
    { "file", "source/@path", "path" },
    { "pipe", "source/@path", "path" },
    { "dev", "source/@path", "path" },
    { "unix", "source/@path", "path" },
    { "tcp", "source/@host", "host" },
    { "tcp", "source/@service", "port" },
    { "udp", "source[@mode='connect']/@host", "host" },
    { "udp", "source[@mode='connect']/@service", "port" },
    { "udp", "source[@mode='bind']/@host", "localaddr" },
    { "udp", "source[@mode='bind']/@service", "localport" },
};

static int
kind_of(xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_strcmp0(kinds[i].type, type) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static gboolean
says(xmlNodePtr node, const char *place, const char *word)
{
    g_autofree char *text = dom_xml_peek(node, place);
    return g_strcmp0(text, word) == 0;
}

/* A comma ends an option of QEMU's unless it is doubled; an address in brackets is the same
 * without. */
static void
add_option(GString *text, const char *option, const char *value)
{
    gsize length = strlen(value);
    gboolean brackets = length > 1 && value[0] == '[' && value[length - 1] == ']';
    g_string_append_printf(text, ",%s=", option);
    for (const char *c = value + brackets; c < value + length - brackets; c++) {
        g_string_append_c(text, *c);
        if (*c == ',') {
            g_string_append_c(text, *c);
        }
    }
}

/* QEMU's words for the port @node with the number @port. (transfer full) */
static char *
format_chardev(xmlNodePtr node, guint port)
{
    int kind = kind_of(node);
    GString *text = g_string_new(NULL);
    g_autofree char *file = dom_xml_peek(node, "log/@file");
    g_string_printf(text, "%s,id=serial%u", kinds[kind].backend, port);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *value = g_str_equal(parts[i].type, kinds[kind].type)
                                     ? dom_xml_peek(node, parts[i].place)
                                     : NULL;
        if (value) {
            add_option(text, parts[i].option, value);
        }
    }
    if (kinds[kind].serves && says(node, "source/@mode", "bind")) {
        g_string_append(text, ",server=on,wait=off");
    }
    if (says(node, "protocol/@type", "telnet")) {
        g_string_append(text, ",telnet=on");
    }
    add_option(text, "logfile", file);
    add_option(text, "logappend", says(node, "log/@append", "on") ? "on" : "off");
    return g_string_free(text, FALSE);
}

static gboolean
has_log(xmlNodePtr node)
{
    return dom_xml_child(node, "log") != NULL;
}

/* FALSE, for an expression's end. */
static gboolean
refuse(GError **error, const char *what, const char *text)
{
    return drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED, "%s: %s", what, text);
}

static gboolean
check_log(const DomDef *def, xmlNodePtr node, const char *what, GError **error)
{
    g_autofree char *file = dom_xml_peek(node, "log/@file");
    if (def->general.type != DOM_TYPE_HVM) {
        return refuse(error, what,
                      _("only HVM guests have serial ports, and logs of them: take <log> out"));
    }
    if (def->os.device_model_stubdomain == DOM_TRISTATE_ON) {
        return refuse(error, what,
                      _("the device model is in a stub domain, which cannot write a log here: take "
                        "<log> or the stub domain out"));
    }
    return (file && *file == '/') ||
           refuse(error, what, _("the log has no place: expected <log file='/PATH'/>"));
}

static gboolean
check_serial(const DomDef *def, xmlNodePtr node, guint place, const char *what, GError **error)
{
    if (has_log(node) && !check_log(def, node, what, error)) {
        return FALSE;
    }
    return def->general.type != DOM_TYPE_HVM || kind_of(node) >= 0 ||
           refuse(error, what,
                  _("QEMU under Xen has no port of this kind: expected type pty, unix, tcp, udp, "
                    "file, pipe, dev, vc, stdio or null"));
}

/* The log of a view is that of its port, where the port has one. */
static gboolean
check_console_log(xmlNodePtr node, const char *what, GError **error)
{
    xmlNodePtr port = dom_xml_child(node->parent, "serial");
    gboolean view = says(node, "target/@type", "serial") && port;
    if (!has_log(node) || (view && has_log(port))) {
        return TRUE;
    }
    return view ? refuse(error, what,
                         _("it is a second view of the first serial port: put <log> into <serial>"))
                : refuse(error, what,
                         _("Xen logs the consoles of all guests or of none: take <log> out and "
                           "start xenconsoled with --log=guest, which writes "
                           "/var/log/xen/console/guest-NAME.log"));
}

static gboolean
check_console(const DomDef *def, xmlNodePtr node, guint place, const char *what, GError **error)
{
    gboolean view = def->general.type == DOM_TYPE_HVM && says(node, "target/@type", "serial");
    if (!check_console_log(node, what, error)) {
        return FALSE;
    }
    if (!view && !says(node, "@type", "pty")) {
        return refuse(error, what,
                      _("Xen's own console is a terminal: expected <console type='pty'/>; a socket "
                        "of your own has <channel type='unix'>"));
    }
    return place == 0 ||
           refuse(
               error, what,
               _("Xen gives a guest one console of its own; a further one is a channel: expected "
                 "<channel type='pty'><target type='xen' name='NAME'/></channel>"));
}

static gboolean
check_channel(const DomDef *def, xmlNodePtr node, guint place, const char *what, GError **error)
{
    return !has_log(node) ||
           refuse(error, what,
                  _("Xen has no log of a channel: take <log> out and let who reads it write one"));
}

static const struct {
    const char *element;
    gboolean single; /* its number says nothing: what is not known stands behind Xen's own */
    gboolean (*check)(const DomDef *def, xmlNodePtr node, guint place, const char *what,
                      GError **error);
} checks[] = {
    { "serial", FALSE, check_serial },
    { "console", TRUE, check_console },
    { "channel", FALSE, check_channel },
};

/* Whether there is anything that the model does not say. */
static gboolean
says_more(const DomDef *def)
{
    const GPtrArray *items = def->metadata.rest.items;
    for (guint i = 0; items && i < items->len; i++) {
        const DomRestItem *item = items->pdata[i];
        if (g_str_has_prefix(item->path, "devices")) {
            return TRUE;
        }
    }
    for (guint i = 0; i < def->channels->len; i++) {
        const DomChannel *channel = def->channels->pdata[i];
        if (channel->rest.items) {
            return TRUE;
        }
    }
    return FALSE;
}

/* NULL without @error: the model says all. */
static xmlDocPtr
make_doc(const DomDef *def, GError **error)
{
    return says_more(def)
               ? drv_model_format_doc(def, DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE, error)
               : NULL;
}

static gboolean
check_all(const DomDef *def, xmlNodePtr devices, guint row, GError **error)
{
    const char *element = checks[row].element;
    guint place = 0;
    for (xmlNodePtr node = dom_xml_child(devices, element); node;
         node = dom_xml_next(node, element)) {
        g_autofree char *what =
            checks[row].single ? g_strdup(element) : g_strdup_printf("%s %u", element, place);
        if (!checks[row].check(def, node, place++, what, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
drv_serials_check(const DomDef *def, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(xmlDoc) doc = make_doc(def, &wrong);
    xmlNodePtr devices = doc ? dom_xml_child(xmlDocGetRootElement(doc), "devices") : NULL;
    if (wrong) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    for (guint i = 0; devices && i < G_N_ELEMENTS(checks); i++) {
        if (!check_all(def, devices, i, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The word that the model has for the port; NULL: it has none. */
static char **
word_of(DomDef *def, guint port)
{
    DomChardev *chardev = &def->chardev;
    guint n = chardev->serial_list ? g_strv_length(chardev->serial_list) : 0;
    if (chardev->serial) {
        return port == 0 ? &chardev->serial : NULL;
    }
    return port < n ? &chardev->serial_list[port] : NULL;
}

/* The label has to be "serialN": by it libxl knows the port whose terminal it tells. */
static gboolean
add_log(const DomDef *def, DomDef *bound, xmlNodePtr node, guint port, GError **error)
{
    g_autofree char *what = g_strdup_printf("serial %u", port);
    char **word = word_of(bound, port);
    if (!check_serial(def, node, port, what, error)) {
        return FALSE;
    }
    if (word) {
        g_autofree char *chardev = format_chardev(node, port);
        const char *const args[] = { "-chardev", chardev, NULL };
        drv_device_model_add_args(bound, args);
        g_free(*word);
        *word = g_strdup_printf("chardev:serial%u", port);
    }
    return TRUE;
}

gboolean
drv_serials_resolve(const DomDef *def, DomDef *bound, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(xmlDoc) doc = make_doc(def, &wrong);
    xmlNodePtr devices = doc ? dom_xml_child(xmlDocGetRootElement(doc), "devices") : NULL;
    guint port = 0;
    if (wrong) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    for (xmlNodePtr node = devices ? dom_xml_child(devices, "serial") : NULL; node;
         node = dom_xml_next(node, "serial"), port++) {
        if (has_log(node) && !add_log(def, bound, node, port, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
