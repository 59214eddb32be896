/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is done to a guest on Xen, and the bookkeeping that belongs to it: fields of the domain, the
 * state file, events. Each function is called inside a job of the domain and with nothing locked;
 * it may wait for Xen.
 */

#include "driver/driver.h"

/* Under this name the driver that this one replaces keeps its XML with the guest in Xen's care. */
#define DRV_GUEST_USERDATA "libvirt-xml"

typedef enum {
    DRV_START_PAUSED = 1 << 0, /* leave the guest paused */
} DrvStartFlags;

/* Where a guest comes from that is not booted. */
typedef struct {
    /* Makes @domain's guest of @config, paused, as libxl_domain_create_new() does; FALSE with
     * @error, @ret_domid as libxl left it. */
    gboolean (*create)(DrvXen *xen, DrvDomain *domain, libxl_domain_config *config,
                       uint32_t *ret_domid, gpointer data, GError **error);
    /* It is made of @def; its leases are not taken yet. FALSE with @error: it is not wanted. TRUE:
     * it is, and its state file says so (drv_note_given()). Or NULL. */
    gboolean (*settle)(DrvDomain *domain, const DomDef *def, gpointer data, GError **error);
    /* The guest is there and goes on from now: what it came from is used up. Or NULL. */
    void (*begun)(DrvDomain *domain, gpointer data);
    int running;   /* virDomainRunningReason of a guest that runs */
    int started;   /* detail of the event STARTED */
    int suspended; /* detail of the event SUSPENDED of a guest that is left paused */
    int resumed;   /* detail of the event RESUMED of one that is not; 0: there is none */
} DrvOrigin;

/*
 * Starts a domain that does not run, from its stored definition. On failure nothing is left
 * running, and @error says in libxl's words why.
 */
gboolean drv_guest_start(DrvDriver *driver, DrvDomain *domain, DrvStartFlags flags, GError **error);

/* The same with the definition @def (consumed) for this run, and from @origin with its @data; NULL:
 * it is booted. */
gboolean drv_guest_start_from(DrvDriver *driver, DrvDomain *domain, DomDef *def,
                              const DrvOrigin *origin, gpointer data, DrvStartFlags flags,
                              GError **error);

/* Ends the guest at once. @reason is a virDomainShutoffReason, @detail the detail of the event
 * STOPPED. */
gboolean drv_guest_destroy(DrvDriver *driver, DrvDomain *domain, int reason, int detail,
                           GError **error);

/* As drv_guest_destroy(), and starts it anew from the definition it ran with. For clients it is
 * active meanwhile; when it cannot be started, it ends as one that failed. */
gboolean drv_guest_restart(DrvDriver *driver, DrvDomain *domain, int detail, GError **error);

/* The same for a guest that is no longer the domain's: it was given another name, or is gone. */
gboolean drv_guest_start_again(DrvDriver *driver, DrvDomain *domain, int detail, GError **error);

/* What a guest of @def used is free again, and the administrator's script hears of it. */
void drv_guest_let_go(DrvDriver *driver, DomDef *def);

/* The guest is gone from Xen already. */
void drv_guest_ended(DrvDriver *driver, DrvDomain *domain, int reason, int detail);

/* Stops and continues its CPUs. */
gboolean drv_guest_pause(DrvDriver *driver, DrvDomain *domain, GError **error);
gboolean drv_guest_unpause(DrvDriver *driver, DrvDomain *domain, GError **error);

/* Has Xen keep the definition of what runs as @domid, unless somebody else made it. A failure is
 * logged. */
void drv_guest_keep_xml(DrvXen *xen, DrvDomain *domain, uint32_t domid);

/* The new state of a running domain: field and state file. */
void drv_guest_set_state(DrvDriver *driver, DrvDomain *domain, int state, int reason);
