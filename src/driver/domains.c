/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "driver/domains.h"
#include "driver/error.h"
#include "driver/text.h"

struct DrvDomains {
    GMutex lock;         /* guards the tables; taken after a domain's lock, never before */
    GHashTable *by_uuid; /* uuid inside the domain -> DrvDomain, which it references */
    GHashTable *by_name; /* own copy of the name -> DrvDomain */
    GHashTable *by_id;   /* domid -> DrvDomain */
};

static guint
uuid_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof(hash));
    return hash;
}

static gboolean
uuid_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, VIR_UUID_BUFLEN) == 0;
}

DrvDomains *
drv_domains_new(void)
{
    DrvDomains *domains = g_new0(DrvDomains, 1);
    g_mutex_init(&domains->lock);
    domains->by_uuid =
        g_hash_table_new_full(uuid_hash, uuid_equal, NULL, (GDestroyNotify)drv_domain_unref);
    domains->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    domains->by_id = g_hash_table_new(NULL, NULL);
    return domains;
}

void
drv_domains_free(DrvDomains *domains)
{
    if (!domains) {
        return;
    }
    g_hash_table_unref(domains->by_id);
    g_hash_table_unref(domains->by_name);
    g_hash_table_unref(domains->by_uuid);
    g_mutex_clear(&domains->lock);
    g_free(domains);
}

static gboolean
check_free(DrvDomains *domains, const DrvDomain *domain, const char *name, GError **error)
{
    char text[VIR_UUID_STRING_BUFLEN];
    const DrvDomain *same_name = g_hash_table_lookup(domains->by_name, name);
    if (same_name) {
        virUUIDFormat(same_name->uuid, text);
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("domain '%s' already exists with uuid %s"), name, text);
    }
    if (g_hash_table_contains(domains->by_uuid, domain->uuid)) {
        virUUIDFormat(domain->uuid, text);
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("uuid %s of domain '%s' belongs to another domain"), text, name);
    }
    return TRUE;
}

gboolean
drv_domains_add(DrvDomains *domains, DrvDomain *domain, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&domains->lock);
    if (!check_free(domains, domain, domain->name, error)) {
        return FALSE;
    }
    g_hash_table_insert(domains->by_uuid, domain->uuid, drv_domain_ref(domain));
    g_hash_table_insert(domains->by_name, g_strdup(domain->name), domain);
    if (domain->id >= 0) {
        g_hash_table_insert(domains->by_id, GINT_TO_POINTER(domain->id), domain);
    }
    return TRUE;
}

/* Xen may have given it to another guest since. */
static void
forget_id(DrvDomains *domains, const DrvDomain *domain)
{
    gconstpointer id = GINT_TO_POINTER(drv_domain_shown_id(domain));
    if (g_hash_table_lookup(domains->by_id, id) == domain) {
        g_hash_table_remove(domains->by_id, id);
    }
}

void
drv_domains_remove(DrvDomains *domains, DrvDomain *domain)
{
    g_autoptr(DrvDomain) kept G_GNUC_UNUSED = drv_domain_ref(domain);
    DRV_DOMAIN_LOCKED(domain);
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&domains->lock);
    if (g_hash_table_lookup(domains->by_uuid, domain->uuid) != domain) {
        return;
    }
    forget_id(domains, domain);
    g_hash_table_remove(domains->by_name, domain->name);
    g_hash_table_remove(domains->by_uuid, domain->uuid);
    domain->gone = TRUE;
    g_cond_broadcast(&domain->job_over);
}

gboolean
drv_domains_rename(DrvDomains *domains, DrvDomain *domain, const char *name, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&domains->lock);
    const DrvDomain *other = g_hash_table_lookup(domains->by_name, name);
    if (other && other != domain) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("domain '%s' cannot be called '%s', as another one already is"),
                        domain->name, name);
    }
    g_hash_table_remove(domains->by_name, domain->name);
    g_free(domain->name);
    domain->name = g_strdup(name);
    g_hash_table_insert(domains->by_name, g_strdup(name), domain);
    return TRUE;
}

static DrvDomain *
look_up(DrvDomains *domains, GHashTable *table, gconstpointer key)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&domains->lock);
    DrvDomain *domain = g_hash_table_lookup(table, key);
    return domain ? drv_domain_ref(domain) : NULL;
}

DrvDomain *
drv_domains_by_uuid(DrvDomains *domains, const unsigned char *uuid)
{
    return look_up(domains, domains->by_uuid, uuid);
}

DrvDomain *
drv_domains_by_name(DrvDomains *domains, const char *name)
{
    return look_up(domains, domains->by_name, name);
}

DrvDomain *
drv_domains_by_id(DrvDomains *domains, int id)
{
    return look_up(domains, domains->by_id, GINT_TO_POINTER(id));
}

void
drv_domains_set_id(DrvDomains *domains, DrvDomain *domain, int id)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&domains->lock);
    if (g_hash_table_lookup(domains->by_uuid, domain->uuid) == domain) {
        forget_id(domains, domain);
        if (id >= 0) {
            g_hash_table_insert(domains->by_id, GINT_TO_POINTER(id), domain);
        }
    }
    domain->id = id;
    domain->last_id = -1;
    domain->agent.state = domain->agent.told = 0;
}

void
drv_domains_await_id(DrvDomain *domain)
{
    domain->last_id = domain->id;
    domain->id = -1;
}

GPtrArray *
drv_domains_all(DrvDomains *domains)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&domains->lock);
    GPtrArray *all =
        g_ptr_array_new_full(g_hash_table_size(domains->by_uuid), (GDestroyNotify)drv_domain_unref);
    GHashTableIter iter;
    gpointer domain;
    g_hash_table_iter_init(&iter, domains->by_uuid);
    while (g_hash_table_iter_next(&iter, NULL, &domain)) {
        g_ptr_array_add(all, drv_domain_ref(domain));
    }
    return all;
}
