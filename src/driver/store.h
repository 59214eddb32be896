/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What survives a restart of the daemon, in the places of the driver that this one replaces:
 *
 *     /etc/libvirt/libxl/NAME.xml             a persistent definition
 *     /etc/libvirt/libxl/autostart/NAME.xml   a link to it: start with the daemon
 *     /etc/libvirt/libxl/autostart/NAME.xml.once   the same, for the next start of the daemon only
 *     /run/libvirt/libxl/NAME.xml             a running domain: <domstatus> around <domain id=..>
 *
 * A write is atomic and synced: after a crash there is the old file or the new one. A file that
 * cannot be read is renamed to *.broken, logged and skipped; it costs nobody else anything.
 * Functions that change a file may be called for different domains at a time, from any thread.
 */

#include "conf/def.h"

typedef struct DrvStore DrvStore;

/* When a domain starts with the daemon. */
typedef enum {
    DRV_AUTOSTART_ALWAYS,
    DRV_AUTOSTART_ONCE, /* since libvirt 11.2 */
    DRV_AUTOSTART_LAST = DRV_AUTOSTART_ONCE,
} DrvAutostart;

/* A domain as its file tells. */
typedef struct {
    DomDef *def;
    gboolean autostart[DRV_AUTOSTART_LAST + 1];
    int state;  /* virDomainState; running domains only */
    int reason; /* virDomain<State>Reason */
} DrvStored;

void drv_stored_free(DrvStored *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvStored, drv_stored_free)

/* Uses the two folders, which are made when missing. NULL with @error when that fails. */
DrvStore *drv_store_new(const char *config_dir, const char *state_dir, GError **error);

/* NULL is fine. */
void drv_store_free(DrvStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvStore, drv_store_free)

/* Reads all definitions or all running domains: an array of DrvStored. (transfer full) */
GPtrArray *drv_store_load_definitions(DrvStore *store);
GPtrArray *drv_store_load_running(DrvStore *store);

/* Whether a domain can be called @name, which files are named after. */
gboolean drv_store_check_name(const char *name, GError **error);

/* Writes the definition of the name in @def. */
gboolean drv_store_save_definition(DrvStore *store, const DomDef *def, GError **error);

/* Removes definition and autostart links. Files that are not there are no error. */
gboolean drv_store_delete_definition(DrvStore *store, const char *name, GError **error);

/* Makes or removes the autostart link of the kind @when. */
gboolean drv_store_set_autostart(DrvStore *store, const char *name, DrvAutostart when,
                                 gboolean wanted, GError **error);

/* Writes what @def, with its live part, is doing. */
gboolean drv_store_save_running(DrvStore *store, const DomDef *def, int state, int reason,
                                GError **error);

/* The domain no longer runs. A failure is logged. */
void drv_store_delete_running(DrvStore *store, const char *name);
