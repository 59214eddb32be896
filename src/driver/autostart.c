/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Domains that start with the daemon: each time, or the next time. */

#include "internal.h"
#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/job.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* What libvirt makes of an access to a setting of the domain. */
typedef int (*EnsureAccess)(virConnectPtr conn, virDomainDef *def);

static int
get(virDomainPtr dom, DrvAutostart when, EnsureAccess ensure, int *ret_wanted)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || ensure(dom->conn, who->def) < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    *ret_wanted = domain->autostart[when];
    return 0;
}

typedef struct {
    DrvDriver *driver;
    DrvAutostart when;
    gboolean wanted;
} Request;

static gboolean
set_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Request *request = data;
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!domain->persistent || domain->control) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("domain '%s' cannot start with the daemon: it has no stored "
                              "definition"),
                            domain->name);
        }
        if (domain->autostart[request->when] == request->wanted) {
            return TRUE;
        }
    }
    if (!drv_store_set_autostart(request->driver->store, who->def->name, request->when,
                                 request->wanted, error)) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->autostart[request->when] = request->wanted;
    return TRUE;
}

static int
set(virDomainPtr dom, DrvAutostart when, EnsureAccess ensure, int wanted)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Request request = { drv_driver_of(dom->conn), when, wanted != 0 };
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || ensure(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_job_run(domain, "autostart", DRV_JOB_PATIENCE, set_job, &request, &error)) {
        return drv_raise(&error);
    }
    return 0;
}

int
drv_domain_get_autostart(virDomainPtr dom, int *autostart)
{
    return get(dom, DRV_AUTOSTART_ALWAYS, virDomainGetAutostartEnsureACL, autostart);
}

int
drv_domain_set_autostart(virDomainPtr dom, int autostart)
{
    return set(dom, DRV_AUTOSTART_ALWAYS, virDomainSetAutostartEnsureACL, autostart);
}

#if LIBVIR_VERSION_NUMBER >= 11002000
int
drv_domain_get_autostart_once(virDomainPtr dom, int *autostart)
{
    return get(dom, DRV_AUTOSTART_ONCE, virDomainGetAutostartOnceEnsureACL, autostart);
}

int
drv_domain_set_autostart_once(virDomainPtr dom, int autostart)
{
    return set(dom, DRV_AUTOSTART_ONCE, virDomainSetAutostartOnceEnsureACL, autostart);
}
#endif
