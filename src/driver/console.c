/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "conf/xml.h"
#include "driver/api.h"
#include "driver/guest.h"
#include "driver/live.h"
#include "driver/model.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/*
 * A console or channel is looked for in the guest's live XML, in which clients have found its name:
 * it has the kind, the place and the alias of each.
 */
static xmlDocPtr
live_doc(DrvDriver *driver, DrvDomain *domain, int id, GError **error)
{
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    drv_live_fill(driver, id, def);
    return drv_model_format_doc(def, 0, error);
}

/* What methods open, and how it is called there. */
typedef struct {
    const char *const *elements; /* the first that there is, where no name is given */
    const char *what;            /* for messages */
    gboolean channel;
} Sort;

static const char *const console_elements[] = { "console", "serial", NULL };
static const char *const channel_elements[] = { "channel", NULL };
static const Sort consoles = { console_elements, N_("console"), FALSE };
static const Sort channels = { channel_elements, N_("channel"), TRUE };

/* Its alias, libvirt's usual one ("serial0"), or the name that the guest sees. */
static gboolean
is_called(xmlNodePtr node, guint place, const char *name)
{
    g_autofree char *usual = g_strdup_printf("%s%u", (const char *)node->name, place);
    g_autofree char *alias = dom_xml_peek(node, "alias/@name");
    g_autofree char *seen = dom_xml_peek(node, "target/@name");
    return !name || g_str_equal(name, usual) || g_strcmp0(name, alias) == 0 ||
           g_strcmp0(name, seen) == 0;
}

/* Those that there are, into @names. */
static xmlNodePtr
find_named(xmlNodePtr devices, const char *element, const char *name, GString *names)
{
    guint place = 0;
    for (xmlNodePtr node = dom_xml_child(devices, element); node;
         node = dom_xml_next(node, element)) {
        g_autofree char *alias = dom_xml_peek(node, "alias/@name");
        if (is_called(node, place++, name)) {
            return node;
        }
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", alias ? alias : element);
    }
    return NULL;
}

static xmlNodePtr
find_device(xmlDocPtr doc, const Sort *sort, const char *name, const char *domain, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    xmlNodePtr devices = dom_xml_child(xmlDocGetRootElement(doc), "devices");
    for (const char *const *element = sort->elements; devices && *element; element++) {
        xmlNodePtr node = find_named(devices, *element, name, names);
        if (node) {
            return node;
        }
    }
    drv_fail(error, VIR_ERR_INVALID_ARG, _("domain '%s' has no %s '%s'; it has: %s"), domain,
             _(sort->what), name ? name : "", names->len ? names->str : _("none"));
    return NULL;
}

/* How each kind is reached: it is opened, or a message says what to do instead. */
static const struct {
    const char *type;
    const char *mode; /* NULL: any */
    const char *place[2];
    gboolean socket;
    const char *message;
} kinds[] = {
    { "pty", NULL, { "source/@path" }, FALSE, NULL },
    { "unix", "bind", { "source/@path" }, TRUE, NULL },
    { "unix",
      NULL,
      { "source/@path" },
      FALSE,
      N_("it calls the socket of another program, and is seen there") },
    { "tcp",
      "bind",
      { "source/@host", "source/@service" },
      FALSE,
      N_("QEMU waits there for calls: use nc or telnet") },
    { "tcp",
      NULL,
      { "source/@host", "source/@service" },
      FALSE,
      N_("it calls another program, and is seen there") },
    { "udp",
      NULL,
      { "source/@host", "source/@service" },
      FALSE,
      N_("it is sent to another program, and is seen there") },
    { "file",
      NULL,
      { "source/@path" },
      FALSE,
      N_("all that the guest says goes to the file: read it there") },
    { "dev",
      NULL,
      { "source/@path" },
      FALSE,
      N_("it is a device of the host: use that, or what is wired to it") },
    { "pipe", NULL, { "source/@path" }, FALSE, N_("use the pipe itself") },
    { "vc", NULL, { NULL }, FALSE, N_("it is on the guest's screen (Ctrl-Alt-3 in VNC)") },
    { "stdio", NULL, { NULL }, FALSE, N_("it is in the log of the guest's device model") },
    { "null", NULL, { NULL }, FALSE, N_("it leads nowhere; a <serial type='pty'/> can be opened") },
};

/* "HOST:PORT", or a path; as far as it is known. (transfer full) */
static char *
place_of(xmlNodePtr node, const char *const *parts)
{
    g_autofree char *first = parts[0] ? dom_xml_peek(node, parts[0]) : NULL;
    g_autofree char *second = parts[1] ? dom_xml_peek(node, parts[1]) : NULL;
    return g_strconcat(first ? first : "", second ? ":" : "", second ? second : "", NULL);
}

static int
kind_of(xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *mode = dom_xml_peek(node, "source/@mode");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_strcmp0(kinds[i].type, type) == 0 &&
            (!kinds[i].mode || g_strcmp0(kinds[i].mode, mode) == 0)) {
            return (int)i;
        }
    }
    return -1;
}

/* Where to connect (transfer full); NULL: that is not done, or not yet. */
static char *
check_place(xmlNodePtr node, const Sort *sort, const char *domain, gboolean *ret_socket,
            GError **error)
{
    int kind = kind_of(node);
    g_autofree char *alias = dom_xml_peek(node, "alias/@name");
    g_autofree char *place = kind >= 0 ? place_of(node, kinds[kind].place) : g_strdup("");
    if (kind >= 0 && kinds[kind].message) {
        drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("%s '%s' of domain '%s' (%s%s%s) cannot be opened: %s"), _(sort->what), alias,
                 domain, kinds[kind].type, *place ? " " : "", place, _(kinds[kind].message));
        return NULL;
    }
    if (!*place) {
        drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("%s '%s' of domain '%s' has no terminal: who serves it has not said which"),
                 _(sort->what), alias, domain);
        return NULL;
    }
    *ret_socket = kinds[kind].socket;
    return g_steal_pointer(&place);
}

/* An error is behind the name of what it is about. */
static gboolean
open_device(DrvDriver *driver, DrvDomain *domain, const Sort *sort, const char *name,
            virStreamPtr stream, DrvConsolesFlags flags, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    g_autoptr(xmlDoc) doc = id >= 0 ? live_doc(driver, domain, id, error) : NULL;
    if (!doc) {
        return FALSE;
    }
    g_autofree char *whose = dom_xml_peek(xmlDocGetRootElement(doc), "name");
    xmlNodePtr node = find_device(doc, sort, name, whose, error);
    gboolean socket;
    g_autofree char *path = node ? check_place(node, sort, whose, &socket, error) : NULL;
    if (!path) {
        return FALSE;
    }
    g_autofree char *alias = dom_xml_peek(node, "alias/@name");
    DrvConsole console = { id, path, socket, sort->channel };
    if (!drv_consoles_open(domain->consoles, &console, stream, flags, error)) {
        g_prefix_error(error, _("%s '%s' of domain '%s': "), _(sort->what), alias, whose);
        return FALSE;
    }
    return TRUE;
}

int
drv_domain_open_console(virDomainPtr dom, const char *device, virStreamPtr stream,
                        unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_CONSOLE_SAFE | VIR_DOMAIN_CONSOLE_FORCE, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainOpenConsoleEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DrvConsolesFlags how = (flags & VIR_DOMAIN_CONSOLE_FORCE ? DRV_CONSOLES_FORCE : 0) |
                           (flags & VIR_DOMAIN_CONSOLE_SAFE ? DRV_CONSOLES_ALONE : 0);
    return open_device(drv_driver_of(dom->conn), domain, &consoles, device, stream, how, &error)
               ? 0
               : drv_raise(&error);
}

int
drv_domain_open_channel(virDomainPtr dom, const char *name, virStreamPtr stream, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_CHANNEL_FORCE, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainOpenChannelEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DrvConsolesFlags how = flags & VIR_DOMAIN_CHANNEL_FORCE ? DRV_CONSOLES_FORCE : 0;
    return open_device(drv_driver_of(dom->conn), domain, &channels, name, stream, how, &error)
               ? 0
               : drv_raise(&error);
}
