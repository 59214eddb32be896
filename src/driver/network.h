/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Networks of libvirt's network driver, which interfaces may name in place of a bridge. */

#include "conf/def.h"

/*
 * Gives each interface of @def that names a network the network's bridge. Asks the network driver,
 * which may wait: in a job, with nothing locked. FALSE with VIR_ERR_OPERATION_INVALID when a
 * network is not there or not active, with VIR_ERR_CONFIG_UNSUPPORTED when it has no bridge.
 */
gboolean drv_network_resolve(DomDef *def, GError **error);

/* The address of this host on the network of libvirt's called @name, for a server that only those
 * on it may reach. Waits as above. NULL with @error. (transfer full) */
char *drv_network_address(const char *name, GError **error);

/* Adds to @leases the addresses (virNetworkDHCPLease, transfer full) that the network of libvirt's
 * called @name gave the card @mac. Waits as above. FALSE with @error. */
gboolean drv_network_leases(const char *name, const char *mac, GPtrArray *leases, GError **error);
