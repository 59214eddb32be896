/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The addresses of guests: as their agents tell them, as libvirt's networks leased them, as this
 * host has talked to them. */

#include "internal.h"
#include "virjson.h"

#include "driver/domain.h"

/* What an agent is asked. */
#define DRV_ADDRESSES_COMMAND "guest-network-get-interfaces"

/* What the agent's answer @list, an array, tells: of virDomainInterface, each name once. NULL when
 * it lacks what such answers have. (transfer full) */
GPtrArray *drv_addresses_of_agent(virJSONValue *list);

/* The name that the guest gave the first server of a network of libvirt's that leased it an
 * address; NULL: none did, with @error when that cannot be known. Asks the network driver: call it
 * with nothing locked. (transfer full) */
char *drv_addresses_leased_name(const DomDef *def, GError **error);
