/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/events.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/note.h"
#include "driver/rename.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* On the list and in both definitions, which are of the same domain. */
static gboolean
call_domain(DrvDriver *driver, DrvDomain *domain, const char *name, GError **error)
{
    if (!drv_domains_rename(driver->domains, domain, name, error)) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    DomDef *defs[] = { domain->def, domain->next };
    for (gsize i = 0; i < G_N_ELEMENTS(defs); i++) {
        if (defs[i]) {
            g_free(defs[i]->general.name);
            defs[i]->general.name = g_strdup(name);
        }
    }
    return TRUE;
}

/* The file of the new name is there before that of the old one goes. */
static gboolean
move_definition(DrvDriver *driver, DrvDomain *domain, const char *old, GError **error)
{
    g_autoptr(DomDef) stored = NULL;
    gboolean autostart[DRV_AUTOSTART_LAST + 1];
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!domain->persistent) {
            return TRUE;
        }
        stored = dom_def_copy(drv_domain_stored_def(domain));
        memcpy(autostart, domain->autostart, sizeof(autostart));
    }
    gboolean done = drv_store_save_definition(driver->store, stored, error);
    for (int when = 0; done && when <= DRV_AUTOSTART_LAST; when++) {
        done = drv_store_set_autostart(driver->store, stored->general.name, when, autostart[when],
                                       error);
    }
    if (done && drv_store_delete_definition(driver->store, old, error)) {
        return TRUE;
    }
    drv_store_delete_definition(driver->store, stored->general.name, NULL);
    return FALSE;
}

gboolean
drv_rename(DrvDriver *driver, DrvDomain *domain, const char *name, GError **error)
{
    g_autoptr(DrvIdentity) before = drv_domain_identity(domain);
    if (!call_domain(driver, domain, name, error)) {
        return FALSE;
    }
    if (!move_definition(driver, domain, before->def->name, error)) {
        call_domain(driver, domain, before->def->name, NULL);
        return FALSE;
    }
    drv_store_delete_running(driver->store, before->def->name);
    drv_note_running(driver, domain);
    drv_event_renamed(driver, domain, before);
    return TRUE;
}

typedef struct {
    DrvDriver *driver;
    const char *name;
} Rename;

/* Its managed image goes by its name, and has the name inside. */
static gboolean
check_domain(const Rename *request, DrvDomain *domain, GError **error)
{
    g_autoptr(DrvDomain) other = drv_domains_by_name(request->driver->domains, request->name);
    DRV_DOMAIN_LOCKED(domain);
    if (domain->control) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("Domain-0 keeps its name"));
    }
    if (domain->saved) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has a managed save image: start it, or remove the image "
                          "(virsh managedsave-remove)"),
                        domain->name);
    }
    if (other) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("a domain '%s' already exists"),
                        request->name);
    }
    return TRUE;
}

static gboolean
rename_on_xen(DrvDriver *driver, int id, const char *name, GError **error)
{
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    return libxl_domain_rename(xen->ctx, (uint32_t)id, NULL, name) == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen cannot call the domain with id %d '%s'"), id, name);
}

static gboolean
rename_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Rename *request = data;
    g_autoptr(DrvIdentity) before = drv_domain_identity(domain);
    int id = before->def->id;
    if (!check_domain(request, domain, error) ||
        (id >= 0 && !rename_on_xen(request->driver, id, request->name, error))) {
        return FALSE;
    }
    if (!drv_rename(request->driver, domain, request->name, error)) {
        if (id >= 0) {
            rename_on_xen(request->driver, id, before->def->name, NULL);
        }
        return FALSE;
    }
    return TRUE;
}

/* Also of a guest that runs: Xen has no trouble with that. */
int
drv_domain_rename(virDomainPtr dom, const char *name, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Rename request = { drv_driver_of(dom->conn), name };
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainRenameEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_store_check_name(name, &error) ||
        !drv_job_run(domain, "rename", DRV_JOB_PATIENCE, rename_job, &request, &error)) {
        return drv_raise(&error);
    }
    return 0;
}
