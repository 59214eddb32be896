/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods of a migration on the host that the guest leaves: begin, perform, confirm. */

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/jobs.h"
#include "driver/migrate_move.h"
#include "driver/migrate_params.h"
#include "driver/migrate_peer.h"
#include "driver/migrate_source.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.migrate");

#define JOB "migrate"

/* Who leads a migration whose connection is closed. */
static const char nobody;

/* The move whose job goes on is between two calls. */
static void
put(DrvDomain *domain, gconstpointer owner, DrvMove *move)
{
    DRV_DOMAIN_LOCKED(domain);
    domain->move = move;
    domain->move_owner = owner;
}

/* NULL when @owner has begun none, or calls for it in another thread. */
static DrvMove *
take(DrvDomain *domain, gconstpointer owner)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->move_owner == owner ? g_steal_pointer(&domain->move) : NULL;
}

static void
leave(DrvDriver *driver, DrvDomain *domain, DrvMove *move, gboolean succeeded)
{
    drv_job_forbid_cancel(domain);
    drv_move_free(move);
    drv_jobs_leave(driver, domain, succeeded);
}

/* Begins the job. NULL with @error. */
static DrvMove *
enter(DrvDriver *driver, DrvDomain *domain, unsigned int flags, GError **error)
{
    if (!drv_job_enter(domain, JOB, DRV_JOB_PATIENCE, error)) {
        return NULL;
    }
    DrvMove *move = drv_move_new(driver, domain, flags, error);
    if (!move) {
        drv_job_leave(domain, FALSE);
    }
    return move;
}

/* Until the client goes on, a wish that it end waits for that. */
static void
stop_later(gpointer data)
{
}

/* A client that wants no protection from changes gets the job when it sends. */
static void
put_or_leave(virConnectPtr conn, DrvDomain *domain, DrvMove *move, unsigned int flags)
{
    if (!(flags & VIR_MIGRATE_CHANGE_PROTECTION)) {
        leave(drv_driver_of(conn), domain, move, TRUE);
        return;
    }
    drv_job_allow_cancel(domain, stop_later, NULL, NULL);
    put(domain, conn, move);
}

static char *
begin(virDomainPtr dom, DrvDomain *domain, const DrvMigrateParams *params, char **cookie,
      int *cookie_length, unsigned int flags, GError **error)
{
    DrvDriver *driver = drv_driver_of(dom->conn);
    DrvMove *move = enter(driver, domain, flags, error);
    char *xml = move ? drv_move_xml(move, params->xml, error) : NULL;
    if (!xml) {
        if (move) {
            leave(driver, domain, move, FALSE);
        }
        return NULL;
    }
    if (cookie && cookie_length) {
        *cookie = drv_move_cookie(move, cookie_length);
    }
    put_or_leave(dom->conn, domain, move, flags);
    return xml;
}

char *
drv_domain_migrate_begin3_params(virDomainPtr dom, virTypedParameterPtr params, int nparams,
                                 char **cookieout, int *cookieoutlen, unsigned int flags)
{
    DrvMigrateParams asked;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainMigrateBegin3ParamsEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    char *xml = drv_migrate_params_read(&asked, params, nparams, flags, &error)
                    ? begin(dom, domain, &asked, cookieout, cookieoutlen, flags, &error)
                    : NULL;
    if (!xml) {
        drv_raise(&error);
    }
    return xml;
}

static gboolean
send_guest(DrvMove *move, const DrvMigrateParams *params, const char *cookie, int cookie_length,
           GError **error)
{
    g_auto(DrvMigrateCookie) told = { 0 };
    if (!params->uri) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("the guest cannot be sent: the client did not say where to"));
    }
    return drv_migrate_cookie_parse(&told, cookie, cookie_length, error) &&
           drv_move_send(move, params, &told, error);
}

static gboolean
perform(virDomainPtr dom, DrvDomain *domain, const DrvMigrateParams *params, const char *cookie,
        int cookie_length, unsigned int flags, GError **error)
{
    DrvDriver *driver = drv_driver_of(dom->conn);
    DrvMove *move = take(domain, dom->conn) ?: enter(driver, domain, flags, error);
    if (!move) {
        return FALSE;
    }
    if (!drv_move_is_begun(move)) {
        put(domain, dom->conn, move);
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has been sent already, or is not to be"), dom->name);
    }
    if (!send_guest(move, params, cookie, cookie_length, error)) {
        leave(driver, domain, move, FALSE);
        return FALSE;
    }
    put(domain, dom->conn, move);
    return TRUE;
}

int
drv_domain_migrate_perform3_params(virDomainPtr dom, const char *dconnuri,
                                   virTypedParameterPtr params, int nparams, const char *cookiein,
                                   int cookieinlen, char **cookieout, int *cookieoutlen,
                                   unsigned int flags)
{
    DrvMigrateParams asked;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainMigratePerform3ParamsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_migrate_params_read(&asked, params, nparams, flags, &error)) {
        return drv_raise(&error);
    }
    gboolean done =
        flags & VIR_MIGRATE_PEER2PEER
            ? drv_migrate_peer(drv_driver_of(dom->conn), domain, dconnuri, &asked, flags, &error)
            : perform(dom, domain, &asked, cookiein, cookieinlen, flags, &error);
    return done ? 0 : drv_raise(&error);
}

static gboolean
confirm(virDomainPtr dom, DrvDomain *domain, gboolean cancelled, GError **error)
{
    DrvMove *move = take(domain, dom->conn);
    if (!move) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("no migration of domain '%s' by this client waits for its end"),
                        dom->name);
    }
    gboolean done = drv_move_confirm(move, cancelled, error);
    leave(drv_driver_of(dom->conn), domain, move, done && !cancelled);
    return done;
}

int
drv_domain_migrate_confirm3_params(virDomainPtr dom, virTypedParameterPtr params, int nparams,
                                   const char *cookiein, int cookieinlen, unsigned int flags,
                                   int cancelled)
{
    DrvMigrateParams asked;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainMigrateConfirm3ParamsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return drv_migrate_params_read(&asked, params, nparams, flags, &error) &&
                   confirm(dom, domain, cancelled != 0, &error)
               ? 0
               : drv_raise(&error);
}

static void
abandon(DrvDriver *driver, gpointer uuid)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_uuid(driver->domains, uuid);
    DrvMove *move = domain ? take(domain, &nobody) : NULL;
    if (move) {
        drv_move_abandon(move);
        leave(driver, domain, move, FALSE);
    }
}

void
drv_migrate_source_gone(DrvDriver *driver, virConnectPtr conn)
{
    g_autoptr(GPtrArray) all = drv_domains_all(driver->domains);
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        DRV_DOMAIN_LOCKED(domain);
        if (domain->move && domain->move_owner == conn) {
            domain->move_owner = &nobody;
            drv_driver_work(driver, abandon, g_memdup2(domain->uuid, VIR_UUID_BUFLEN));
        }
    }
}
