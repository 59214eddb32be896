/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "internal.h"
#include "virlog.h"
#include "viruuid.h"

#include <libxl_utils.h>

#include "driver/bind/bind.h"
#include "driver/pci_host.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.pci_host");

/* See pci_host.h. */
#define TAKEN "/libvirt/pci"

char *
drv_pci_host_text(const libxl_device_pci *pci)
{
    return g_strdup_printf("%04x:%02x:%02x.%x", (guint)pci->domain, pci->bus, pci->dev, pci->func);
}

static char *
taken_path(const libxl_device_pci *pci)
{
    return g_strdup_printf(TAKEN "/pci_%04x_%02x_%02x_%x", (guint)pci->domain, pci->bus, pci->dev,
                           pci->func);
}

gboolean
drv_pci_host_parse(const char *name, libxl_device_pci *ret_pci)
{
    guint domain, bus, slot, function;
    int end = 0;
    if (sscanf(name, "pci_%4x_%2x_%2x_%1x%n", &domain, &bus, &slot, &function, &end) != 4 ||
        name[end] != '\0') {
        return FALSE;
    }
    *ret_pci = (libxl_device_pci){ .domain = (int)domain,
                                   .bus = (uint8_t)bus,
                                   .dev = (uint8_t)slot,
                                   .func = (uint8_t)function,
                                   .vfunc_mask = 1 };
    return TRUE;
}

static gboolean
is_among(const libxl_device_pci *list, int count, const libxl_device_pci *pci)
{
    for (int i = 0; i < count; i++) {
        if (list[i].domain == pci->domain && list[i].bus == pci->bus && list[i].dev == pci->dev &&
            list[i].func == pci->func) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_ready(DrvXen *xen, const libxl_device_pci *pci)
{
    int count = 0;
    libxl_device_pci *list = libxl_device_pci_assignable_list(xen->ctx, &count);
    gboolean found = is_among(list, count, pci);
    libxl_device_pci_assignable_list_free(list, count);
    return found;
}

static gboolean
guest_has(DrvXen *xen, uint32_t domid, const libxl_device_pci *pci)
{
    int count = 0;
    libxl_device_pci *list = libxl_device_pci_list(xen->ctx, domid, &count);
    gboolean found = is_among(list, count, pci);
    libxl_device_pci_list_free(list, count);
    return found;
}

DrvPciPlace
drv_pci_host_find(DrvXen *xen, const libxl_device_pci *pci, uint32_t *ret_domid)
{
    DrvPciPlace place = DRV_PCI_HOST;
    int count = 0;
    if (is_ready(xen, pci)) {
        return DRV_PCI_READY;
    }
    libxl_dominfo *infos = libxl_list_domain(xen->ctx, &count);
    for (int i = 0; i < count && place == DRV_PCI_HOST; i++) {
        if (guest_has(xen, infos[i].domid, pci)) {
            place = DRV_PCI_GUEST;
            if (ret_domid) {
                *ret_domid = infos[i].domid;
            }
        }
    }
    libxl_dominfo_list_free(infos, count);
    return place;
}

static gboolean
refuse(const char *device, uint32_t domid, GError **error)
{
    return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                    _("the guest with id %u has the PCI device %s: detach it there first"), domid,
                    device);
}

static gboolean
make_ready(DrvXen *xen, const libxl_device_pci *pci, const char *device, GError **error)
{
    libxl_device_pci own = *pci;
    return libxl_device_pci_assignable_add(xen->ctx, &own, 1) == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen cannot take the PCI device %s from Domain-0 (is there one, and is "
                          "the module xen-pciback loaded?)"),
                        device);
}

gboolean
drv_pci_host_prepare(DrvXen *xen, const libxl_device_pci *pci, GError **error)
{
    g_autofree char *device = drv_pci_host_text(pci);
    uint32_t domid = 0;
    DrvPciPlace place = drv_pci_host_find(xen, pci, &domid);
    if (place == DRV_PCI_GUEST) {
        return refuse(device, domid, error);
    }
    return place == DRV_PCI_READY || make_ready(xen, pci, device, error);
}

static void
forget(DrvDriver *driver, const libxl_device_pci *pci)
{
    g_autofree char *path = taken_path(pci);
    xs_rm(drv_hypervisor_store(driver->hypervisor), XBT_NULL, path);
}

gboolean
drv_pci_host_give_back(DrvDriver *driver, DrvXen *xen, const libxl_device_pci *pci, GError **error)
{
    g_autofree char *device = drv_pci_host_text(pci);
    libxl_device_pci own = *pci;
    uint32_t domid = 0;
    DrvPciPlace place = drv_pci_host_find(xen, pci, &domid);
    if (place == DRV_PCI_GUEST) {
        return refuse(device, domid, error);
    }
    if (place == DRV_PCI_READY && libxl_device_pci_assignable_remove(xen->ctx, &own, 1) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot give the PCI device %s back to Domain-0"), device);
    }
    forget(driver, pci);
    return TRUE;
}

static gboolean
take(DrvDriver *driver, DrvXen *xen, const libxl_device_pci *pci, const char *uuid, GError **error)
{
    g_autofree char *device = drv_pci_host_text(pci);
    g_autofree char *path = taken_path(pci);
    uint32_t domid = 0;
    switch (drv_pci_host_find(xen, pci, &domid)) {
    case DRV_PCI_READY:
        return TRUE;
    case DRV_PCI_GUEST:
        return refuse(device, domid, error);
    case DRV_PCI_HOST:
        break;
    }
    /* before it is so: what a killed daemon noted and had not done does no harm */
    if (!xs_write(drv_hypervisor_store(driver->hypervisor), XBT_NULL, path, uuid,
                  (unsigned int)strlen(uuid))) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("xenstore does not take %s"), path);
    }
    return make_ready(xen, pci, device, error);
}

gboolean
drv_pci_host_take(DrvDriver *driver, DrvXen *xen, const DomDef *def, GError **error)
{
    libxl_domain_config config;
    gboolean taken = TRUE;
    if (def->pcis->len == 0) {
        return TRUE;
    }
    if (!bind_domain_config(def, NULL, &config, error)) {
        return FALSE;
    }
    for (int i = 0; taken && i < config.num_pcidevs; i++) {
        const libxl_device_pci *pci = &config.pcidevs[i];
        taken = !pci->seize || pci->name || pci->vfunc_mask != 1 ||
                take(driver, xen, pci, def->general.uuid, error);
    }
    libxl_domain_config_dispose(&config);
    return taken;
}

/* The devices that are noted (transfer full), of libxl_device_pci, with their guests' uuids in
 * @ret_uuids. */
static GArray *
read_taken(DrvDriver *driver, GPtrArray **ret_uuids)
{
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(libxl_device_pci));
    unsigned int count = 0;
    char **names = xs_directory(drv_hypervisor_store(driver->hypervisor), XBT_NULL, TAKEN, &count);
    *ret_uuids = g_ptr_array_new_with_free_func(g_free);
    for (unsigned int i = 0; names && i < count; i++) {
        libxl_device_pci pci = { 0 };
        char *uuid = drv_hypervisor_read(driver->hypervisor, TAKEN "/%s", names[i]);
        if (uuid && drv_pci_host_parse(names[i], &pci)) {
            g_array_append_val(devices, pci);
            g_ptr_array_add(*ret_uuids, g_steal_pointer(&uuid));
        }
        g_free(uuid);
    }
    free(names);
    return devices;
}

static void
drop(DrvDriver *driver, const libxl_device_pci *pci)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, &error);
    if (xen && drv_pci_host_find(xen, pci, NULL) == DRV_PCI_GUEST) {
        return;
    }
    if (!xen || !drv_pci_host_give_back(driver, xen, pci, &error)) {
        g_autofree char *device = drv_pci_host_text(pci);
        VIR_WARN("%s; try: xl pci-assignable-remove -r %s", error->message, device);
    }
}

/* Whether a noted device goes back; the others stay. */
typedef gboolean (*Goes)(DrvDriver *driver, const char *uuid, gconstpointer data);

static void
drop_all(DrvDriver *driver, Goes goes, gconstpointer data)
{
    g_autoptr(GPtrArray) uuids = NULL;
    g_autoptr(GArray) devices = read_taken(driver, &uuids);
    for (guint i = 0; i < devices->len; i++) {
        if (goes(driver, g_ptr_array_index(uuids, i), data)) {
            drop(driver, &g_array_index(devices, libxl_device_pci, i));
        }
    }
}

static gboolean
is_of(DrvDriver *driver, const char *uuid, gconstpointer data)
{
    return g_strcmp0(uuid, data) == 0;
}

void
drv_pci_host_drop(DrvDriver *driver, const DomDef *def)
{
    if (def->general.uuid) {
        drop_all(driver, is_of, def->general.uuid);
    }
}

static gboolean
is_of_nobody(DrvDriver *driver, const char *text, gconstpointer data)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    if (virUUIDParse(text, uuid) < 0) {
        return TRUE;
    }
    g_autoptr(DrvDomain) domain = drv_domains_by_uuid(driver->domains, uuid);
    if (!domain) {
        return TRUE;
    }
    DRV_DOMAIN_LOCKED(domain);
    return domain->id < 0;
}

void
drv_pci_host_sweep(DrvDriver *driver)
{
    drop_all(driver, is_of_nobody, NULL);
}
