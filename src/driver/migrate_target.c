/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods of a migration on the host that the guest comes to: prepare, finish. */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "virfdstream.h"
#include "virstring.h"
#include "virutil.h"
#include "viraccessapicheck.h"

#include "driver/abi.h"
#include "driver/api.h"
#include "driver/define.h"
#include "driver/hook.h"
#include "driver/migrate_arrival.h"
#include "driver/migrate_cookie.h"
#include "driver/migrate_params.h"
#include "driver/migrate_socket.h"
#include "driver/model.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* With the name that it gets here. */
static DomDef *
read_def(const char *xml, const char *name, GError **error)
{
    if (name && !drv_store_check_name(name, error)) {
        return NULL;
    }
    DomDef *def = drv_define_parse(xml, FALSE, error);
    if (def && name) {
        g_free(def->general.name);
        def->general.name = g_strdup(name);
    }
    return def;
}

/* The administrator's script may give the guest other backends. */
static gboolean
ask_script(DomDef **def, GError **error)
{
    g_autofree char *xml = NULL;
    if (!drv_hook_filter(DRV_HOOK_MIGRATE, *def, &xml, error)) {
        return FALSE;
    }
    if (virStringIsEmpty(xml)) {
        return TRUE;
    }
    g_autoptr(DomDef) other = drv_model_parse_xml(xml, error);
    if (!other || !drv_abi_check(*def, other, error)) {
        g_prefix_error(error, _("what the script %s made of the guest: "),
                       "/etc/libvirt/hooks/libxl");
        return FALSE;
    }
    dom_def_free(*def);
    *def = g_steal_pointer(&other);
    return TRUE;
}

static gboolean
check_cookie(const DomDef *def, const char *cookie, int length, GError **error)
{
    g_auto(DrvMigrateCookie) told = { 0 };
    if (!drv_migrate_cookie_parse(&told, cookie, length, error)) {
        return FALSE;
    }
    return !told.uuid || g_strcmp0(told.uuid, def->general.uuid) == 0 ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("the source sends the guest with the uuid %s, and the definition of another: "
                      "%s"),
                    told.uuid, def->general.uuid);
}

/* Where the source is to send to. */
static gboolean
find_place(const DrvMigrateParams *params, DrvMigratePlace *ret_place, GError **error)
{
    if (params->uri) {
        return drv_migrate_place_parse(params->uri, ret_place, error);
    }
    ret_place->host = virGetHostname();
    if (!ret_place->host) {
        return drv_fail_from_libvirt(error);
    }
    return !g_str_has_prefix(ret_place->host, "localhost") ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("the destination's host name is '%s', where the source would find itself: "
                      "give the destination a name, or say where to send to (--migrateuri "
                      "tcp://HOST)"),
                    ret_place->host);
}

/* There is nothing to send. */
static gboolean
prepare_offline(const DrvMigrateParams *params, char **ret_uri, GError **error)
{
    g_auto(DrvMigratePlace) place = { 0 };
    if (!find_place(params, &place, error)) {
        return FALSE;
    }
    *ret_uri = drv_migrate_place_format(place.host, place.port);
    return TRUE;
}

/* The guest that is asked for, and what a client says of it. */
typedef struct {
    virConnectPtr conn;
    DrvMigrateParams params;
    unsigned int flags;
    DomDef *def; /* owned */
} Request;

static void
request_clear(Request *request)
{
    dom_def_free(request->def);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static gboolean
take_certificates(const Request *request, virNetTLSContext **ret_tls, GError **error)
{
    const DrvDriver *driver = drv_driver_of(request->conn);
    if (request->flags & VIR_MIGRATE_TLS) {
        *ret_tls = drv_tls_context(driver->settings->migrate_tls_folder, TRUE, error);
        return *ret_tls != NULL;
    }
    return TRUE;
}

/* @fd is taken; -1: at @place somebody will call. NULL with @error. (transfer full) */
static DrvArrival *
expect(Request *request, int fd, const DrvMigratePlace *place, guint *ret_port, GError **error)
{
    const DrvMigrateParams *params = &request->params;
    virNetTLSContext *tls = NULL;
    if (!ask_script(&request->def, error) || !take_certificates(request, &tls, error)) {
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    DrvArrivalPlan plan = {
        .def = g_steal_pointer(&request->def),
        .flags = request->flags,
        .fd = fd,
        .host = params->listen ? params->listen : place->host,
        .port = place->port,
        .format = params->format,
        .tls = tls,
        .owner = request->conn,
    };
    return drv_arrival_begin(drv_driver_of(request->conn), &plan, ret_port, error);
}

static gboolean
prepare(Request *request, char **ret_uri, GError **error)
{
    guint port = 0;
    g_auto(DrvMigratePlace) place = { 0 };
    if (request->flags & VIR_MIGRATE_OFFLINE) {
        return prepare_offline(&request->params, ret_uri, error);
    }
    g_autoptr(DrvArrival) arrival = find_place(&request->params, &place, error)
                                        ? expect(request, -1, &place, &port, error)
                                        : NULL;
    if (!arrival) {
        return FALSE;
    }
    *ret_uri = drv_migrate_place_format(place.host, port);
    return TRUE;
}

/* What the daemon is sent through @tunnel goes into one end of a pair of sockets, and libxl has the
 * other. */
static gboolean
prepare_tunnel(Request *request, virStreamPtr tunnel, GError **error)
{
    int ends[2];
    guint port;
    const DrvMigratePlace nowhere = { 0 };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make a pair of sockets: %s"),
                        g_strerror(errno));
    }
    g_autoptr(DrvArrival) arrival = expect(request, ends[0], &nowhere, &port, error);
    if (arrival && virFDStreamOpen(tunnel, ends[1]) == 0) {
        return TRUE;
    }
    close(ends[1]);
    if (arrival) {
        drv_fail_from_libvirt(error);
        drv_arrival_end(arrival);
    }
    return FALSE;
}

static char *
make_cookie(const DomDef *def, int *ret_length)
{
    const DrvMigrateCookie cookie = {
        .name = def->general.name,
        .uuid = def->general.uuid,
        .version = DRV_MIGRATE_STREAM_VERSION,
        .tells = TRUE,
    };
    return drv_migrate_cookie_format(&cookie, ret_length);
}

/* Reads what a client says of the guest. FALSE with @error. */
static gboolean
read_request(Request *request, virTypedParameterPtr params, int nparams, DrvIdentity **ret_who,
             GError **error)
{
    const DrvMigrateParams *asked = &request->params;
    if (!drv_migrate_params_read(&request->params, params, nparams, request->flags, error)) {
        return FALSE;
    }
    if (!asked->xml) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("the client did not say which guest is to come here"));
    }
    request->def = read_def(asked->xml, asked->name, error);
    return request->def && drv_define_identity(request->def, ret_who, error);
}

typedef struct {
    char **text;
    int *length;
} CookieOut;

/* @tunnel or @ret_uri. */
static int
answer(Request *request, virStreamPtr tunnel, const char *cookie, int cookie_length,
       const CookieOut *out, char **ret_uri)
{
    int length = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *ours = make_cookie(request->def, &length);
    if (!check_cookie(request->def, cookie, cookie_length, &error) ||
        !(tunnel ? prepare_tunnel(request, tunnel, &error) : prepare(request, ret_uri, &error))) {
        return drv_raise(&error);
    }
    if (out->text && out->length) {
        *out->text = g_steal_pointer(&ours);
        *out->length = length;
    }
    return 0;
}

int
drv_domain_migrate_prepare3_params(virConnectPtr dconn, virTypedParameterPtr params, int nparams,
                                   const char *cookiein, int cookieinlen, char **cookieout,
                                   int *cookieoutlen, char **uri_out, unsigned int flags)
{
    g_auto(Request) request = { .conn = dconn, .flags = flags };
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    if (!read_request(&request, params, nparams, &who, &error)) {
        return drv_raise(&error);
    }
    if (virDomainMigratePrepare3ParamsEnsureACL(dconn, who->def) < 0) {
        return -1;
    }
    return answer(&request, NULL, cookiein, cookieinlen, &(CookieOut){ cookieout, cookieoutlen },
                  uri_out);
}

int
drv_domain_migrate_prepare_tunnel3_params(virConnectPtr dconn, virStreamPtr st,
                                          virTypedParameterPtr params, int nparams,
                                          const char *cookiein, int cookieinlen, char **cookieout,
                                          int *cookieoutlen, unsigned int flags)
{
    g_auto(Request) request = { .conn = dconn, .flags = flags };
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    if (!read_request(&request, params, nparams, &who, &error)) {
        return drv_raise(&error);
    }
    if (virDomainMigratePrepareTunnel3ParamsEnsureACL(dconn, who->def) < 0) {
        return -1;
    }
    return answer(&request, st, cookiein, cookieinlen, &(CookieOut){ cookieout, cookieoutlen },
                  NULL);
}

/* What is stored of a guest that stays; NULL with @error. */
static DomDef *
make_stored(const DomDef *def, const DrvMigrateParams *params, GError **error)
{
    if (!params->persist_xml) {
        return dom_def_copy(def);
    }
    g_autoptr(DomDef) stored = read_def(params->persist_xml, def->general.name, error);
    if (stored && g_strcmp0(stored->general.uuid, def->general.uuid) != 0) {
        drv_fail(
            error, VIR_ERR_INVALID_ARG,
            _("the definition that is to be stored is of another guest: its uuid is %s and not "
              "%s"),
            stored->general.uuid, def->general.uuid);
        return NULL;
    }
    return g_steal_pointer(&stored);
}

static DrvDomain *
accept_guest(DrvArrival *arrival, const DrvMigrateParams *params, unsigned int flags,
             gboolean cancelled, GError **error)
{
    gboolean stays = (flags & VIR_MIGRATE_PERSIST_DEST) != 0;
    DomDef *stored =
        stays && !cancelled ? make_stored(drv_arrival_def(arrival), params, error) : NULL;
    if (cancelled) {
        drv_fail(error, VIR_ERR_MIGRATE_FINISH_OK, _("the migration was given up"));
    }
    DrvDomain *domain =
        cancelled || (stays && !stored) ? NULL : drv_arrival_accept(arrival, stored, error);
    drv_arrival_end(arrival);
    return domain;
}

static virDomainPtr
finish(virConnectPtr conn, DrvArrival *arrival, const DrvMigrateParams *params, unsigned int flags,
       gboolean cancelled)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = accept_guest(arrival, params, flags, cancelled, &error);
    if (!domain) {
        drv_raise(&error);
        return NULL;
    }
    return drv_domain_handle(conn, domain);
}

static DrvDomain *
define_here(DrvDriver *driver, DomDef *def, const DrvMigrateParams *params, GError **error)
{
    g_autoptr(DomDef) owned = def;
    if (!ask_script(&owned, error)) {
        return NULL;
    }
    DomDef *stored = make_stored(owned, params, error);
    return stored ? drv_define_domain(driver, stored, error) : NULL;
}

/* Who may not prepare a guest may not store one either. */
static virDomainPtr
finish_offline(virConnectPtr conn, const DrvMigrateParams *params, gboolean cancelled)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    if (cancelled || !params->xml) {
        virReportError(VIR_ERR_MIGRATE_FINISH_OK, "%s", _("the migration was given up"));
        return NULL;
    }
    g_autoptr(DomDef) def = read_def(params->xml, params->name, &error);
    if (!def || !drv_define_identity(def, &who, &error)) {
        drv_raise(&error);
        return NULL;
    }
    if (virDomainMigrateFinish3ParamsEnsureACL(conn, who->def) < 0 ||
        virDomainMigratePrepare3ParamsEnsureACL(conn, who->def) < 0) {
        return NULL;
    }
    g_autoptr(DrvDomain) domain =
        define_here(drv_driver_of(conn), g_steal_pointer(&def), params, &error);
    if (!domain) {
        drv_raise(&error);
        return NULL;
    }
    return drv_domain_handle(conn, domain);
}

virDomainPtr
drv_domain_migrate_finish3_params(virConnectPtr dconn, virTypedParameterPtr params, int nparams,
                                  const char *cookiein, int cookieinlen, char **cookieout,
                                  int *cookieoutlen, unsigned int flags, int cancelled)
{
    DrvMigrateParams asked;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    if (!drv_migrate_params_read(&asked, params, nparams, flags, &error)) {
        drv_raise(&error);
        return NULL;
    }
    if (flags & VIR_MIGRATE_OFFLINE) {
        return finish_offline(dconn, &asked, cancelled != 0);
    }
    g_autoptr(DrvArrival) arrival =
        asked.name ? drv_arrival_find(drv_driver_of(dconn), asked.name, dconn) : NULL;
    if (!arrival) {
        virReportError(VIR_ERR_NO_DOMAIN, _("no domain '%s' is about to arrive here"),
                       asked.name ? asked.name : "");
        return NULL;
    }
    if (!drv_define_identity(drv_arrival_def(arrival), &who, &error)) {
        drv_raise(&error);
        return NULL;
    }
    if (virDomainMigrateFinish3ParamsEnsureACL(dconn, who->def) < 0) {
        return NULL;
    }
    return finish(dconn, arrival, &asked, flags, cancelled != 0);
}
