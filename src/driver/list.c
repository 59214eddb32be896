/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define ALL_FILTERS                                                                                \
    (VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE |                         \
     VIR_CONNECT_LIST_DOMAINS_PERSISTENT | VIR_CONNECT_LIST_DOMAINS_TRANSIENT |                    \
     VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED |                          \
     VIR_CONNECT_LIST_DOMAINS_SHUTOFF | VIR_CONNECT_LIST_DOMAINS_OTHER |                           \
     VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE | VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE |              \
     VIR_CONNECT_LIST_DOMAINS_AUTOSTART | VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART |                  \
     VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT |                \
     VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT | VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT)

DrvDomain *
drv_domain_of(virDomainPtr dom, DrvIdentity **ret_identity)
{
    g_autoptr(GError) error = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    DrvDomain *domain = drv_domains_by_uuid(drv_driver_of(dom->conn)->domains, dom->uuid);
    if (!domain) {
        virUUIDFormat(dom->uuid, uuid);
        drv_fail(&error, VIR_ERR_NO_DOMAIN, _("no domain with uuid %s (%s)"), uuid, dom->name);
        drv_raise(&error);
        return NULL;
    }
    *ret_identity = drv_domain_identity(domain);
    return domain;
}

static virDomainPtr
handle_of(virConnectPtr conn, const virDomainDef *who)
{
    return virGetDomain(conn, who->name, who->uuid, who->id);
}

virDomainPtr
drv_domain_handle(virConnectPtr conn, DrvDomain *domain)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    return handle_of(conn, who->def);
}

typedef bool (*CheckACL)(virConnectPtr conn, virDomainDef *def);

/* What is done with a domain that was selected. FALSE with libvirt's error set. */
typedef gboolean (*Take)(virConnectPtr conn, const virDomainDef *who, gpointer data);

/*
 * Takes those that the flags select and that the client may see, one after another: a virDomainDef
 * of each at the same time would be most of what the daemon ever needs. How many they are, -1 on
 * failure.
 */
static int
take_domains(virConnectPtr conn, unsigned int flags, CheckACL allowed, Take take, gpointer data)
{
    g_autoptr(GPtrArray) all = drv_domains_all(drv_driver_of(conn)->domains);
    int count = 0;
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        gboolean matches;
        {
            DRV_DOMAIN_LOCKED(domain);
            matches = drv_domain_matches(domain, flags);
        }
        g_autoptr(DrvIdentity) who = matches ? drv_domain_identity(domain) : NULL;
        if (!who || !allowed(conn, who->def)) {
            continue;
        }
        if (!take(conn, who->def, data)) {
            return -1;
        }
        count++;
    }
    return count;
}

/* For those who only want to know how many. */
static gboolean
take_none(virConnectPtr conn, const virDomainDef *who, gpointer data)
{
    return TRUE;
}

/* The client's array, of @max, of which @count are filled. */
typedef struct {
    int *ids;
    char **names;
    int max;
    int count;
} Array;

static gboolean
take_id(virConnectPtr conn, const virDomainDef *who, gpointer data)
{
    Array *array = data;
    if (array->count < array->max && who->id >= 0) {
        array->ids[array->count++] = who->id;
    }
    return TRUE;
}

static gboolean
take_name(virConnectPtr conn, const virDomainDef *who, gpointer data)
{
    Array *array = data;
    if (array->count < array->max) {
        array->names[array->count++] = g_strdup(who->name);
    }
    return TRUE;
}

static gboolean
take_handle(virConnectPtr conn, const virDomainDef *who, gpointer data)
{
    virDomainPtr handle = handle_of(conn, who);
    if (handle) {
        g_ptr_array_add(data, handle);
    }
    return handle != NULL;
}

#define ACTIVE  VIR_CONNECT_LIST_DOMAINS_ACTIVE
#define DEFINED (VIR_CONNECT_LIST_DOMAINS_INACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT)

int
drv_connect_list_domains(virConnectPtr conn, int *ids, int max_ids)
{
    Array array = { .ids = ids, .max = max_ids };
    if (virConnectListDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    take_domains(conn, ACTIVE, virConnectListDomainsCheckACL, take_id, &array);
    return array.count;
}

int
drv_connect_num_of_domains(virConnectPtr conn)
{
    if (virConnectNumOfDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    return take_domains(conn, ACTIVE, virConnectNumOfDomainsCheckACL, take_none, NULL);
}

int
drv_connect_list_defined_domains(virConnectPtr conn, char **const names, int max_names)
{
    Array array = { .names = names, .max = max_names };
    if (virConnectListDefinedDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    take_domains(conn, DEFINED, virConnectListDefinedDomainsCheckACL, take_name, &array);
    return array.count;
}

int
drv_connect_num_of_defined_domains(virConnectPtr conn)
{
    if (virConnectNumOfDefinedDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    return take_domains(conn, DEFINED, virConnectNumOfDefinedDomainsCheckACL, take_none, NULL);
}

int
drv_connect_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    virCheckFlags(ALL_FILTERS, -1);
    if (virConnectListAllDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) handles = g_ptr_array_new_with_free_func(virObjectUnref);
    int count = take_domains(conn, flags, virConnectListAllDomainsCheckACL,
                             domains ? take_handle : take_none, handles);
    if (domains && count >= 0) {
        g_ptr_array_add(handles, NULL); /* the end, for who looks for it */
        *domains = (virDomainPtr *)g_ptr_array_steal(handles, NULL);
    }
    return count;
}

/* Consumes the reference that @domain may be; @asked is for the message. */
static virDomainPtr
looked_up(virConnectPtr conn, DrvDomain *domain, int (*ensure)(virConnectPtr, virDomainDef *),
          const char *asked)
{
    g_autoptr(DrvDomain) found = domain;
    g_autoptr(GError) error = NULL;
    if (!found) {
        drv_fail(&error, VIR_ERR_NO_DOMAIN, _("no domain with %s"), asked);
        drv_raise(&error);
        return NULL;
    }
    g_autoptr(DrvIdentity) who = drv_domain_identity(found);
    return ensure(conn, who->def) < 0 ? NULL : handle_of(conn, who->def);
}

virDomainPtr
drv_domain_lookup_by_id(virConnectPtr conn, int id)
{
    g_autofree char *asked = g_strdup_printf("id %d", id);
    return looked_up(conn, drv_domains_by_id(drv_driver_of(conn)->domains, id),
                     virDomainLookupByIDEnsureACL, asked);
}

virDomainPtr
drv_domain_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];
    virUUIDFormat(uuid, text);
    g_autofree char *asked = g_strdup_printf("uuid %s", text);
    return looked_up(conn, drv_domains_by_uuid(drv_driver_of(conn)->domains, uuid),
                     virDomainLookupByUUIDEnsureACL, asked);
}

virDomainPtr
drv_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    g_autofree char *asked = g_strdup_printf("name '%s'", name);
    return looked_up(conn, drv_domains_by_name(drv_driver_of(conn)->domains, name),
                     virDomainLookupByNameEnsureACL, asked);
}
