/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* PCI devices: /standin/pciback/DDDD:BB:SS.F is there for one that is bound to xen-pciback, and
 * holds "taken" for one that had a driver of Domain-0's before. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "devices.h"
#include "faults.h"
#include "store.h"

#define BOUND "/standin/pciback"

static void
pci_text(char text[static 32], const libxl_device_pci *pci)
{
    snprintf(text, 32, "%04x:%02x:%02x.%x", (unsigned)pci->domain, pci->bus, pci->dev, pci->func);
}

static void
path_of(char path[static 64], const libxl_device_pci *pci)
{
    char text[32];
    pci_text(text, pci);
    snprintf(path, 64, BOUND "/%s", text);
}

static bool
is_bound(const libxl_device_pci *pci)
{
    char path[64];
    path_of(path, pci);
    char *value = store_read(path, NULL);
    free(value);
    return value != NULL;
}

static void
seize(const libxl_device_pci *pci)
{
    char path[64];
    path_of(path, pci);
    if (!is_bound(pci)) {
        store_write(path, "taken");
    }
}

/* The devices that are named by the nodes below @path. */
static libxl_device_pci *
list_of(const char *path, int *count)
{
    unsigned int n = 0;
    char **names = xs_directory(NULL, XBT_NULL, path, &n);
    libxl_device_pci *list = calloc((size_t)n + 1, sizeof(*list));
    *count = 0;
    for (unsigned int i = 0; names && i < n; i++) {
        unsigned int domain, bus, dev, func;
        if (sscanf(names[i], "%x:%x:%x.%x", &domain, &bus, &dev, &func) == 4) {
            libxl_device_pci *pci = &list[(*count)++];
            libxl_device_pci_init(pci);
            pci->domain = (int)domain;
            pci->bus = (uint8_t)bus;
            pci->dev = (uint8_t)dev;
            pci->func = (uint8_t)func;
        }
    }
    free(names);
    return list;
}

static bool
somebody_has(libxl_ctx *ctx, const libxl_device_pci *pci)
{
    char text[32];
    int count = 0;
    bool found = false;
    pci_text(text, pci);
    libxl_dominfo *infos = libxl_list_domain(ctx, &count);
    for (int i = 0; i < count; i++) {
        found = found || devices_has(infos[i].domid, "pci", text);
    }
    libxl_dominfo_list_free(infos, count);
    return found;
}

libxl_device_pci *
libxl_device_pci_assignable_list(libxl_ctx *ctx, int *count)
{
    int all = 0;
    libxl_device_pci *list = list_of(BOUND, &all);
    *count = 0;
    for (int i = 0; i < all; i++) {
        if (!somebody_has(ctx, &list[i])) {
            list[(*count)++] = list[i];
        }
    }
    return list;
}

void
libxl_device_pci_assignable_list_free(libxl_device_pci *list, int count)
{
    free(list);
}

int
libxl_device_pci_assignable_add(libxl_ctx *ctx, libxl_device_pci *pci, int rebind)
{
    int rc = fault_at(ctx, "libxl_device_pci_assignable_add", -1);
    if (rc == 0) {
        seize(pci);
    }
    return rc;
}

/* Linux lets a device go while a guest has it, who loses it. */
int
libxl_device_pci_assignable_remove(libxl_ctx *ctx, libxl_device_pci *pci, int rebind)
{
    char path[64];
    int rc = fault_at(ctx, "libxl_device_pci_assignable_remove", -1);
    path_of(path, pci);
    return rc != 0 ? rc : store_remove(path) ? 0 : ERROR_FAIL;
}

libxl_device_pci *
libxl_device_pci_list(libxl_ctx *ctx, uint32_t domid, int *count)
{
    char path[64];
    snprintf(path, sizeof(path), "/local/domain/%u/device/pci", domid);
    return list_of(path, count);
}

void
libxl_device_pci_list_free(libxl_device_pci *list, int count)
{
    free(list);
}

int
libxl_device_pci_add(libxl_ctx *ctx, uint32_t domid, libxl_device_pci *pci,
                     const libxl_asyncop_how *how)
{
    char text[32];
    pci_text(text, pci);
    if (!is_bound(pci) && !pci->seize) {
        return ERROR_FAIL;
    }
    seize(pci);
    return devices_add(ctx, "libxl_device_pci_add", domid, "pci", text, NULL);
}

int
libxl_device_pci_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_pci *pci,
                        const libxl_asyncop_how *how)
{
    char text[32];
    pci_text(text, pci);
    return devices_take(ctx, "libxl_device_pci_remove", domid, "pci", text);
}

void
pci_of_config(const libxl_domain_config *config, uint32_t domid)
{
    char text[32];
    for (int i = 0; i < config->num_pcidevs; i++) {
        seize(&config->pcidevs[i]);
        pci_text(text, &config->pcidevs[i]);
        devices_put(domid, "pci", text, NULL);
    }
}
