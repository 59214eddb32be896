/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <stddef.h>
#include <xenctrl.h>

#include "internal.h"
#include "virlog.h"

#include "driver/death.h"
#include "driver/dump.h"
#include "driver/events.h"
#include "driver/guest.h"
#include "driver/job.h"
#include "driver/jobs.h"
#include "driver/managed.h"
#include "driver/note.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.death");

/* What each way to stop means. The defaults are xl's (xl.cfg(5), "Event Actions"). */
typedef struct {
    int reason;   /* libxl_shutdown_reason */
    gsize action; /* offset in DomEvents */
    DomAction fallback;
    int shutoff; /* virDomainShutoffReason */
    int stopped; /* detail of VIR_DOMAIN_EVENT_STOPPED */
} Way;

static const Way ways[] = {
    { LIBXL_SHUTDOWN_REASON_POWEROFF, offsetof(DomEvents, on_poweroff), DOM_ACTION_DESTROY,
      VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN },
    { LIBXL_SHUTDOWN_REASON_REBOOT, offsetof(DomEvents, on_reboot), DOM_ACTION_RESTART,
      VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN },
    { LIBXL_SHUTDOWN_REASON_CRASH, offsetof(DomEvents, on_crash), DOM_ACTION_DESTROY,
      VIR_DOMAIN_SHUTOFF_CRASHED, VIR_DOMAIN_EVENT_STOPPED_CRASHED },
    { LIBXL_SHUTDOWN_REASON_WATCHDOG, offsetof(DomEvents, on_watchdog), DOM_ACTION_DESTROY,
      VIR_DOMAIN_SHUTOFF_CRASHED, VIR_DOMAIN_EVENT_STOPPED_CRASHED },
    { LIBXL_SHUTDOWN_REASON_SOFT_RESET, offsetof(DomEvents, on_soft_reset), DOM_ACTION_SOFT_RESET,
      VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN },
};

typedef struct {
    DrvDriver *driver;
    DrvDomain *domain;
    int id;
    int reason;
} Death;

static const Way *
find_way(int reason)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (ways[i].reason == reason) {
            return &ways[i];
        }
    }
    return NULL;
}

DomAction
drv_death_action(const DomDef *def, int reason)
{
    const Way *way = find_way(reason);
    if (!way) {
        return DOM_ACTION_PRESERVE;
    }
    DomAction action;
    memcpy(&action, (const char *)&def->events + way->action, sizeof(action));
    return action == DOM_ACTION_ABSENT ? way->fallback : action;
}

static gboolean
is_crash(const Way *way)
{
    return way && way->shutoff == VIR_DOMAIN_SHUTOFF_CRASHED;
}

/* Clients see that it runs no more, while it is still there. */
static void
set_dead(const Death *death, const Way *way)
{
    gboolean crashed = is_crash(way);
    drv_guest_set_state(death->driver, death->domain,
                        crashed ? VIR_DOMAIN_CRASHED : VIR_DOMAIN_SHUTDOWN,
                        crashed ? (int)VIR_DOMAIN_CRASHED_PANICKED : (int)VIR_DOMAIN_SHUTDOWN_USER);
}

/* The domain stays as it is, dead, for somebody to look at. */
static gboolean
preserve(const Death *death, const Way *way, GError **error)
{
    gboolean crashed = is_crash(way);
    {
        DRV_DOMAIN_LOCKED(death->domain);
        death->domain->settled_id = death->id;
        death->domain->settled_reason = death->reason;
    }
    set_dead(death, way);
    drv_event_lifecycle(death->driver, death->domain, death->id,
                        crashed ? VIR_DOMAIN_EVENT_CRASHED : VIR_DOMAIN_EVENT_SHUTDOWN,
                        crashed ? (int)VIR_DOMAIN_EVENT_CRASHED_PANICKED
                                : (int)VIR_DOMAIN_EVENT_SHUTDOWN_GUEST);
    return TRUE;
}

static gboolean
destroy(const Death *death, const Way *way, GError **error)
{
    return drv_guest_destroy(death->driver, death->domain, way->shutoff, way->stopped, error);
}

static void
tell_reboot(const Death *death, const Way *way)
{
    if (way->reason == LIBXL_SHUTDOWN_REASON_REBOOT) {
        drv_event_reboot(death->driver, death->domain, death->id);
    }
}

static gboolean
restart(const Death *death, const Way *way, GError **error)
{
    tell_reboot(death, way);
    return drv_guest_restart(death->driver, death->domain, way->stopped, error);
}

/* For names that tell when. */
static char *
stamp_now(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    return g_date_time_format(now, "%Y-%m-%d_%H-%M-%S");
}

static void
measure(const Death *death)
{
    g_autoptr(DrvXen) xen = drv_xen_open(death->driver->hypervisor, NULL);
    if (xen) {
        drv_jobs_measure(death->domain, VIR_DOMAIN_JOB_OPERATION_DUMP, xen, death->id);
    }
}

/* A dump that fails, or is aborted, is no reason to keep a dead guest. */
static void
core_dump(const Death *death, const Way *way)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = drv_domain_identity(death->domain);
    g_autofree char *stamp = stamp_now();
    g_autofree char *path = g_strdup_printf("%s/dump/%s-%s", DRV_LIB_DIR, who->def->name, stamp);
    DrvCore core = { death->driver, death->domain, death->id, who->def->name, path, FALSE };
    set_dead(death, way);
    measure(death);
    if (!drv_core_write(&core, &error)) {
        VIR_WARN("%s", error->message);
    }
}

static gboolean
coredump_destroy(const Death *death, const Way *way, GError **error)
{
    core_dump(death, way);
    return destroy(death, way, error);
}

static gboolean
coredump_restart(const Death *death, const Way *way, GError **error)
{
    core_dump(death, way);
    return restart(death, way, error);
}

/* libxl changes the uuid in its own books only: Xen, and all who ask it, would take what is left
 * for the guest. */
static gboolean
set_handle(int id, libxl_uuid *uuid, GError **error)
{
    xc_interface *control = xc_interface_open(NULL, NULL, 0);
    gboolean done = control && xc_domain_sethandle(control, (uint32_t)id, uuid->uuid) == 0;
    int reason = errno;
    if (control) {
        xc_interface_close(control);
    }
    return done || drv_fail(error, VIR_ERR_OPERATION_FAILED,
                            _("Xen cannot give the domain with id %d another uuid: %s"), id,
                            g_strerror(reason));
}

/* Gives what is left of the guest another name and uuid, under which it is listed as a guest that
 * somebody keeps (foreign.h). */
static gboolean
set_aside(const Death *death, GError **error)
{
    libxl_domain_create_info info;
    libxl_uuid uuid;
    g_autoptr(DrvIdentity) who = drv_domain_identity(death->domain);
    g_autofree char *stamp = stamp_now();
    g_autofree char *suffix = g_strconcat("-", stamp, NULL);
    g_autoptr(DrvXen) xen = drv_xen_open(death->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    /* with it what is left would count as a guest that the driver started, and be acted on again */
    libxl_userdata_store(xen->ctx, (uint32_t)death->id, DRV_GUEST_USERDATA, NULL, 0);
    libxl_domain_create_info_init(&info);
    info.name = strdup(who->def->name);
    memcpy(info.uuid.uuid, who->def->uuid, VIR_UUID_BUFLEN);
    libxl_uuid_generate(&uuid);
    int rc = libxl_domain_preserve(xen->ctx, (uint32_t)death->id, &info, suffix, uuid);
    libxl_domain_create_info_dispose(&info);
    if (rc != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot give what is left of domain '%s' another name"),
                            who->def->name);
    }
    /* from here on the next daemon would not find the guest by its uuid, and take it for gone */
    drv_note_restart(death->driver, death->domain);
    return set_handle(death->id, &uuid, error);
}

/* A dead guest that cannot be set aside is no reason not to start it again. */
static gboolean
rename_restart(const Death *death, const Way *way, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    if (!set_aside(death, &trouble)) {
        VIR_WARN("%s", trouble->message);
        return restart(death, way, error);
    }
    tell_reboot(death, way);
    return drv_guest_start_again(death->driver, death->domain, way->stopped, error);
}

/* The guest asked for its devices and memory map anew, for the kernel that it has put in its place
 * (kexec); it keeps its memory. */
static gboolean
reset_on_xen(const Death *death, GError **error)
{
    libxl_domain_config config;
    g_autoptr(DrvXen) xen = drv_xen_open(death->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    uint32_t id = (uint32_t)death->id;
    libxl_domain_config_init(&config);
    int rc = libxl_retrieve_domain_configuration(xen->ctx, id, &config, NULL);
    rc = rc == 0 ? libxl_domain_soft_reset(xen->ctx, &config, id, NULL, NULL) : rc;
    rc = rc == 0 ? libxl_domain_unpause(xen->ctx, id, NULL) : rc;
    libxl_domain_config_dispose(&config);
    return rc == 0 || drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                   _("Xen cannot reset the domain with id %d softly"), death->id);
}

static gboolean
soft_reset(const Death *death, const Way *way, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    if (reset_on_xen(death, &trouble)) {
        return TRUE;
    }
    VIR_WARN("%s; it is started anew", trouble->message);
    return restart(death, way, error);
}

typedef gboolean (*Action)(const Death *death, const Way *way, GError **error);

static const Action actions[] = {
    [DOM_ACTION_DESTROY] = destroy,
    [DOM_ACTION_RESTART] = restart,
    [DOM_ACTION_RENAME_RESTART] = rename_restart,
    [DOM_ACTION_PRESERVE] = preserve,
    [DOM_ACTION_COREDUMP_DESTROY] = coredump_destroy,
    [DOM_ACTION_COREDUMP_RESTART] = coredump_restart,
    [DOM_ACTION_SOFT_RESET] = soft_reset,
};
G_STATIC_ASSERT(G_N_ELEMENTS(actions) == DOM_ACTION_LAST + 1);

static const Way destroyed = { DRV_DEATH_GONE, 0, DOM_ACTION_ABSENT, VIR_DOMAIN_SHUTOFF_DESTROYED,
                               VIR_DOMAIN_EVENT_STOPPED_DESTROYED };
static const Way saved = { LIBXL_SHUTDOWN_REASON_SUSPEND, 0, DOM_ACTION_ABSENT,
                           VIR_DOMAIN_SHUTOFF_SAVED, VIR_DOMAIN_EVENT_STOPPED_SAVED };

/*
 * What ended a guest that is no longer there. Only somebody who waits for a guest's end destroys
 * one that has stopped: for a foreign guest the stop is the cause. One that somebody suspended was
 * saved, or moved.
 */
static const Way *
way_gone(const Death *death)
{
    DrvDomain *domain = death->domain;
    DRV_DOMAIN_LOCKED(domain);
    if (domain->state == VIR_DOMAIN_PAUSED && domain->reason == VIR_DOMAIN_PAUSED_SAVE) {
        return &saved;
    }
    const Way *way = domain->foreign && domain->settled_id == death->id
                         ? find_way(domain->settled_reason)
                         : NULL;
    return way ? way : &destroyed;
}

static void
gone(const Death *death)
{
    const Way *way = way_gone(death);
    drv_guest_ended(death->driver, death->domain, way->shutoff, way->stopped);
}

static gboolean
death_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Death *death = data;
    DomAction action;
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->down_queued = FALSE;
        if (domain->id != death->id) {
            return TRUE;
        }
        action =
            domain->foreign ? DOM_ACTION_PRESERVE : drv_death_action(domain->def, death->reason);
    }
    if (death->reason == DRV_DEATH_GONE) {
        gone(death);
        return TRUE;
    }
    if (death->reason == LIBXL_SHUTDOWN_REASON_SUSPEND) {
        return drv_managed_wake(death->driver, domain, error);
    }
    return actions[action](death, find_way(death->reason), error);
}

static void
death_work(DrvDriver *driver, gpointer data)
{
    Death *death = data;
    g_autoptr(GError) error = NULL;
    if (!drv_job_run(death->domain, "guest stopped", DRV_JOB_FOREVER, death_job, death, &error) &&
        !g_error_matches(error, DRV_ERROR, VIR_ERR_NO_DOMAIN)) {
        VIR_ERROR("%s", error->message);
    }
    drv_domain_unref(death->domain);
}

void
drv_death_handle(DrvDriver *driver, DrvDomain *domain, int id, int reason)
{
    Death *death = g_new0(Death, 1);
    death->driver = driver;
    death->domain = drv_domain_ref(domain);
    death->id = id;
    death->reason = reason;
    drv_driver_work(driver, death_work, death);
}
