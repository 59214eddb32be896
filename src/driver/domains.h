/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * All domains of the driver, found by uuid, name or domid.
 *
 * The list's lock is taken for a look into a table and never while a domain's lock is wanted: code
 * that holds a domain may call into the list, the list never locks a domain. So one domain that is
 * locked for a moment delays nobody who looks for another. All functions: any thread.
 */

#include "driver/domain.h"

typedef struct DrvDomains DrvDomains;

DrvDomains *drv_domains_new(void);

/* NULL is fine. */
void drv_domains_free(DrvDomains *domains);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvDomains, drv_domains_free)

/*
 * Puts @domain (a reference is taken) on the list. OPERATION_FAILED when its name belongs to
 * another uuid or its uuid is taken already.
 */
gboolean drv_domains_add(DrvDomains *domains, DrvDomain *domain, GError **error);

/* Takes it off. Whoever waits for a job of it gives up. A domain not on the list is left alone. */
void drv_domains_remove(DrvDomains *domains, DrvDomain *domain);

/* NULL when there is none; otherwise with a reference for the caller. */
DrvDomain *drv_domains_by_uuid(DrvDomains *domains, const unsigned char *uuid);
DrvDomain *drv_domains_by_name(DrvDomains *domains, const char *name);
DrvDomain *drv_domains_by_id(DrvDomains *domains, int id); /* the one that clients see */

/* Gives @domain another name, unless that belongs to another domain: OPERATION_FAILED. Call with
 * nothing locked, inside a job of the domain. */
gboolean drv_domains_rename(DrvDomains *domains, DrvDomain *domain, const char *name,
                            GError **error);

/* Notes the domid of @domain, which replaces the one it had; -1 for none. Writes domain->id and
 * last_id, and forgets the agent of the guest before: call with the domain locked. */
void drv_domains_set_id(DrvDomains *domains, DrvDomain *domain, int id);

/* Xen no longer has the guest that @domain had and will have another: until its id is set, the
 * domain is found by the old one. Writes domain->id and last_id: call with the domain locked. */
void drv_domains_await_id(DrvDomain *domain);

/* All of them, each with a reference that the array holds. (transfer full) */
GPtrArray *drv_domains_all(DrvDomains *domains);
