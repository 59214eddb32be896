/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The driver's one object. It is made when the daemon starts and ended when it stops (module.c),
 * with or without Xen: drv_driver_start() says whether Xen is there, and why not.
 */

#include "internal.h"
#include "libvirt_internal.h"
#include "object_event.h"

#include "driver/domains.h"
#include "driver/hypervisor.h"
#include "driver/settings.h"
#include "driver/store.h"

typedef struct DrvArrivals DrvArrivals;
typedef struct DrvForeign DrvForeign;
typedef struct DrvLate DrvLate;
typedef struct DrvMirror DrvMirror;
typedef struct _virLockManagerPlugin DrvLeases; /* libvirt's; see lease.h */
typedef struct DrvWatcher DrvWatcher;

typedef struct {
    gboolean monolithic;             /* fixed: libvirtd, not virtxend */
    virStateInhibitCallback inhibit; /* fixed; keeps the daemon from exiting by itself */
    void *inhibit_data;
    gint running; /* atomic: guests that run; the daemon stays while there are any */

    virObjectEventState *events; /* fixed; locks itself */
    DrvLate *late;               /* fixed; locks itself; see late.h */
    DrvDomains *domains;         /* fixed; locks itself */

    GMutex start_lock; /* held while connecting to Xen; before any other lock */
    gint started;      /* atomic; once TRUE, all below is set and fixed */

    DrvHypervisor *hypervisor; /* locks itself */
    DrvMirror *mirror;         /* locks itself */
    DrvSettings *settings;     /* fixed */
    DrvLeases *leases;         /* fixed; NULL: no lock manager is set */
    DrvStore *store;           /* see store.h */
    DrvArrivals *arrivals;     /* locks itself; see migrate_arrival.h */
    DrvForeign *foreign;       /* locks itself */
    DrvWatcher *watcher;       /* locks itself */
    GThreadPool *workers;      /* work that follows from what guests do; see drv_driver_work() */

} DrvDriver;

/* NULL before the daemon made it and after it ended. Written by module.c alone. */
extern DrvDriver *drv_driver;

DrvDriver *drv_driver_new(gboolean monolithic, virStateInhibitCallback inhibit, void *inhibit_data);

/* Aborts the jobs that can be: saves, dumps and moves, which nobody would wait for when the daemon ends.
 * Their guests run on. Does not wait; any thread, no locks. */
void drv_driver_hurry(DrvDriver *driver);

/* Stops all threads, lets running jobs of the driver's own end, and frees. Guests run on. */
void drv_driver_free(DrvDriver *driver);

/*
 * Connects to Xen, loads the definitions and finds the running guests, unless that is done already.
 * Fails with a sentence for the user. Any thread, no locks held.
 */
gboolean drv_driver_start(DrvDriver *driver, GError **error);

/* Work for a thread of the driver's own; @data is freed by it. */
typedef void (*DrvWorkFunc)(DrvDriver *driver, gpointer data);

/* Runs @func(@driver, @data) on a worker, soon. Any thread, any locks. */
void drv_driver_work(DrvDriver *driver, DrvWorkFunc func, gpointer data);

/* A guest began (+1) or ceased (-1) to run. Any thread. */
void drv_driver_count_running(DrvDriver *driver, int change);

/* Folders of the in-tree driver, whose state this one takes over. */
#define DRV_CONFIG_FILE "/etc/libvirt/libxl.conf"
#define DRV_CONFIG_DIR  "/etc/libvirt/libxl"
#define DRV_STATE_DIR   "/run/libvirt/libxl"
#define DRV_LIB_DIR     "/var/lib/libvirt/libxl"
#define DRV_LOG_DIR     "/var/log/libvirt/libxl"
