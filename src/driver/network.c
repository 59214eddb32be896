/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include <driver.h>
#include "virerror.h"
#include "virnetdevip.h"

#include "driver/error.h"
#include "driver/network.h"
#include "driver/text.h"

static gboolean
wants_bridge(const DomNic *nic)
{
    return nic->network && !nic->bridge;
}

static gboolean
is_needed(const DomDef *def)
{
    for (guint i = 0; i < def->nics->len; i++) {
        if (wants_bridge(def->nics->pdata[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* In libvirt's words, with what it was about. */
static gboolean
fail_for(const char *name, GError **error)
{
    int code = virGetLastErrorCode();
    drv_fail(error, code == VIR_ERR_NO_NETWORK ? VIR_ERR_NO_NETWORK : VIR_ERR_OPERATION_INVALID,
             _("network '%s': %s"), name, virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}

/* The bridge of the network called @name. NULL with @error. (transfer full; free()) */
static char *
bridge_of(virConnectPtr networks, const char *name, GError **error)
{
    g_autoptr(virNetwork) network = virNetworkLookupByName(networks, name);
    if (!network) {
        fail_for(name, error);
        return NULL;
    }
    if (virNetworkIsActive(network) != 1) {
        drv_fail(error, VIR_ERR_OPERATION_INVALID,
                 _("network '%s' is not active: start it with virsh net-start"), name);
        return NULL;
    }
    char *bridge = virNetworkGetBridgeName(network);
    if (!bridge) {
        virResetLastError();
        drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                 _("network '%s' has no bridge, and Xen puts cards on bridges alone: use another "
                   "network"),
                 name);
    }
    return bridge;
}

/* NULL with @error. (transfer full) */
static virConnectPtr
open_networks(GError **error)
{
    virConnectPtr networks = virGetConnectNetwork();
    if (!networks) {
        drv_fail(
            error, VIR_ERR_OPERATION_INVALID,
            _("the guest is to be on a network of libvirt's, whose network driver does not answer: "
              "%s"),
            virGetLastErrorMessage());
        virResetLastError();
    }
    return networks;
}

gboolean
drv_network_resolve(DomDef *def, GError **error)
{
    if (!is_needed(def)) {
        return TRUE;
    }
    g_autoptr(virConnect) networks = open_networks(error);
    if (!networks) {
        return FALSE;
    }
    for (guint i = 0; i < def->nics->len; i++) {
        DomNic *nic = def->nics->pdata[i];
        if (!wants_bridge(nic)) {
            continue;
        }
        nic->bridge = bridge_of(networks, nic->network, error);
        if (!nic->bridge) {
            return FALSE;
        }
    }
    return TRUE;
}

char *
drv_network_address(const char *name, GError **error)
{
    virSocketAddr address;
    g_autoptr(virConnect) networks = open_networks(error);
    g_autofree char *bridge = networks ? bridge_of(networks, name, error) : NULL;
    if (!bridge) {
        return NULL;
    }
    if (virNetDevIPAddrGet(bridge, &address) < 0) {
        fail_for(name, error);
        return NULL;
    }
    return virSocketAddrFormat(&address);
}

static gboolean
take_leases(virNetworkPtr network, const char *mac, GPtrArray *leases)
{
    virNetworkDHCPLeasePtr *list = NULL;
    int count = virNetworkGetDHCPLeases(network, mac, &list, 0);
    for (int i = 0; i < count; i++) {
        g_ptr_array_add(leases, list[i]);
    }
    g_free(list);
    return count >= 0;
}

gboolean
drv_network_leases(const char *name, const char *mac, GPtrArray *leases, GError **error)
{
    g_autoptr(virConnect) networks = open_networks(error);
    g_autoptr(virNetwork) network = networks ? virNetworkLookupByName(networks, name) : NULL;
    if (!networks) {
        return FALSE;
    }
    return (network && take_leases(network, mac, leases)) || fail_for(name, error);
}
