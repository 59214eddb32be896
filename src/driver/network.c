/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include <driver.h>
#include "virerror.h"

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
    drv_fail(error, VIR_ERR_OPERATION_INVALID, _("network '%s': %s"), name,
             virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}

static gboolean
find_bridge(virConnectPtr networks, DomNic *nic, GError **error)
{
    g_autoptr(virNetwork) network = virNetworkLookupByName(networks, nic->network);
    if (!network) {
        return fail_for(nic->network, error);
    }
    if (virNetworkIsActive(network) != 1) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("network '%s' is not active: start it with virsh net-start"),
                        nic->network);
    }
    char *bridge = virNetworkGetBridgeName(network);
    if (!bridge) {
        virResetLastError();
        return drv_fail(
            error, VIR_ERR_CONFIG_UNSUPPORTED,
            _("network '%s' has no bridge, and Xen puts cards on bridges alone: use another "
              "network"),
            nic->network);
    }
    nic->bridge = bridge;
    return TRUE;
}

gboolean
drv_network_resolve(DomDef *def, GError **error)
{
    if (!is_needed(def)) {
        return TRUE;
    }
    g_autoptr(virConnect) networks = virGetConnectNetwork();
    if (!networks) {
        drv_fail(
            error, VIR_ERR_OPERATION_INVALID,
            _("the guest is to be on a network of libvirt's, whose network driver does not answer: "
              "%s"),
            virGetLastErrorMessage());
        virResetLastError();
        return FALSE;
    }
    for (guint i = 0; i < def->nics->len; i++) {
        DomNic *nic = def->nics->pdata[i];
        if (wants_bridge(nic) && !find_bridge(networks, nic, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
