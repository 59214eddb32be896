/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"
#include "virlog.h"

#include "driver/define.h"
#include "driver/events.h"
#include "driver/jobs.h"
#include "driver/lease.h"
#include "driver/migrate_channel.h"
#include "driver/migrate_link.h"
#include "driver/migrate_move.h"
#include "driver/migrate_socket.h"
#include "driver/migrate_tls.h"
#include "driver/migrate_verdict.h"
#include "driver/note.h"
#include "driver/partial.h"
#include "driver/save.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.migrate");

/* For a destination that is asked what became of the guest. */
#define VERDICT_PATIENCE (30 * G_TIME_SPAN_SECOND)

typedef enum {
    BEGUN, /* nothing has been done to the guest */
    SENT,  /* all of it is there; if it ran, it is stopped */
    OVER,  /* it runs on here, or is gone */
} Phase;

struct DrvMove {
    DrvDriver *driver;
    DrvDomain *domain;  /* a reference */
    unsigned int flags; /* virDomainMigrateFlags */
    Phase phase;
    gboolean gone;
    int id;
    gboolean was_paused;
    DomDef *def;         /* what runs; owned */
    DrvLink *link;       /* what the memory goes through; NULL: there is none */
    DrvChannel *channel; /* while it lasts, and until all was counted; NULL: there is none */
    gboolean tells;      /* the destination tells the verdict, or can be asked */
    virStreamPtr tunnel; /* in place of a link; borrowed */
    DrvMoveAsk ask;      /* in place of hearing it through the link; or NULL */
    gpointer ask_data;
};

void
drv_move_free(DrvMove *move)
{
    if (!move) {
        return;
    }
    drv_job_watch(move->domain, NULL, 0);
    drv_channel_free(move->channel);
    drv_link_free(move->link);
    dom_def_free(move->def);
    drv_domain_unref(move->domain);
    g_free(move);
}

gboolean
drv_move_is_begun(const DrvMove *move)
{
    return move->phase == BEGUN;
}

gboolean
drv_move_is_gone(const DrvMove *move)
{
    return move->gone;
}

gboolean
drv_move_was_paused(const DrvMove *move)
{
    return move->was_paused;
}

/* What cannot leave this host. */
static gboolean
check_devices(const DomDef *def, GError **error)
{
    if (def->pcis->len > 0 || def->usbdevs->len > 0) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has devices of this host (<hostdev>): detach them first "
                          "(virsh detach-device)"),
                        def->general.name);
    }
    return def->general.nomigrate != DOM_TRISTATE_ON ||
           drv_fail(error, VIR_ERR_OPERATION_INVALID,
                    _("domain '%s' is one that does not migrate: its definition says nomigrate"),
                    def->general.name);
}

/* The pages that a PV guest writes to are known to Xen by shadow page tables alone. */
static gboolean
check_live(const DrvMove *move, GError **error)
{
    libxl_physinfo info;
    if (!(move->flags & VIR_MIGRATE_LIVE) || dom_general_type(move->def) != DOM_TYPE_PV) {
        return TRUE;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(move->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    libxl_physinfo_init(&info);
    gboolean can = libxl_get_physinfo(xen->ctx, &info) != 0 || info.cap_shadow;
    libxl_physinfo_dispose(&info);
    return can || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                           _("domain '%s' is a PV guest, and this Xen has no shadow page tables, "
                             "without which one cannot move while it runs: migrate it without "
                             "--live"),
                           move->def->general.name);
}

static gboolean
look(DrvMove *move, GError **error)
{
    DrvDomain *domain = move->domain;
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id < 0 || domain->control ||
        (domain->state != VIR_DOMAIN_RUNNING && domain->state != VIR_DOMAIN_PAUSED) ||
        (domain->state == VIR_DOMAIN_PAUSED && domain->reason == VIR_DOMAIN_PAUSED_MIGRATION)) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' cannot be migrated: it is no guest that runs or is paused"),
                        domain->name);
    }
    move->id = domain->id;
    move->was_paused = domain->state == VIR_DOMAIN_PAUSED;
    move->def = dom_def_copy(domain->def);
    return TRUE;
}

static gboolean
look_offline(DrvMove *move, GError **error)
{
    DrvDomain *domain = move->domain;
    DRV_DOMAIN_LOCKED(domain);
    if (drv_domain_shown_id(domain) >= 0 || !domain->persistent) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' cannot be migrated offline: it runs, or has no stored "
                          "definition"),
                        domain->name);
    }
    if (domain->saved) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has a managed save image: start it from that, or remove it "
                          "with: virsh managedsave-remove %s"),
                        domain->name, domain->name);
    }
    move->def = dom_def_copy(domain->def);
    move->phase = SENT;
    return TRUE;
}

static gboolean
look_running(DrvMove *move, GError **error)
{
    return look(move, error) && check_devices(move->def, error) && check_live(move, error);
}

DrvMove *
drv_move_new(DrvDriver *driver, DrvDomain *domain, unsigned int flags, GError **error)
{
    g_autoptr(DrvMove) move = g_new0(DrvMove, 1);
    move->driver = driver;
    move->domain = drv_domain_ref(domain);
    move->flags = flags;
    gboolean can =
        flags & VIR_MIGRATE_OFFLINE ? look_offline(move, error) : look_running(move, error);
    if (!can) {
        return NULL;
    }
    return g_steal_pointer(&move);
}

void
drv_move_tunnel(DrvMove *move, virStreamPtr tunnel, DrvMoveAsk ask, gpointer data)
{
    move->tunnel = tunnel;
    move->ask = ask;
    move->ask_data = data;
}

char *
drv_move_xml(const DrvMove *move, const char *dxml, GError **error)
{
    return drv_save_xml(move->def, dxml, error);
}

char *
drv_move_cookie(const DrvMove *move, int *ret_length)
{
    const DrvMigrateCookie cookie = {
        .name = move->def->general.name,
        .uuid = move->def->general.uuid,
        .version = DRV_MIGRATE_STREAM_VERSION,
    };
    return drv_migrate_cookie_format(&cookie, ret_length);
}

static void
stop_waiting(gpointer fd)
{
    guint64 one = 1;
    ignore_value(write(GPOINTER_TO_INT(fd), &one, sizeof(one)));
}

static gboolean
secure(DrvMove *move, const char *host, int stop_fd, GError **error)
{
    virNetTLSContext *context =
        drv_tls_context(move->driver->settings->migrate_tls_folder, FALSE, error);
    virNetTLSSession *session =
        context ? drv_tls_begin(context, drv_link_fd(move->link), host, stop_fd, error) : NULL;
    virObjectUnref(context);
    if (session) {
        drv_link_secure(move->link, session);
    }
    return session != NULL;
}

static gboolean
open_link(DrvMove *move, const DrvMigratePlace *place, const char *tls_host, int stop_fd,
          GError **error)
{
    int fd = drv_migrate_connect(place, stop_fd, error);
    move->link = fd >= 0 ? drv_link_new(fd) : NULL;
    return move->link && (!(move->flags & VIR_MIGRATE_TLS) ||
                          secure(move, tls_host ? tls_host : place->host, stop_fd, error));
}

static gboolean
call(DrvMove *move, const DrvMigrateParams *params, GError **error)
{
    const char *uri = params->uri;
    g_auto(DrvMigratePlace) place = { 0 };
    if (!drv_migrate_place_parse(uri, &place, error)) {
        return FALSE;
    }
    if (place.port == 0) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("'%s' has no port: the destination's daemon tells it"), uri);
    }
    int stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make an eventfd: %s"),
                        g_strerror(errno));
    }
    gboolean called =
        drv_job_allow_cancel(move->domain, stop_waiting, GINT_TO_POINTER(stop_fd), error) &&
        open_link(move, &place, params->tls_host, stop_fd, error);
    drv_job_forbid_cancel(move->domain);
    close(stop_fd);
    return called;
}

static void
tell_suspended(const DrvMove *move)
{
    drv_guest_set_state(move->driver, move->domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION);
    drv_event_lifecycle(move->driver, move->domain, move->id, VIR_DOMAIN_EVENT_SUSPENDED,
                        VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED);
}

/* A link that says that a stop of the guest is ours, for the next daemon; it leads nowhere. */
static gboolean
note_sending(const DrvMove *move, GError **error)
{
    const char *name = move->def->general.name;
    g_autofree char *path = g_strdup_printf("%s/%s.stream", DRV_STATE_DIR, name);
    if (!drv_partial_note(DRV_STATE_DIR, name, path, error)) {
        return FALSE;
    }
    if (!move->was_paused) {
        drv_note_state(move->driver, move->domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION);
    }
    return TRUE;
}

static void
release_leases(DrvMove *move)
{
    drv_lease_drop(move->driver, move->def);
    DRV_DOMAIN_LOCKED(move->domain);
    move->domain->def->live.leased = FALSE;
}

static gboolean
retake_leases(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    g_autoptr(DomDef) def = NULL;
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->foreign || domain->def->live.leased) {
            return TRUE;
        }
        def = dom_def_copy(domain->def);
        def->live.id = domain->id;
    }
    if (!drv_lease_take(driver, def, error)) {
        g_prefix_error(error, _("domain '%s' stays stopped: "), def->general.name);
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->def->live.leased = def->live.leased;
    return TRUE;
}

/* A destination that does not tell is another driver's, which takes the leases as soon as it has
 * the stream; ours takes them when this host has said that all was sent. */
static gboolean
hold(DrvMove *move, DrvXen *xen, GError **error)
{
    if (!note_sending(move, error) ||
        (move->was_paused && !drv_save_unpause(xen, move->id, error))) {
        return FALSE;
    }
    if (!move->tells) {
        release_leases(move);
    }
    if (!move->was_paused && !(move->flags & VIR_MIGRATE_LIVE)) {
        tell_suspended(move);
    }
    return TRUE;
}

/* What went wrong on the way says more than what libxl made of it. */
static gboolean
stream(DrvMove *move, DrvXen *xen, const DrvMigrateParams *params, GError **error)
{
    g_autoptr(GError) moving = NULL;
    int live = move->flags & VIR_MIGRATE_LIVE ? LIBXL_SUSPEND_LIVE : 0;
    const DrvChannelPlan plan = {
        .link = move->link,
        .tunnel = move->tunnel,
        .format = params->format,
    };
    move->channel = drv_channel_out(&plan, error);
    if (!move->channel) {
        return FALSE;
    }
    drv_job_watch(move->domain, move->channel, params->speed);
    gboolean wanted = drv_job_allow_cancel(move->domain, drv_channel_stop, move->channel, error);
    gboolean sent = wanted && libxl_domain_suspend(xen->ctx, (uint32_t)move->id,
                                                   drv_channel_fd(move->channel), live, NULL) == 0;
    gboolean whole = drv_channel_end(move->channel, sent, &moving);
    drv_job_forbid_cancel(move->domain);
    if (wanted && !whole) {
        g_propagate_prefixed_error(error, g_steal_pointer(&moving),
                                   _("domain '%s' did not get to the destination: "),
                                   move->def->general.name);
    } else if (wanted && !sent) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("Xen cannot send domain '%s'"),
                     move->def->general.name);
    }
    return sent && whole;
}

static gboolean
go_on(DrvMove *move, GError **error)
{
    move->phase = OVER;
    return drv_move_resume(move->driver, move->domain, move->was_paused, error);
}

/* After a failure that is reported already. */
static void
go_on_anyway(DrvMove *move)
{
    g_autoptr(GError) error = NULL;
    if (!go_on(move, &error)) {
        VIR_ERROR("%s", error->message);
    }
}

gboolean
drv_move_resume(DrvDriver *driver, DrvDomain *domain, gboolean paused, GError **error)
{
    return retake_leases(driver, domain, error) &&
           drv_save_resume(driver, domain, paused, VIR_DOMAIN_RUNNING_MIGRATION_CANCELED, error);
}

gboolean
drv_move_is_left(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->id >= 0 && domain->state == VIR_DOMAIN_PAUSED &&
           domain->reason == VIR_DOMAIN_PAUSED_MIGRATION;
}

/* From here on nobody but the destination knows where the guest is: the next daemon leaves it. */
static void
sent(DrvMove *move)
{
    move->phase = SENT;
    if (move->tells) {
        release_leases(move);
    }
    if (drv_move_is_left(move->domain)) {
        drv_note_running(move->driver, move->domain);
    } else {
        tell_suspended(move);
    }
    drv_partial_forget(DRV_STATE_DIR, move->def->general.name);
}

gboolean
drv_move_send(DrvMove *move, const DrvMigrateParams *params, const DrvMigrateCookie *cookie,
              GError **error)
{
    move->tells = cookie->tells;
    g_autoptr(DrvXen) xen = drv_xen_open(move->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    drv_jobs_measure(move->domain, VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT, xen, move->id);
    if (!move->tunnel && !call(move, params, error)) {
        move->phase = OVER;
        return FALSE;
    }
    if (!hold(move, xen, error) || !stream(move, xen, params, error)) {
        go_on_anyway(move);
        drv_partial_forget(DRV_STATE_DIR, move->def->general.name);
        return FALSE;
    }
    sent(move);
    return TRUE;
}

static gboolean
drop_definition(const DrvMove *move, GError **error)
{
    gboolean persistent;
    {
        DRV_DOMAIN_LOCKED(move->domain);
        persistent = move->domain->persistent;
    }
    return !persistent || !(move->flags & VIR_MIGRATE_UNDEFINE_SOURCE) ||
           drv_define_drop(move->driver, move->domain, TRUE, error);
}

/* What ran, or was to, is the other host's. */
static gboolean
end_guest(DrvMove *move, GError **error)
{
    g_autoptr(GError) ending = NULL;
    DrvDomain *domain = move->domain;
    move->phase = OVER;
    move->gone = TRUE;
    if (move->flags & VIR_MIGRATE_OFFLINE) {
        return drop_definition(move, error);
    }
    if (!drv_guest_destroy(move->driver, domain, VIR_DOMAIN_SHUTOFF_MIGRATED,
                           VIR_DOMAIN_EVENT_STOPPED_MIGRATED, &ending)) {
        drv_guest_set_state(move->driver, domain, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN);
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("domain '%s' runs on the destination, but what is left of it here does "
                          "not go away; end it with: virsh destroy: %s"),
                        move->def->general.name, ending->message);
    }
    return drop_definition(move, error);
}

static DrvVerdict
ask(const DrvMove *move)
{
    if (move->tells && move->ask) {
        return move->ask(move->ask_data);
    }
    return move->tells ? drv_verdict_hear(move->link, VERDICT_PATIENCE) : DRV_VERDICT_UNKNOWN;
}

/* Nobody knows who has the guest: running on here it might be the second one. */
static gboolean
leave_stopped(DrvMove *move, GError **error)
{
    move->phase = OVER;
    return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("domain '%s' was sent to another host and nobody says whether it runs there: "
                      "it stays stopped here. If it does: virsh destroy; if not: virsh resume"),
                    move->def->general.name);
}

/* After a failure of whoever leads. A destination that cannot be asked is another driver's, which
 * has given the guest up when it says that it failed. */
static gboolean
settle(DrvMove *move, DrvVerdict verdict, GError **error)
{
    switch (verdict) {
    case DRV_VERDICT_TARGET:
        VIR_WARN("domain '%s' runs on the destination, which could not say so to the client",
                 move->def->general.name);
        return end_guest(move, error);
    case DRV_VERDICT_UNKNOWN:
        return leave_stopped(move, error);
    default:
        return go_on(move, error);
    }
}

gboolean
drv_move_confirm(DrvMove *move, gboolean cancelled, GError **error)
{
    if (move->phase == BEGUN && !cancelled) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has not been sent anywhere"), move->def->general.name);
    }
    if (move->phase != SENT) {
        move->phase = OVER;
        return TRUE;
    }
    if (!cancelled) {
        return end_guest(move, error);
    }
    if (move->flags & VIR_MIGRATE_OFFLINE) {
        move->phase = OVER;
        return TRUE;
    }
    return settle(move, move->tells ? ask(move) : DRV_VERDICT_SOURCE, error);
}

void
drv_move_abandon(DrvMove *move)
{
    g_autoptr(GError) error = NULL;
    gboolean runs = !(move->flags & VIR_MIGRATE_OFFLINE);
    gboolean done = runs && move->phase == SENT ? settle(move, ask(move), &error)
                                                : drv_move_confirm(move, TRUE, &error);
    if (!done) {
        VIR_ERROR("%s", error->message);
    }
}
