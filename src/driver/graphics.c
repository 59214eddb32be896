/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "conf/xml.h"
#include "driver/api.h"
#include "driver/change.h"
#include "driver/device.h"
#include "driver/graphics.h"
#include "driver/live.h"
#include "driver/network.h"
#include "driver/qmp.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* --- the definition --- */

/* The settings of the screen that VNC shows, in @def; NULL when there is none. */
static DomHead *
head_of(const DomDef *def)
{
    if (dom_general_type(def) == DOM_TYPE_HVM) {
        return (DomHead *)&def->graphics.head;
    }
    if (def->vfbs->len > 0) {
        DomVfb *vfb = g_ptr_array_index(def->vfbs, 0);
        return &vfb->head;
    }
    return NULL;
}

/* libxl's own word for an HVM guest that says nothing is yes. */
static gboolean
has_vnc(const DomDef *def)
{
    const DomHead *head = head_of(def);
    return head && (head->vnc == DOM_TRISTATE_ON ||
                    (head->vnc == DOM_TRISTATE_ABSENT && dom_general_type(def) == DOM_TYPE_HVM));
}

DomHead *
drv_graphics_vnc(DomDef *def)
{
    return has_vnc(def) ? head_of(def) : NULL;
}

/* What libvirt's XML says of the screen and xl.cfg has no word for. */
static DomRest *
rest_of(const DomDef *def)
{
    if (dom_general_type(def) != DOM_TYPE_HVM && def->vfbs->len > 0) {
        DomVfb *vfb = g_ptr_array_index(def->vfbs, 0);
        return &vfb->rest;
    }
    return (DomRest *)&def->metadata.rest;
}

static gboolean
is_of_graphics(const DomRestItem *item)
{
    return !*item->path || g_str_equal(item->path, "devices/graphics");
}

/* An attribute of <graphics>; NULL: it has none. Borrowed. */
static const char *
find_attribute(const DomDef *def, const char *name)
{
    const DomRest *rest = rest_of(def);
    for (guint i = 0; rest->items && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);
        if (is_of_graphics(item) && g_strcmp0(item->attr, name) == 0) {
            return item->text;
        }
    }
    return NULL;
}

static void
set_attribute(DomDef *def, const char *name, const char *value)
{
    DomRest *rest = rest_of(def);
    for (guint i = rest->items ? rest->items->len : 0; i > 0; i--) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i - 1);
        if (is_of_graphics(item) && g_strcmp0(item->attr, name) == 0) {
            g_ptr_array_remove_index(rest->items, i - 1);
        }
    }
    if (value) {
        dom_rest_add(rest, rest == &def->metadata.rest ? "devices/graphics" : "", name, value);
    }
}

/* An attribute of the first <listen> that the model has no word for. (transfer full) */
static char *
find_listen(const DomDef *def, const char *name)
{
    const DomRest *rest = rest_of(def);
    for (guint i = 0; rest->items && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);
        g_autoptr(xmlDoc) doc =
            is_of_graphics(item) ? dom_xml_rest_doc(item, item->path, "listen") : NULL;
        if (doc) {
            g_autofree char *place = g_strconcat("@", name, NULL);
            return dom_xml_peek(xmlDocGetRootElement(doc), place);
        }
    }
    return NULL;
}

/* --- before the start --- */

static gboolean
listen_on_network(DomHead *head, const DomDef *def, GError **error)
{
    g_autofree char *network = find_listen(def, "network");
    if (!network) {
        return drv_fail(error, VIR_ERR_XML_ERROR,
                        _("graphics/listen: type='network' names no network: expected "
                          "network='NAME'"));
    }
    head->vnclisten = drv_network_address(network, error);
    return head->vnclisten != NULL;
}

/* Below a folder that is the daemon's. */
static void
listen_to_nobody(DomHead *head, const DomDef *def)
{
    head->vnclisten = g_strdup_printf("unix:" DRV_STATE_DIR "/vnc-%s.sock", def->general.uuid);
    head->vncunused = DOM_TRISTATE_OFF;
    head->vncdisplay = (DomInt){ 0 };
}

gboolean
drv_graphics_resolve(DomDef *def, GError **error)
{
    DomHead *head = head_of(def);
    g_autofree char *type = head && !head->vnclisten ? find_listen(def, "type") : NULL;
    if (g_strcmp0(type, "network") == 0) {
        return listen_on_network(head, def, error);
    }
    if (g_strcmp0(type, "none") == 0) {
        listen_to_nobody(head, def);
    }
    return TRUE;
}

/* --- the password --- */

static gboolean
has_password(const DomHead *head)
{
    return head->vncpasswd && *head->vncpasswd;
}

/* When a password ends, as QEMU wants it: "never", or seconds since 1970. (transfer full) */
static char *
end_of_password(const char *valid_to, GError **error)
{
    if (!valid_to) {
        return g_strdup("never");
    }
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) end = g_date_time_new_from_iso8601(valid_to, utc);
    if (!end) {
        drv_fail(
            error, VIR_ERR_XML_ERROR,
            _("graphics/@passwdValidTo: '%s' is no time: expected YYYY-MM-DDTHH:MM:SS, in UTC"),
            valid_to);
        return NULL;
    }
    return g_strdup_printf("%" G_GINT64_FORMAT, g_date_time_to_unix(end));
}

static gboolean
limit_password(DrvQmp *qmp, const char *end, GError **error)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:protocol", "vnc", "s:time", end, NULL);
    return drv_qmp_tell(qmp, "expire_password", arguments, error);
}

gboolean
drv_graphics_limit(const DomDef *def, int id, GError **error)
{
    const DomHead *head = head_of(def);
    const char *valid_to = find_attribute(def, "passwdValidTo");
    if (!valid_to || !has_vnc(def) || !has_password(head)) {
        return TRUE;
    }
    g_autofree char *end = end_of_password(valid_to, error);
    g_autoptr(DrvQmp) qmp = end ? drv_qmp_open(id, DRV_QMP_PATIENCE, error) : NULL;
    return qmp && limit_password(qmp, end, error);
}

/* QEMU's words for clients that look on while the password changes. */
static gboolean
is_known_fate(const char *connected)
{
    static const char *const words[] = { "keep", "fail", "disconnect", NULL };
    return !connected || g_strv_contains(words, connected);
}

/* A QEMU that was started without a password takes none later. */
static gboolean
set_password(DrvQmp *qmp, const DomDef *wanted, GError **error)
{
    const char *connected = find_attribute(wanted, "connected");
    virJSONValue *arguments = NULL;
    if (!is_known_fate(connected)) {
        return drv_fail(error, VIR_ERR_XML_ERROR,
                        _("graphics/@connected: '%s' is none of keep, fail, disconnect"),
                        connected);
    }
    virJSONValueObjectAdd(&arguments, "s:protocol", "vnc", "s:password", head_of(wanted)->vncpasswd,
                          "S:connected", connected, NULL);
    return drv_qmp_tell(qmp, "set_password", arguments, error);
}

/* All but the password. */
static gboolean
same_otherwise(const DomHead *now, const DomHead *wanted)
{
    return now->vnc == wanted->vnc && now->vncunused == wanted->vncunused &&
           now->vncdisplay.set == wanted->vncdisplay.set &&
           now->vncdisplay.value == wanted->vncdisplay.value &&
           g_strcmp0(now->vnclisten, wanted->vnclisten) == 0 &&
           g_strcmp0(now->keymap, wanted->keymap) == 0;
}

static gboolean
check_live(const DomHead *now, const DomHead *wanted, GError **error)
{
    if (has_password(now) != has_password(wanted)) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("graphics: the guest was started %s a password, and that stays so until "
                          "its next start: change the definition (--config)"),
                        has_password(now) ? _("with") : _("without"));
    }
    return same_otherwise(now, wanted) ||
           drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("graphics: only the password can change while the guest runs; for address, "
                      "port and keymap change the definition (--config)"));
}

/* A client sends back the XML that it was shown, with the port that the guest got. */
static void
forget_live_port(DomHead *wanted, const DomHead *now, int live_port)
{
    if (live_port > 0 && wanted->vncdisplay.set &&
        wanted->vncdisplay.value + DOM_VNC_PORT == live_port) {
        wanted->vncdisplay = now->vncdisplay;
        wanted->vncunused = now->vncunused;
    }
}

static void
take_text(char **member, const char *value)
{
    g_free(*member);
    *member = g_strdup(value);
}

static void
take_head(DomHead *head, const DomHead *wanted)
{
    head->vnc = wanted->vnc;
    head->vncunused = wanted->vncunused;
    head->vncdisplay = wanted->vncdisplay;
    take_text(&head->vnclisten, wanted->vnclisten);
    take_text(&head->keymap, wanted->keymap);
    take_text(&head->vncpasswd, wanted->vncpasswd);
}

typedef struct {
    DrvDriver *driver;
    DomDef *wanted; /* a guest of that kind with nothing but the screen */
} Request;

static gboolean
edit_graphics(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    DomHead *head = head_of(def);
    DomHead *wanted = head_of(request->wanted);
    g_autofree char *end = end_of_password(find_attribute(request->wanted, "passwdValidTo"), error);
    if (!end) {
        return FALSE;
    }
    if (!has_vnc(def)) {
        return drv_fail(error, VIR_ERR_DEVICE_MISSING, _("domain '%s' has no VNC screen"),
                        def->general.name);
    }
    if (target == DRV_CHANGE_LIVE) {
        forget_live_port(wanted, head, drv_live_vnc_port(request->driver, def->live.id));
        if (!check_live(head, wanted, error)) {
            return FALSE;
        }
    }
    take_head(head, wanted);
    set_attribute(def, "passwdValidTo", find_attribute(request->wanted, "passwdValidTo"));
    set_attribute(def, "connected", find_attribute(request->wanted, "connected"));
    return TRUE;
}

static gboolean
apply_graphics(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    const Request *request = data;
    if (!has_password(head_of(request->wanted))) {
        return TRUE;
    }
    g_autofree char *end = end_of_password(find_attribute(request->wanted, "passwdValidTo"), error);
    g_autoptr(DrvQmp) qmp = end ? drv_qmp_open((int)domid, DRV_QMP_PATIENCE, error) : NULL;
    return qmp && set_password(qmp, request->wanted, error) && limit_password(qmp, end, error);
}

static const DrvChange change_graphics = { "update-device", edit_graphics, apply_graphics };

gboolean
drv_graphics_is(const char *xml)
{
    g_autoptr(xmlDoc) doc =
        xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    return root && g_str_equal(root->name, "graphics");
}

int
drv_graphics_update(virDomainPtr dom, DrvDomain *domain, const char *xml, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    g_autoptr(DomDef) wanted = drv_device_guest(def, xml, &error);
    Request request = { drv_driver_of(dom->conn), wanted };
    if (wanted && !has_vnc(wanted)) {
        drv_fail(&error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("graphics: only a VNC screen can be changed: expected type='vnc'"));
    }
    return !error &&
                   drv_change_run(request.driver, domain, &change_graphics, flags, &request, &error)
               ? 0
               : drv_raise(&error);
}

/* --- who looks --- */

/* QEMU's word for the screen number @index of the XML; NULL with @error. */
static const char *
protocol_of(const DomDef *def, guint index, GError **error)
{
    const DomHead *head = head_of(def);
    const struct {
        const char *protocol;
        gboolean there;
    } rows[] = {
        { "vnc", has_vnc(def) },
        { "sdl", head && head->sdl == DOM_TRISTATE_ON },
        { "spice", def->graphics.spice == DOM_TRISTATE_ON },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].there || index-- > 0) {
            continue;
        }
        if (g_str_equal(rows[i].protocol, "sdl")) {
            drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                     _("a window of SDL cannot be looked at from elsewhere"));
            return NULL;
        }
        return rows[i].protocol;
    }
    drv_fail(error, VIR_ERR_INVALID_ARG, _("domain '%s' has no such screen"), def->general.name);
    return NULL;
}

/* QEMU serves the client at the other end of @fd. */
static gboolean
hand_over(int id, const char *protocol, int fd, gboolean skip_auth, GError **error)
{
    static const char name[] = "client";
    virJSONValue *arguments = NULL;
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    if (!qmp || !drv_qmp_give(qmp, name, fd, error)) {
        return FALSE;
    }
    virJSONValueObjectAdd(&arguments, "s:protocol", protocol, "s:fdname", name, "b:skipauth",
                          skip_auth, NULL);
    return drv_qmp_tell(qmp, "add_client", arguments, error);
}

static gboolean
open_screen(DrvDomain *domain, guint index, int fd, gboolean skip_auth, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    if (id < 0) {
        return FALSE;
    }
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    const char *protocol = protocol_of(def, index, error);
    return protocol && hand_over(id, protocol, fd, skip_auth, error);
}

int
drv_domain_open_graphics(virDomainPtr dom, unsigned int index, int fd, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainOpenGraphicsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return open_screen(domain, index, fd, flags != 0, &error) ? 0 : drv_raise(&error);
}

int
drv_domain_open_graphics_fd(virDomainPtr dom, unsigned int index, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int pair[2];
    virCheckFlags(VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainOpenGraphicsFdEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        drv_fail(&error, VIR_ERR_SYSTEM_ERROR, "%s", g_strerror(errno));
        return drv_raise(&error);
    }
    gboolean done = open_screen(domain, index, pair[1], flags != 0, &error);
    close(pair[1]);
    if (!done) {
        close(pair[0]);
        return drv_raise(&error);
    }
    return pair[0];
}
