/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/driver.h"
#include "driver/foreign.h"
#include "driver/hotplug.h"
#include "driver/job.h"
#include "driver/late.h"
#include "driver/lease.h"
#include "driver/migrate_arrival.h"
#include "driver/mirror.h"
#include "driver/running.h"
#include "driver/watcher.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.driver");

/* Guests whose death or reboot is dealt with at the same time. */
#define MAX_WORKERS 16

typedef struct {
    DrvWorkFunc func;
    gpointer data;
} Work;

static void
work_run(gpointer item, gpointer driver)
{
    Work *work = item;
    work->func(driver, work->data);
    g_free(work->data);
    g_free(work);
}

DrvDriver *
drv_driver_new(gboolean monolithic, virStateInhibitCallback inhibit, void *inhibit_data)
{
    DrvDriver *driver = g_new0(DrvDriver, 1);
    driver->monolithic = monolithic;
    driver->inhibit = inhibit;
    driver->inhibit_data = inhibit_data;
    driver->events = virObjectEventStateNew();
    driver->late = drv_late_new();
    driver->domains = drv_domains_new();
    g_mutex_init(&driver->start_lock);
    return driver;
}

static void
disconnect(DrvDriver *driver)
{
    drv_arrivals_stop(driver->arrivals);
    /* first nobody makes work, then the work that is there is done, which wakes the watcher */
    drv_watcher_stop(driver->watcher);
    if (driver->workers) {
        g_thread_pool_free(g_steal_pointer(&driver->workers), FALSE, TRUE);
    }
    g_clear_pointer(&driver->watcher, drv_watcher_free);
    g_clear_pointer(&driver->arrivals, drv_arrivals_free);
    g_clear_pointer(&driver->foreign, drv_foreign_free);
    g_clear_pointer(&driver->store, drv_store_free);
    g_clear_pointer(&driver->leases, drv_lease_close);
    g_clear_pointer(&driver->settings, drv_settings_free);
    g_clear_pointer(&driver->mirror, drv_mirror_free);
    g_clear_pointer(&driver->hypervisor, drv_hypervisor_free);
}

void
drv_driver_hurry(DrvDriver *driver)
{
    g_autoptr(GPtrArray) domains = drv_domains_all(driver->domains);
    for (guint i = 0; i < domains->len; i++) {
        drv_job_cancel(g_ptr_array_index(domains, i), NULL);
    }
}

void
drv_driver_free(DrvDriver *driver)
{
    if (!driver) {
        return;
    }
    disconnect(driver);
    drv_domains_free(driver->domains);
    drv_late_free(driver->late);
    virObjectUnref(driver->events);
    g_mutex_clear(&driver->start_lock);
    g_free(driver);
}

/* Folders beside the store's; what cannot be made is missed by whoever wants it. */
static void
make_folders(void)
{
    static const char *const folders[] = {
        DRV_LOG_DIR,
        DRV_LIB_DIR "/save",
        DRV_LIB_DIR "/dump",
        DRV_LIB_DIR "/channel/target",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        if (g_mkdir_with_parents(folders[i], 0700) < 0) {
            VIR_WARN("cannot make the folder %s", folders[i]);
        }
    }
}

static gboolean
connect_to_xen(DrvDriver *driver, GError **error)
{
    driver->hypervisor = drv_hypervisor_new(DRV_LOG_DIR "/libxl-driver.log", error);
    if (!driver->hypervisor) {
        return FALSE;
    }
    driver->mirror = drv_mirror_new(error);
    if (!driver->mirror) {
        return FALSE;
    }
    driver->settings =
        drv_settings_read(DRV_CONFIG_FILE, drv_hypervisor_command_line(driver->hypervisor));
    driver->store = drv_store_new(DRV_CONFIG_DIR, DRV_STATE_DIR, error);
    if (!driver->store || !drv_lease_open(driver->settings->lock_manager, &driver->leases, error)) {
        return FALSE;
    }
    driver->arrivals = drv_arrivals_new();
    driver->foreign = drv_foreign_new();
    driver->workers = g_thread_pool_new(work_run, driver, MAX_WORKERS, FALSE, error);
    if (!driver->workers) {
        return FALSE;
    }
    driver->watcher = drv_watcher_new(driver, error);
    return driver->watcher != NULL;
}

gboolean
drv_driver_start(DrvDriver *driver, GError **error)
{
    if (g_atomic_int_get(&driver->started)) {
        return TRUE;
    }
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&driver->start_lock);
    if (g_atomic_int_get(&driver->started)) {
        return TRUE;
    }
    if (!drv_xen_present(error)) {
        return FALSE;
    }
    make_folders();
    if (!connect_to_xen(driver, error)) {
        disconnect(driver);
        return FALSE;
    }
    drv_running_load(driver);
    g_atomic_int_set(&driver->started, TRUE);
    drv_watcher_wake(driver->watcher);
    drv_hotplug_settle(driver);
    drv_running_autostart(driver);
    return TRUE;
}

void
drv_driver_work(DrvDriver *driver, DrvWorkFunc func, gpointer data)
{
    Work *work = g_new0(Work, 1);
    work->func = func;
    work->data = data;
    /* fails only when no thread can be made; the work then waits for one that is there */
    g_thread_pool_push(driver->workers, work, NULL);
}

void
drv_driver_count_running(DrvDriver *driver, int change)
{
    gint before = g_atomic_int_add(&driver->running, change);
    if (driver->inhibit && (before == 0) != (before + change == 0)) {
        driver->inhibit(before == 0, driver->inhibit_data);
    }
}
