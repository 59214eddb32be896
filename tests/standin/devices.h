/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "world.h"

/* Gives a new guest the devices of @config. */
void devices_of_config(libxl_ctx *ctx, const libxl_domain_config *config, uint32_t domid);

/* Makes the devices of @config those that libxl would tell that the guest has now. */
void devices_into_config(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid);

/* The same for the kinds that libxl numbers (numbered.c). */
void numbered_of_config(libxl_ctx *ctx, const libxl_domain_config *config, uint32_t domid);
void numbered_into_config(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid);

/* And for PCI devices (pci.c). */
void pci_of_config(const libxl_domain_config *config, uint32_t domid);

/* Whether the guest has the device, and what backs it (transfer full, or NULL). */
bool devices_has(uint32_t domid, const char *kind, const char *name);
char *devices_read(uint32_t domid, const char *kind, const char *name);

void devices_put(uint32_t domid, const char *kind, const char *name, const char *backing);

/* Passes @point, adds it unless one is there, and passes "POINT:done". */
int devices_add(libxl_ctx *ctx, const char *point, uint32_t domid, const char *kind,
                const char *name, const char *backing);

/* The same, taking it away. */
int devices_take(libxl_ctx *ctx, const char *point, uint32_t domid, const char *kind,
                 const char *name);
