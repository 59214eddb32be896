/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <poll.h>
#include <string.h>

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"

#include "driver/jobs.h"
#include "driver/migrate_move.h"
#include "driver/migrate_peer.h"
#include "driver/params.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.migrate");

/* A destination that does not answer for that long is gone. Seconds, and how often it is asked. */
#define KEEPALIVE_INTERVAL 5
#define KEEPALIVE_COUNT    5

/* For a destination that is asked what became of the guest; us, and between two attempts ms. */
#define ASK_PATIENCE (20 * G_TIME_SPAN_SECOND)
#define ASK_PAUSE    100

/* What this daemon alone has to know. */
#define SOURCE_FLAGS (VIR_MIGRATE_CHANGE_PROTECTION | VIR_MIGRATE_ABORT_ON_ERROR)

typedef struct {
    DrvDriver *driver;
    const char *uri; /* of the destination's daemon */
    const DrvMigrateParams *params;
    unsigned int flags;

    unsigned char uuid[VIR_UUID_BUFLEN]; /* the guest's */
    virConnectPtr conn;                  /* owned */
    virStreamPtr tunnel;                 /* what the memory goes through, or NULL; owned */
    DrvMove *move;                       /* owned */
    unsigned int there;                  /* the flags for the destination */
    DrvParams list;                      /* the parameters for it */
    char *place;  /* where it wants the memory; owned by libvirt's allocator */
    char *cookie; /* what it said of itself */
    int cookie_length;
} Peer;

static void
peer_clear(Peer *peer)
{
    drv_params_clear(&peer->list);
    g_free(peer->place);
    g_free(peer->cookie);
    virObjectUnref(peer->tunnel);
    virObjectUnref(peer->conn);
}

static gboolean
fail_to_call(const Peer *peer, GError **error)
{
    drv_fail(error, VIR_ERR_OPERATION_FAILED, _("no connection to the destination's daemon %s: %s"),
             peer->uri, virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}

/* Whom it cannot ask for a password it gives none. NULL with libvirt's error. (transfer full) */
static virConnectPtr
open_daemon(const Peer *peer)
{
    static int kinds[] = { VIR_CRED_AUTHNAME, VIR_CRED_PASSPHRASE };
    virConnectAuth auth = { .credtype = kinds, .ncredtype = G_N_ELEMENTS(kinds) };
    g_autoptr(virConnect) conn = virConnectOpenAuth(peer->uri, &auth, 0);
    if (!conn || virConnectSetKeepAlive(conn, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT) < 0) {
        return NULL;
    }
    return g_steal_pointer(&conn);
}

static gboolean
call(Peer *peer, GError **error)
{
    if (!peer->uri) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("the client did not say which daemon is to be spoken to"));
    }
    peer->conn = open_daemon(peer);
    if (!peer->conn) {
        return fail_to_call(peer, error);
    }
    int knows =
        VIR_DRV_SUPPORTS_FEATURE(peer->conn->driver, peer->conn, VIR_DRV_FEATURE_MIGRATION_PARAMS);
    if (knows < 0) {
        return fail_to_call(peer, error);
    }
    return knows || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                             _("the destination's daemon %s does not know migration with "
                               "parameters: expected libvirt 1.1.0 or later"),
                             peer->uri);
}

static gboolean
make_list(Peer *peer, DrvDomain *domain, const char *xml, GError **error)
{
    const DrvMigrateParams *params = peer->params;
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    const char *name = params->name ? params->name : who->def->name;
    return (drv_params_text(&peer->list, xml, VIR_MIGRATE_PARAM_DEST_XML) &&
            drv_params_text(&peer->list, name, VIR_MIGRATE_PARAM_DEST_NAME) &&
            drv_params_text(&peer->list, params->uri, VIR_MIGRATE_PARAM_URI) &&
            drv_params_text(&peer->list, params->persist_xml, VIR_MIGRATE_PARAM_PERSIST_XML) &&
            drv_params_text(&peer->list, params->listen, VIR_MIGRATE_PARAM_LISTEN_ADDRESS) &&
            drv_params_text(&peer->list, params->method, VIR_MIGRATE_PARAM_COMPRESSION) &&
            drv_params_text(&peer->list, params->tls_host, VIR_MIGRATE_PARAM_TLS_DESTINATION)) ||
           drv_fail_from_libvirt(error);
}

static gboolean
begin(Peer *peer, DrvDomain *domain, GError **error)
{
    peer->move = drv_move_new(peer->driver, domain, peer->flags, error);
    g_autofree char *xml = peer->move ? drv_move_xml(peer->move, peer->params->xml, error) : NULL;
    if (!xml || !make_list(peer, domain, xml, error)) {
        return FALSE;
    }
    memcpy(peer->uuid, domain->uuid, VIR_UUID_BUFLEN);
    peer->there =
        (peer->flags & ~SOURCE_FLAGS) | (drv_move_was_paused(peer->move) ? VIR_MIGRATE_PAUSED : 0);
    return TRUE;
}

static DrvVerdict
verdict_of(virDomainPtr dom)
{
    int state, reason;
    virDomainJobInfo job = { 0 };
    if (virDomainGetJobInfo(dom, &job) < 0 || job.type != VIR_DOMAIN_JOB_NONE ||
        virDomainGetState(dom, &state, &reason, 0) < 0 ||
        (state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_STARTING_UP)) {
        return DRV_VERDICT_UNKNOWN;
    }
    return state == VIR_DOMAIN_SHUTOFF ? DRV_VERDICT_SOURCE : DRV_VERDICT_TARGET;
}

/* What became of the guest, as the destination has it: its daemon begins with what was given to it,
 * and without what was not. UNKNOWN while it is at work. */
static DrvVerdict
look_there(const Peer *peer, virConnectPtr conn)
{
    virDomainPtr dom = virDomainLookupByUUID(conn, peer->uuid);
    if (!dom) {
        return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? DRV_VERDICT_SOURCE
                                                          : DRV_VERDICT_UNKNOWN;
    }
    DrvVerdict verdict = verdict_of(dom);
    virObjectUnref(dom);
    return verdict;
}

/* Through a connection of its own, because who asks may have lost the other. A DrvMoveAsk. */
static DrvVerdict
ask_daemon(gpointer data)
{
    const Peer *peer = data;
    DrvVerdict verdict = DRV_VERDICT_UNKNOWN;
    gint64 end = g_get_monotonic_time() + ASK_PATIENCE;
    while (verdict == DRV_VERDICT_UNKNOWN && g_get_monotonic_time() < end) {
        g_autoptr(virConnect) conn = open_daemon(peer);
        verdict = conn ? look_there(peer, conn) : DRV_VERDICT_UNKNOWN;
        if (verdict == DRV_VERDICT_UNKNOWN) {
            poll(NULL, 0, ASK_PAUSE);
        }
    }
    virResetLastError();
    return verdict;
}

/* A definition needs none. */
static gboolean
open_tunnel(Peer *peer, GError **error)
{
    if (!(peer->flags & VIR_MIGRATE_TUNNELLED) || (peer->flags & VIR_MIGRATE_OFFLINE)) {
        return TRUE;
    }
    peer->tunnel = virStreamNew(peer->conn, 0);
    if (!peer->tunnel) {
        return drv_fail_from_libvirt(error);
    }
    drv_move_tunnel(peer->move, peer->tunnel, ask_daemon, peer);
    return TRUE;
}

static gboolean
prepare(Peer *peer, GError **error)
{
    int length = 0;
    g_autofree char *cookie = drv_move_cookie(peer->move, &length);
    if (!open_tunnel(peer, error)) {
        return FALSE;
    }
    if (peer->tunnel) {
        return peer->conn->driver->domainMigratePrepareTunnel3Params(
                   peer->conn, peer->tunnel, peer->list.list, peer->list.count, cookie, length,
                   &peer->cookie, &peer->cookie_length, peer->there) == 0 ||
               drv_fail_from_libvirt(error);
    }
    return peer->conn->driver->domainMigratePrepare3Params(
               peer->conn, peer->list.list, peer->list.count, cookie, length, &peer->cookie,
               &peer->cookie_length, &peer->place, peer->there) == 0 ||
           drv_fail_from_libvirt(error);
}

static gboolean
send_guest(Peer *peer, GError **error)
{
    g_auto(DrvMigrateCookie) told = { 0 };
    DrvMigrateParams params = *peer->params;
    params.uri = peer->place ? peer->place : params.uri;
    if (peer->flags & VIR_MIGRATE_OFFLINE) {
        return TRUE;
    }
    if (!params.uri && !peer->tunnel) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("the destination's daemon %s did not say where to send to"), peer->uri);
    }
    return drv_migrate_cookie_parse(&told, peer->cookie, peer->cookie_length, error) &&
           drv_move_send(peer->move, &params, &told, error);
}

/* Whether it runs there now. What is to be said of a guest that was not sent is said already. */
static gboolean
finish(Peer *peer, gboolean sent, GError **error)
{
    g_autofree char *cookie = NULL;
    int length = 0;
    virDomainPtr dom = peer->conn->driver->domainMigrateFinish3Params(
        peer->conn, peer->list.list, peer->list.count, NULL, 0, &cookie, &length, peer->there,
        !sent);
    if (!dom) {
        return drv_fail_from_libvirt(sent ? error : NULL);
    }
    virObjectUnref(dom);
    return sent;
}

/* A guest that is found to be there has moved, whoever failed to say so. What somebody has to do
 * something about is told before why. */
static gboolean
confirm(Peer *peer, gboolean runs_there, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    if (!drv_move_confirm(peer->move, !runs_there, &trouble)) {
        if (*error) {
            VIR_ERROR("%s", (*error)->message);
            g_clear_error(error);
        }
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    if (drv_move_is_gone(peer->move)) {
        g_clear_error(error);
    }
    return drv_move_is_gone(peer->move);
}

static gboolean
lead(Peer *peer, DrvDomain *domain, GError **error)
{
    if (!call(peer, error) || !begin(peer, domain, error) || !prepare(peer, error)) {
        return FALSE;
    }
    gboolean sent = send_guest(peer, error);
    gboolean runs_there = finish(peer, sent, error);
    return confirm(peer, runs_there, error);
}

/* The move ends with the job, whose numbers it counts. */
static gboolean
peer_job(DrvDomain *domain, gpointer data, GError **error)
{
    Peer *peer = data;
    gboolean moved = lead(peer, domain, error);
    g_clear_pointer(&peer->move, drv_move_free);
    return moved;
}

gboolean
drv_migrate_peer(DrvDriver *driver, DrvDomain *domain, const char *uri,
                 const DrvMigrateParams *params, unsigned int flags, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    Peer peer = { .driver = driver, .uri = uri, .params = params, .flags = flags };
    gboolean done = drv_jobs_run(driver, domain, "migrate", peer_job, &peer, &trouble);
    peer_clear(&peer);
    if (!done) {
        g_propagate_error(error, g_steal_pointer(&trouble));
    }
    return done;
}
