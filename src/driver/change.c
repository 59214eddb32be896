/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/change.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/live.h"
#include "driver/note.h"
#include "driver/text.h"

#define BOTH (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)

gboolean
drv_change_targets(const DrvDomain *domain, unsigned int flags, DrvTargets *ret_targets,
                   GError **error)
{
    gboolean running = drv_domain_shown_id(domain) >= 0;
    DrvTargets targets = (flags & VIR_DOMAIN_AFFECT_LIVE ? DRV_CHANGE_LIVE : 0) |
                         (flags & VIR_DOMAIN_AFFECT_CONFIG ? DRV_CHANGE_STORED : 0);
    if (!targets) {
        targets = running ? DRV_CHANGE_LIVE : DRV_CHANGE_STORED;
    }
    if ((targets & DRV_CHANGE_LIVE) && !running) {
        return drv_domain_fail_absent(domain, error);
    }
    if ((targets & DRV_CHANGE_STORED) && domain->control) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has no stored definition: what it starts with is on the "
                          "host's boot command line"),
                        domain->name);
    }
    if ((targets & DRV_CHANGE_STORED) && !domain->persistent) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has no stored definition: define it first"), domain->name);
    }
    *ret_targets = targets;
    return TRUE;
}

/* Copies of the definitions that a change means; NULL for the others. */
typedef struct {
    int id;
    DomDef *live;
    DomDef *before; /* live, as it was */
    DomDef *stored;
} Copies;

static void
copies_clear(Copies *copies)
{
    dom_def_free(copies->live);
    dom_def_free(copies->before);
    dom_def_free(copies->stored);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copies, copies_clear)

static gboolean
copies_take(Copies *copies, DrvDomain *domain, unsigned int flags, GError **error)
{
    DrvTargets targets;
    DRV_DOMAIN_LOCKED(domain);
    if (!drv_change_targets(domain, flags, &targets, error)) {
        return FALSE;
    }
    copies->id = domain->id;
    if (targets & DRV_CHANGE_LIVE) {
        copies->live = dom_def_copy(domain->def);
        copies->live->live.id = domain->id;
    }
    if (targets & DRV_CHANGE_STORED) {
        copies->stored = dom_def_copy(drv_domain_stored_def(domain));
    }
    return TRUE;
}

DomDef *
drv_change_look(DrvDriver *driver, DrvDomain *domain, unsigned int flags, int *ret_id,
                GError **error)
{
    g_auto(Copies) copies = { 0 };
    if ((flags & BOTH) == BOTH) {
        drv_fail(error, VIR_ERR_INVALID_ARG,
                 _("ask for the guest that runs or for its stored definition, not for both"));
        return NULL;
    }
    if (!copies_take(&copies, domain, flags, error)) {
        return NULL;
    }
    if (!copies.live) {
        *ret_id = -1;
        return g_steal_pointer(&copies.stored);
    }
    if (copies.id >= 0) {
        drv_live_refresh(driver, copies.id, copies.live);
    }
    *ret_id = copies.id;
    return g_steal_pointer(&copies.live);
}

gboolean
drv_change_store(DrvDriver *driver, DrvDomain *domain, DomDef *def, GError **error)
{
    g_autoptr(DomDef) owned = def;
    if (!drv_store_save_definition(driver->store, owned, error)) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    DomDef **slot = domain->id >= 0 ? &domain->next : &domain->def;
    dom_def_free(*slot);
    *slot = g_steal_pointer(&owned);
    return TRUE;
}

/* The guest may have ended meanwhile: then there is nothing to note. */
static void
keep_live(DrvDriver *driver, DrvDomain *domain, Copies *copies)
{
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->id != copies->id) {
            return;
        }
        dom_def_free(domain->def);
        domain->def = g_steal_pointer(&copies->live);
        domain->target_known = FALSE; /* libxl writes a new target otherwise than the first */
        if (domain->control) {
            return;
        }
    }
    drv_note_running(driver, domain);
}

static gboolean
apply_live(DrvDriver *driver, const DrvChange *change, const Copies *copies, gpointer data,
           GError **error)
{
    if (!change->apply) {
        return TRUE;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    return xen && change->apply(xen, (uint32_t)copies->id, copies->before, data, error);
}

typedef struct {
    DrvDriver *driver;
    const DrvChange *change;
    unsigned int flags;
    gpointer data;
} Run;

static gboolean
edit_copies(const Run *run, Copies *copies, GError **error)
{
    const DrvChange *change = run->change;
    if (copies->live) {
        drv_live_refresh(run->driver, copies->id, copies->live);
        copies->before = dom_def_copy(copies->live);
        if (!change->edit(copies->live, DRV_CHANGE_LIVE, run->data, error)) {
            return FALSE;
        }
    }
    return !copies->stored || change->edit(copies->stored, DRV_CHANGE_STORED, run->data, error);
}

static gboolean
change_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Run *run = data;
    g_auto(Copies) copies = { 0 };
    if (!copies_take(&copies, domain, run->flags, error) || !edit_copies(run, &copies, error)) {
        return FALSE;
    }
    if (copies.live) {
        if (!apply_live(run->driver, run->change, &copies, run->data, error)) {
            return FALSE;
        }
        keep_live(run->driver, domain, &copies);
    }
    return !copies.stored ||
           drv_change_store(run->driver, domain, g_steal_pointer(&copies.stored), error);
}

gboolean
drv_change_run(DrvDriver *driver, DrvDomain *domain, const DrvChange *change, unsigned int flags,
               gpointer data, GError **error)
{
    Run run = { driver, change, flags, data };
    return drv_job_run(domain, change->what, DRV_JOB_PATIENCE, change_job, &run, error);
}
