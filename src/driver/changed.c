/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/changed.h"
#include "driver/events.h"
#include "driver/foreign.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/note.h"
#include "driver/rename.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.changed");

/* A change that the driver saw in xenstore: TRUE when it took something over. Runs in a job. */
typedef gboolean (*TakeOver)(DrvDriver *driver, DrvDomain *domain, int id, GError **error);

static gboolean
take_name(DrvDriver *driver, DrvDomain *domain, int id, GError **error)
{
    g_autofree char *name = drv_foreign_name(driver, domain->uuid, id);
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!name || g_str_equal(name, domain->name)) {
            return FALSE;
        }
    }
    return drv_rename(driver, domain, name, error);
}

/*
 * In xenstore stands what the guest's balloon is to reach, which is less than the definition's
 * memory by what Xen keeps for the video card and its own tables: the difference at the first look
 * counts for all that follow.
 */
static gboolean
take_target(DrvDriver *driver, DrvDomain *domain, int id, GError **error)
{
    g_autofree char *text =
        drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/memory/target", id);
    guint64 seen, target;
    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &seen, NULL)) {
        return FALSE;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!domain->target_known) {
            domain->target_known = TRUE;
            domain->target_offset = (gint64)drv_def_memory(domain->def) - (gint64)seen;
            return FALSE;
        }
        target = (guint64)((gint64)seen + domain->target_offset);
        if (target == drv_def_memory(domain->def)) {
            return FALSE;
        }
        domain->def->memory.target = (DomUint){ target, TRUE };
    }
    drv_event_balloon_change(driver, domain, id, target);
    return TRUE;
}

/* How many of its processors a guest is to use; 0: Xen does not say. */
static guint
vcpus_online(DrvDriver *driver, int id)
{
    guint online = 0;
    for (guint i = 0;; i++) {
        g_autofree char *text =
            drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/cpu/%u/availability", id, i);
        if (!text) {
            return online;
        }
        online += g_str_equal(text, "online");
    }
}

static gboolean
take_vcpus(DrvDriver *driver, DrvDomain *domain, int id, GError **error)
{
    guint online = vcpus_online(driver, id);
    DRV_DOMAIN_LOCKED(domain);
    if (online == 0 || online == drv_def_vcpus(domain->def)) {
        return FALSE;
    }
    domain->def->cpu.maxvcpus = (DomUint){ drv_def_max_vcpus(domain->def), TRUE };
    domain->def->cpu.vcpus = (DomUint){ online, TRUE };
    return TRUE;
}

static const TakeOver take_overs[] = { take_name, take_target, take_vcpus };

static gboolean
changed_job(DrvDomain *domain, gpointer data, GError **error)
{
    DrvDriver *driver = data;
    gboolean changed = FALSE;
    int id;
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->stale = FALSE;
        id = domain->id;
    }
    for (gsize i = 0; id >= 0 && i < G_N_ELEMENTS(take_overs) && !*error; i++) {
        changed |= take_overs[i](driver, domain, id, error);
    }
    if (changed) {
        drv_note_running(driver, domain);
    }
    return *error == NULL;
}

static void
changed_work(DrvDriver *driver, gpointer data)
{
    int id = *(int *)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    if (domain && !drv_job_run(domain, "look", 0, changed_job, driver, &error) &&
        !g_error_matches(error, DRV_ERROR, VIR_ERR_OPERATION_TIMEOUT)) {
        VIR_WARN("domain %d: %s", id, error->message);
    }
}

void
drv_changed_look(DrvDriver *driver, int id)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    if (!domain) {
        return;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->stale = TRUE;
        if (domain->job || domain->control) {
            return;
        }
    }
    drv_driver_work(driver, changed_work, g_memdup2(&id, sizeof(id)));
}
