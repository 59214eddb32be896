/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include <libxl_utils.h>

#include "driver/bind/bind.h"
#include "driver/foreign.h"
#include "driver/guest.h"
#include "driver/host.h"
#include "driver/hotplug.h"
#include "driver/iotune.h"
#include "driver/job.h"
#include "driver/lease.h"
#include "driver/network.h"
#include "driver/note.h"
#include "driver/pci_host.h"
#include "driver/retrieve.h"
#include "driver/storage.h"
#include "driver/text.h"
#include "driver/usb_guest.h"
#include "driver/usb_host.h"

VIR_LOG_INIT("libxl.hotplug");

/* What libxl does with the one device of @config. 0 is success. */
typedef int (*Step)(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config);

/* The same with the device at @place of the guest's whole @config. */
typedef int (*Take)(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config, int place);

static int
add_disk(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    return libxl_device_disk_add(ctx, domid, &config->disks[0], NULL);
}

/* libxl wants the device as it has it, backend and all. */
static int
remove_disk(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    libxl_device_disk disk;
    libxl_device_disk_init(&disk);
    int rc = libxl_vdev_to_device_disk(ctx, domid, config->disks[0].vdev, &disk);
    if (rc == 0) {
        rc = libxl_device_disk_remove(ctx, domid, &disk, NULL);
    }
    libxl_device_disk_dispose(&disk);
    return rc;
}

static int
insert_medium(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    return libxl_cdrom_insert(ctx, domid, &config->disks[0], NULL);
}

static int
add_nic(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    config->nics[0].devid = -1; /* libxl finds a free one */
    return libxl_device_nic_add(ctx, domid, &config->nics[0], NULL);
}

static int
remove_nic(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    g_autofree char *mac = g_strdup_printf(LIBXL_MAC_FMT, LIBXL_MAC_BYTES(config->nics[0].mac));
    libxl_device_nic nic;
    libxl_device_nic_init(&nic);
    int rc = libxl_mac_to_device_nic(ctx, domid, mac, &nic);
    if (rc == 0) {
        rc = libxl_device_nic_remove(ctx, domid, &nic, NULL);
    }
    libxl_device_nic_dispose(&nic);
    return rc;
}

static int
add_pci(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    return libxl_device_pci_add(ctx, domid, &config->pcidevs[0], NULL);
}

static int
remove_pci(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    return libxl_device_pci_remove(ctx, domid, &config->pcidevs[0], NULL);
}

static int
add_usbdev(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    return drv_usb_guest_add(ctx, domid, config->c_info.type, &config->usbdevs[0]);
}

static int
take_usbdev(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config, int place)
{
    return libxl_device_usbdev_remove(ctx, domid, &config->usbdevs[place], NULL);
}

/* A device that libxl numbers: it finds a free number, and what it wrote down knows the backend. */
#define NUMBERED(word)                                                                             \
    static int add_##word(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)             \
    {                                                                                              \
        config->word##s[0].devid = -1;                                                             \
        return libxl_device_##word##_add(ctx, domid, &config->word##s[0], NULL);                   \
    }                                                                                              \
    static int take_##word(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config, int place) \
    {                                                                                              \
        libxl_device_##word device;                                                                \
        int rc = libxl_devid_to_device_##word(ctx, domid, config->word##s[place].devid, &device);  \
        if (rc == 0) {                                                                             \
            rc = libxl_device_##word##_remove(ctx, domid, &device, NULL);                          \
            libxl_device_##word##_dispose(&device);                                                \
        }                                                                                          \
        return rc;                                                                                 \
    }

NUMBERED(usbctrl)
NUMBERED(vtpm)
NUMBERED(vkb)
NUMBERED(vsnd)
NUMBERED(vdispl)

/* What libxl can do while a guest runs; it has no calls for the kinds without a row, or (vfb, p9)
 * ones that nobody serves: QEMU gets to know those when it starts. */
static const struct {
    Step add;
    Step remove;      /* libxl finds it by its name */
    Take take;        /* or here it is found among those that the guest has */
    gboolean settles; /* others come and go with it */
} steps[DOM_DEVICE_LAST + 1] = {
    [DOM_DEVICE_DISK] = { add_disk, remove_disk },
    [DOM_DEVICE_NIC] = { add_nic, remove_nic },
    [DOM_DEVICE_PCI] = { add_pci, remove_pci },
    [DOM_DEVICE_USBDEV] = { add_usbdev, .take = take_usbdev, .settles = TRUE },
    [DOM_DEVICE_USBCTRL] = { add_usbctrl, .take = take_usbctrl, .settles = TRUE },
    [DOM_DEVICE_VTPM] = { add_vtpm, .take = take_vtpm },
    [DOM_DEVICE_VKB] = { add_vkb, .take = take_vkb },
    [DOM_DEVICE_VSND] = { add_vsnd, .take = take_vsnd },
    [DOM_DEVICE_VDISPL] = { add_vdispl, .take = take_vdispl },
};

/* @failure says what was to be. */
static gboolean
fail(DrvXen *xen, const DrvDevice *device, const char *failure, GError **error)
{
    g_autofree char *title = drv_device_title(device);
    return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("domain '%s', %s: %s"),
                        device->def->general.name, title, failure);
}

/* Runs @step on what libxl has for the device. */
static gboolean
run(DrvXen *xen, uint32_t domid, const DrvDevice *device, Step step, const char *failure,
    GError **error)
{
    libxl_domain_config config;
    g_auto(DrvHost) host = { 0 };
    g_autoptr(DomDef) bound = dom_def_copy(device->def);
    drv_host_read(&host, xen);
    if (!drv_network_resolve(bound, error) ||
        !bind_domain_config(bound, &host.host, &config, error)) {
        return FALSE;
    }
    int rc = step(xen->ctx, domid, &config);
    libxl_domain_config_dispose(&config);
    return rc == 0 || fail(xen, device, failure, error);
}

/* How many of the first keyboards of @config no list of the model has: each framebuffer has one. */
static int
count_implied(const DrvDevice *device, const libxl_domain_config *config, const DomDef *truth)
{
    return device->kind == DOM_DEVICE_VKB ? config->num_vkbs - (int)drv_device_count(device, truth)
                                          : 0;
}

/* The place of the device among those that the guest has; -1. */
static int
find_place(const DrvDevice *device, const DomDef *truth)
{
    g_auto(DrvDevice) normal = { device->kind, bind_normal(device->def, FALSE), device->place };
    return drv_device_find(&normal, truth);
}

/* Whether the guest has it no more: libxl says of some that they do not go, and they went. */
static gboolean
is_gone(DrvXen *xen, uint32_t domid, const DrvDevice *device)
{
    g_autoptr(GError) error = NULL;
    libxl_domain_config config;
    if (!drv_retrieve_config(xen, domid, &config, &error)) {
        return FALSE;
    }
    g_autoptr(DomDef) truth = bind_def_from_config(&config, &error);
    libxl_domain_config_dispose(&config);
    return truth && find_place(device, truth) < 0;
}

/* Runs @take on the device that the guest has. One that it has no more, having been pulled out of
 * the host, is taken away. */
static gboolean
run_take(DrvXen *xen, uint32_t domid, const DrvDevice *device, Take take, const char *failure,
         GError **error)
{
    libxl_domain_config config;
    if (!drv_retrieve_config(xen, domid, &config, error)) {
        return FALSE;
    }
    g_autoptr(DomDef) truth = bind_def_from_config(&config, error);
    int place = truth ? find_place(device, truth) : -1;
    int rc = place < 0
                 ? 0
                 : take(xen->ctx, domid, &config, place + count_implied(device, &config, truth));
    libxl_domain_config_dispose(&config);
    return truth && (rc == 0 || is_gone(xen, domid, device) || fail(xen, device, failure, error));
}

static gboolean
refuse(const DrvDevice *device, GError **error)
{
    g_autofree char *title = drv_device_title(device);
    return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("%s: Xen can neither give one to a guest that runs nor take it away; change "
                      "the definition of its next start (--config)"),
                    title);
}

static gboolean
is_pulled_out(const DrvDevice *device)
{
    const DomUsbdev *usb = device->kind == DOM_DEVICE_USBDEV ? drv_device_record(device) : NULL;
    return usb && !drv_usb_host_has(DRV_USB_HOST_DEVICES, (guint)usb->hostbus.value,
                                    (guint)usb->hostaddr.value);
}

/* A disk whose limits cannot be set goes again: the guest could use it without them. */
static gboolean
add(DrvXen *xen, uint32_t domid, DrvDevice *device, GError **error)
{
    const char *failure = is_pulled_out(device)
                              ? _("Xen cannot attach it (the host has none: plug it in, or name "
                                  "another one)")
                              : _("Xen cannot attach it");
    if (!run(xen, domid, device, steps[device->kind].add, failure, error)) {
        return FALSE;
    }
    if (drv_iotune_limit(device->def, (int)domid, error)) {
        return TRUE;
    }
    run(xen, domid, device, steps[device->kind].remove, _("Xen cannot detach it"), NULL);
    return FALSE;
}

/* What was held for the device is free again. */
static void
let_go(DrvDriver *driver, const DrvDevice *device)
{
    drv_lease_drop(driver, device->def);
    if (device->kind == DOM_DEVICE_PCI) {
        drv_pci_host_drop(driver, device->def);
    }
}

gboolean
drv_hotplug_attach(DrvDriver *driver, DrvXen *xen, uint32_t domid, DrvDevice *device,
                   GError **error)
{
    gboolean leased = device->def->live.leased;
    if (!steps[device->kind].add) {
        return refuse(device, error);
    }
    if (!drv_storage_check(device->def, error) ||
        (leased && !drv_lease_take(driver, device->def, error))) {
        return FALSE;
    }
    gboolean added = drv_usb_guest_prepare(driver, xen, device->def, error) &&
                     drv_pci_host_take(driver, xen, device->def, error) &&
                     add(xen, domid, device, error);
    if (!added) {
        let_go(driver, device);
    }
    return added;
}

gboolean
drv_hotplug_detach(DrvDriver *driver, DrvXen *xen, uint32_t domid, DrvDevice *device,
                   GError **error)
{
    const char *failure = _("Xen cannot detach it");
    Step remove = steps[device->kind].remove;
    Take take = steps[device->kind].take;
    if (!remove && !take) {
        return refuse(device, error);
    }
    if (device->kind == DOM_DEVICE_USBDEV) {
        drv_usb_guest_sweep(driver, xen, domid);
    }
    if (!(remove ? run(xen, domid, device, remove, failure, error)
                 : run_take(xen, domid, device, take, failure, error))) {
        return FALSE;
    }
    let_go(driver, device);
    return TRUE;
}

/* The drive stays, its medium is another one or none. */
static gboolean
is_medium_change(const DrvDevice *before, const DrvDevice *after)
{
    static const char *const members[] = { "target", "format", "source", "readonly", NULL };
    if (after->kind != DOM_DEVICE_DISK) {
        return FALSE;
    }
    const DomDisk *old = drv_device_record(before), *new = drv_device_record(after);
    for (guint i = 0; i < dom_disk_record.n_fields; i++) {
        const DomField *field = &dom_disk_record.fields[i];
        if (!g_strv_contains(members, field->name) && !dom_field_equal(field, old, new)) {
            return FALSE;
        }
    }
    return old->cdrom == DOM_TRISTATE_ON;
}

gboolean
drv_hotplug_update(DrvDriver *driver, DrvXen *xen, uint32_t domid, DrvDevice *device,
                   DrvDevice *before, GError **error)
{
    if (!is_medium_change(before, device)) {
        g_autofree char *title = drv_device_title(device);
        return drv_fail(
            error, VIR_ERR_OPERATION_UNSUPPORTED,
            _("libxl changes the medium of a CD-ROM drive and nothing else while a guest "
              "runs: detach %s and attach it anew, or change the definition "
              "(--config)"),
            title);
    }
    return drv_storage_check(device->def, error) &&
           run(xen, domid, device, insert_medium, _("Xen cannot change its medium"), error);
}

static gboolean
settle_def(DomDef *def, const DomDef *truth)
{
    g_autoptr(DomDef) normal = bind_normal(def, FALSE);
    gboolean changed = FALSE;
    for (int i = 0; i <= DOM_DEVICE_LAST; i++) {
        changed =
            (steps[i].add && drv_device_settle((DomDeviceKind)i, def, normal, truth)) || changed;
    }
    return changed;
}

static gboolean
settle_job(DrvDomain *domain, gpointer data, GError **error)
{
    DrvDriver *driver = data;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DrvXen) xen = id > 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    g_autoptr(DomDef) truth = xen ? drv_foreign_def(xen, (uint32_t)id, error) : NULL;
    gboolean changed = FALSE;
    if (truth) {
        DRV_DOMAIN_LOCKED(domain);
        changed = domain->id == id && !domain->foreign && settle_def(domain->def, truth);
    }
    if (changed) {
        VIR_WARN("devices of domain '%s' came or went beside what was asked for", domain->name);
        drv_note_running(driver, domain);
    }
    return truth != NULL;
}

/* What goes wrong is logged. */
static void
settle_domain(DrvDriver *driver, DrvDomain *domain)
{
    g_autoptr(GError) error = NULL;
    if (!drv_job_run(domain, "settle", DRV_JOB_PATIENCE, settle_job, driver, &error)) {
        VIR_WARN("which devices domain '%s' has: %s", domain->name, error->message);
    }
}

void
drv_hotplug_settle_after(DrvDriver *driver, DrvDomain *domain, DomDeviceKind kind)
{
    if (steps[kind].settles) {
        settle_domain(driver, domain);
    }
}

static gboolean
is_running(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->id > 0 && !domain->foreign;
}

static void
settle(DrvDriver *driver, gpointer data)
{
    g_autoptr(GPtrArray) all = drv_domains_all(driver->domains);
    for (guint i = 0; i < all->len; i++) {
        DrvDomain *domain = g_ptr_array_index(all, i);
        if (is_running(domain)) {
            settle_domain(driver, domain);
        }
    }
}

void
drv_hotplug_settle(DrvDriver *driver)
{
    drv_driver_work(driver, settle, NULL);
}
