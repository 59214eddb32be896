/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stdio.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/addresses.h"
#include "driver/agent.h"
#include "driver/api.h"
#include "driver/network.h"
#include "driver/text.h"
#include "driver/traffic.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

static GPtrArray *
new_interfaces(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)virDomainInterfaceFree);
}

static virDomainInterfacePtr
add_interface(GPtrArray *interfaces, const char *name, const char *mac)
{
    virDomainInterfacePtr interface = g_new0(virDomainInterface, 1);
    interface->name = g_strdup(name);
    interface->hwaddr = g_strdup(mac);
    g_ptr_array_add(interfaces, interface);
    return interface;
}

static void
add_address(virDomainInterfacePtr interface, int type, const char *text, guint prefix)
{
    interface->addrs = g_renew(virDomainIPAddress, interface->addrs, interface->naddrs + 1);
    interface->addrs[interface->naddrs++] =
        (virDomainIPAddress){ .type = type, .addr = g_strdup(text), .prefix = prefix };
}

/* --- the agent --- */

static gboolean
add_agent_address(virDomainInterfacePtr interface, virJSONValue *entry)
{
    unsigned int prefix = 0;
    const char *type = virJSONValueObjectGetString(entry, "ip-address-type");
    const char *text = virJSONValueObjectGetString(entry, "ip-address");
    gboolean ipv6 = g_strcmp0(type, "ipv6") == 0;
    if (!text || (!ipv6 && g_strcmp0(type, "ipv4") != 0) ||
        virJSONValueObjectGetNumberUint(entry, "prefix", &prefix) < 0) {
        return FALSE;
    }
    add_address(interface, ipv6 ? VIR_IP_ADDR_TYPE_IPV6 : VIR_IP_ADDR_TYPE_IPV4, text, prefix);
    return TRUE;
}

/* "eth0:1" is another name of eth0, for more addresses of it. */
static virDomainInterfacePtr
find_or_add(GPtrArray *interfaces, GHashTable *by_name, const char *name, const char *mac)
{
    g_autofree char *base = g_strndup(name, strcspn(name, ":"));
    virDomainInterfacePtr interface = g_hash_table_lookup(by_name, base);
    if (!interface) {
        interface = add_interface(interfaces, base, mac);
        g_hash_table_insert(by_name, interface->name, interface);
    }
    return interface;
}

static gboolean
add_agent_interface(GPtrArray *interfaces, GHashTable *by_name, virJSONValue *entry)
{
    const char *name = virJSONValueObjectGetString(entry, "name");
    virJSONValue *addresses = virJSONValueObjectGetArray(entry, "ip-addresses");
    if (!name) {
        return FALSE;
    }
    virDomainInterfacePtr interface = find_or_add(
        interfaces, by_name, name, virJSONValueObjectGetString(entry, "hardware-address"));
    for (guint i = 0; addresses && i < virJSONValueArraySize(addresses); i++) {
        if (!add_agent_address(interface, virJSONValueArrayGet(addresses, i))) {
            return FALSE;
        }
    }
    return TRUE;
}

GPtrArray *
drv_addresses_of_agent(virJSONValue *list)
{
    g_autoptr(GPtrArray) interfaces = new_interfaces();
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < virJSONValueArraySize(list); i++) {
        if (!add_agent_interface(interfaces, by_name, virJSONValueArrayGet(list, i))) {
            return NULL;
        }
    }
    return g_steal_pointer(&interfaces);
}

static GPtrArray *
ask_agent(DrvDomain *domain, const DomDef *def, int id, GError **error)
{
    g_autoptr(virJSONValue) list =
        drv_agent_request(domain, DRV_ADDRESSES_COMMAND, NULL, VIR_JSON_TYPE_ARRAY, error);
    GPtrArray *interfaces = list ? drv_addresses_of_agent(list) : NULL;
    if (list && !interfaces) {
        drv_agent_fail_answer(DRV_ADDRESSES_COMMAND, error);
    }
    return interfaces;
}

/* --- networks of libvirt's --- */

/* Leases of the card @nic, in an array of their own. */
static GPtrArray *
leases_of(const DomNic *nic, GError **error)
{
    GPtrArray *leases = g_ptr_array_new_with_free_func((GDestroyNotify)virNetworkDHCPLeaseFree);
    if (nic->network && nic->mac && !drv_network_leases(nic->network, nic->mac, leases, error)) {
        g_clear_pointer(&leases, g_ptr_array_unref);
    }
    return leases;
}

static GPtrArray *
ask_networks(DrvDomain *domain, const DomDef *def, int id, GError **error)
{
    g_autoptr(GPtrArray) interfaces = new_interfaces();
    for (guint i = 0; i < def->nics->len; i++) {
        const DomNic *nic = def->nics->pdata[i];
        g_autofree char *name = dom_nic_live_name(def, id, i);
        g_autoptr(GPtrArray) leases = leases_of(nic, error);
        if (!leases) {
            return NULL;
        }
        virDomainInterfacePtr interface =
            leases->len > 0 ? add_interface(interfaces, name, nic->mac) : NULL;
        for (guint j = 0; j < leases->len; j++) {
            const virNetworkDHCPLease *lease = leases->pdata[j];
            add_address(interface, lease->type, lease->ipaddr, lease->prefix);
        }
    }
    return g_steal_pointer(&interfaces);
}

char *
drv_addresses_leased_name(const DomDef *def, GError **error)
{
    for (guint i = 0; i < def->nics->len; i++) {
        g_autoptr(GPtrArray) leases = leases_of(def->nics->pdata[i], error);
        for (guint j = 0; leases && j < leases->len; j++) {
            const virNetworkDHCPLease *lease = leases->pdata[j];
            if (lease->hostname) {
                return g_strdup(lease->hostname);
            }
        }
        if (!leases) {
            return NULL;
        }
    }
    return NULL;
}

/* --- neighbours of this host --- */

/* A table of the kernel's: a line of headings, then address, hardware's type, flags and address. */
#define NEIGHBOURS "/proc/net/arp"
/* The flag of a neighbour that has answered. */
#define COMPLETE 0x2

/* The address of the neighbour @line if its card is @mac; NULL otherwise. (transfer full) */
static char *
address_of(const char *line, const char *mac)
{
    char ip[46], found[18];
    unsigned int flags;
    gboolean read = sscanf(line, "%45s %*s %x %17s", ip, &flags, found) == 3;
    return read && (flags & COMPLETE) && g_ascii_strcasecmp(found, mac) == 0 ? g_strdup(ip) : NULL;
}

static void
add_neighbours(GPtrArray *interfaces, char *const *lines, const char *name, const char *mac)
{
    virDomainInterfacePtr interface = NULL;
    for (; *lines; lines++) {
        g_autofree char *ip = address_of(*lines, mac);
        if (ip) {
            interface = interface ? interface : add_interface(interfaces, name, mac);
            add_address(interface, VIR_IP_ADDR_TYPE_IPV4, ip, 0);
        }
    }
}

static GPtrArray *
ask_neighbours(DrvDomain *domain, const DomDef *def, int id, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GPtrArray) interfaces = new_interfaces();
    if (!g_file_get_contents(NEIGHBOURS, &text, NULL, error)) {
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; i < def->nics->len; i++) {
        const DomNic *nic = def->nics->pdata[i];
        g_autofree char *name = dom_nic_live_name(def, id, i);
        if (nic->mac) {
            add_neighbours(interfaces, lines, name, nic->mac);
        }
    }
    return g_steal_pointer(&interfaces);
}

static const struct {
    unsigned int source;
    /* Asks about the guest @id that runs with @def. Of virDomainInterface (transfer full); NULL
     * with @error. */
    GPtrArray *(*ask)(DrvDomain *domain, const DomDef *def, int id, GError **error);
} rows[] = {
    { VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, ask_networks },
    { VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, ask_agent },
    { VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, ask_neighbours },
};

static GPtrArray *
ask(DrvDomain *domain, unsigned int source, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    if (id < 0) {
        return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].source == source) {
            return rows[i].ask(domain, def, id, error);
        }
    }
    drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
             _("there is no source of addresses with the number %u"), source);
    return NULL;
}

int
drv_domain_interface_addresses(virDomainPtr dom, virDomainInterfacePtr **ret_interfaces,
                               unsigned int source, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    gsize count;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainInterfaceAddressesEnsureACL(dom->conn, who->def, source) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) interfaces = ask(domain, source, &error);
    if (!interfaces) {
        return drv_raise(&error);
    }
    *ret_interfaces = (virDomainInterfacePtr *)g_ptr_array_steal(interfaces, &count);
    return (int)count;
}
