/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A guest that arrives from another host. A thread of its own starts the domain in the ordinary way
 * (once.h), only that its memory comes through a connection, and that it waits, built and stopped,
 * until the source's side says that the guest is given away. All functions: any thread, nothing
 * locked.
 */

#include "driver/driver.h"
#include "driver/migrate_tls.h"
#include "driver/save_image.h"

typedef struct DrvArrival DrvArrival;

/* What is expected. */
typedef struct {
    DomDef *def;        /* consumed */
    unsigned int flags; /* virDomainMigrateFlags */
    int fd;             /* what the memory comes through, consumed; -1: somebody will call */
    const char *host;   /* to listen at for that */
    guint port;         /* 0: one that is free */
    const DrvImageFormat *format; /* what the memory is compressed with, or NULL */
    virNetTLSContext *tls;        /* consumed; NULL: it is not encrypted */
    gconstpointer owner;          /* the connection that leads the migration */
} DrvArrivalPlan;

/*
 * Prepares for the guest and listens for its memory. Waits until all is ready but that. NULL with
 * @error when the guest cannot start here. @ret_port is where it listens. The arrival lasts until
 * drv_arrival_end(), or until its owner is gone. Nobody is listened to when the memory has its
 * descriptor already. (transfer full)
 */
DrvArrival *drv_arrival_begin(DrvDriver *driver, DrvArrivalPlan *plan, guint *ret_port,
                              GError **error);

DrvArrival *drv_arrival_ref(DrvArrival *arrival);
void drv_arrival_unref(DrvArrival *arrival); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvArrival, drv_arrival_unref)

/* The guest of that name which @owner has made expected, or NULL. (transfer full) */
DrvArrival *drv_arrival_find(DrvDriver *driver, const char *name, gconstpointer owner);

/* What is expected. Borrowed, fixed. */
const DomDef *drv_arrival_def(const DrvArrival *arrival);

/*
 * The memory was sent: waits until it is here and lets the guest run, with @stored (consumed; may
 * be NULL) as its stored definition. NULL with @error, and no guest is here. (transfer full)
 */
DrvDomain *drv_arrival_accept(DrvArrival *arrival, DomDef *stored, GError **error);

/* The guest is not wanted here, unless it was accepted. Waits until nothing of it is here, and
 * forgets the arrival. */
void drv_arrival_end(DrvArrival *arrival);

/* @conn is being closed: the guests that it leads end. */
void drv_arrivals_gone(DrvDriver *driver, gconstpointer conn);

/* All of them of a driver. */
DrvArrivals *drv_arrivals_new(void);

/* Ends those that are under way, and waits for that: the driver ends. NULL is fine, here and below.
 */
void drv_arrivals_stop(DrvArrivals *arrivals);

/* Nobody uses them any more. */
void drv_arrivals_free(DrvArrivals *arrivals);
