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
handle_of(virConnectPtr conn, const DrvIdentity *who)
{
    return virGetDomain(conn, who->def->name, who->def->uuid, who->def->id);
}

virDomainPtr
drv_domain_handle(virConnectPtr conn, DrvDomain *domain)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    return handle_of(conn, who);
}

typedef bool (*CheckACL)(virConnectPtr conn, virDomainDef *def);

/* Those that the flags select and that the client may see: an array of DrvIdentity. */
static GPtrArray *
select_domains(virConnectPtr conn, unsigned int flags, CheckACL allowed)
{
    g_autoptr(GPtrArray) all = drv_domains_all(drv_driver_of(conn)->domains);
    GPtrArray *selected = g_ptr_array_new_with_free_func((GDestroyNotify)drv_identity_free);
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        gboolean matches;
        {
            DRV_DOMAIN_LOCKED(domain);
            matches = drv_domain_matches(domain, flags);
        }
        g_autoptr(DrvIdentity) who = matches ? drv_domain_identity(domain) : NULL;
        if (who && allowed(conn, who->def)) {
            g_ptr_array_add(selected, g_steal_pointer(&who));
        }
    }
    return selected;
}

int
drv_connect_list_domains(virConnectPtr conn, int *ids, int max_ids)
{
    if (virConnectListDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) selected =
        select_domains(conn, VIR_CONNECT_LIST_DOMAINS_ACTIVE, virConnectListDomainsCheckACL);
    int count = 0;
    for (guint i = 0; i < selected->len && count < max_ids; i++) {
        const DrvIdentity *who = g_ptr_array_index(selected, i);
        if (who->def->id >= 0) {
            ids[count++] = who->def->id;
        }
    }
    return count;
}

int
drv_connect_num_of_domains(virConnectPtr conn)
{
    if (virConnectNumOfDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) selected =
        select_domains(conn, VIR_CONNECT_LIST_DOMAINS_ACTIVE, virConnectNumOfDomainsCheckACL);
    return (int)selected->len;
}

int
drv_connect_list_defined_domains(virConnectPtr conn, char **const names, int max_names)
{
    if (virConnectListDefinedDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) selected = select_domains(
        conn, VIR_CONNECT_LIST_DOMAINS_INACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
        virConnectListDefinedDomainsCheckACL);
    int count = 0;
    for (guint i = 0; i < selected->len && count < max_names; i++) {
        const DrvIdentity *who = g_ptr_array_index(selected, i);
        names[count++] = g_strdup(who->def->name);
    }
    return count;
}

int
drv_connect_num_of_defined_domains(virConnectPtr conn)
{
    if (virConnectNumOfDefinedDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) selected = select_domains(
        conn, VIR_CONNECT_LIST_DOMAINS_INACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
        virConnectNumOfDefinedDomainsCheckACL);
    return (int)selected->len;
}

static void
free_handles(virDomainPtr *handles, guint count)
{
    for (guint i = 0; i < count; i++) {
        virObjectUnref(handles[i]);
    }
    g_free(handles);
}

int
drv_connect_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    virCheckFlags(ALL_FILTERS, -1);
    if (virConnectListAllDomainsEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) selected = select_domains(conn, flags, virConnectListAllDomainsCheckACL);
    if (!domains) {
        return (int)selected->len;
    }
    virDomainPtr *handles = g_new0(virDomainPtr, selected->len + 1);
    for (guint i = 0; i < selected->len; i++) {
        handles[i] = handle_of(conn, g_ptr_array_index(selected, i));
        if (!handles[i]) {
            free_handles(handles, i);
            return -1;
        }
    }
    *domains = handles;
    return (int)selected->len;
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
    return ensure(conn, who->def) < 0 ? NULL : handle_of(conn, who);
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
