/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "virlog.h"

#include "driver/blockjob.h"
#include "driver/books.h"
#include "driver/change.h"
#include "driver/guest.h"
#include "driver/note.h"
#include "driver/retrieve.h"
#include "driver/storage.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.books");

/* --- libxl's --- */

static libxl_device_disk *
find_disk(libxl_domain_config *config, const char *vdev)
{
    for (int i = 0; i < config->num_disks; i++) {
        if (g_strcmp0(config->disks[i].vdev, vdev) == 0) {
            return &config->disks[i];
        }
    }
    return NULL;
}

/* The record as it is with another image, as text (libc's); NULL when that cannot be made. */
static char *
edit_record(DrvXen *xen, uint32_t domid, const char *vdev, const char *file, const char *format)
{
    char *edited = NULL;
    libxl_domain_config config;
    g_autofree char *text = drv_retrieve_userdata(xen, domid, DRV_RETRIEVE_CONFIG);
    libxl_domain_config_init(&config);
    libxl_device_disk *disk = text && libxl_domain_config_from_json(xen->ctx, &config, text) == 0
                                  ? find_disk(&config, vdev)
                                  : NULL;
    if (disk && libxl_disk_format_from_string(format, &disk->format) == 0) {
        free(disk->pdev_path);
        disk->pdev_path = strdup(file);
        edited = libxl_domain_config_to_json(xen->ctx, &config);
    }
    libxl_domain_config_dispose(&config);
    return edited;
}

gboolean
drv_books_check(DrvXen *xen, uint32_t domid, const DomDisk *disk, GError **error)
{
    char *record = edit_record(xen, domid, disk->vdev, "/", "raw");
    gboolean there = record != NULL;
    free(record);
    return there || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                             _("disk %s: libxl's record of the guest, which xl goes by, does not "
                               "have it, and would go on naming the old image: abort the job"),
                             disk->vdev);
}

static void
move_record(DrvXen *xen, uint32_t domid, const char *vdev, const char *file, DomDiskFormat format)
{
    char *record =
        edit_record(xen, domid, vdev, file, dom_enum_name(&dom_disk_format_names, (int)format));
    if (!record || libxl_userdata_store(xen->ctx, domid, DRV_RETRIEVE_CONFIG,
                                        (const uint8_t *)record, (int)strlen(record) + 1) != 0) {
        VIR_WARN("libxl's record of domain %u does not say that disk %s is on %s: %s", domid, vdev,
                 file, drv_xen_words(xen));
    }
    free(record);
}

/* --- promises --- */

/* The word under which the promise for a disk is kept; the promise is "qcow2 /path". (transfer
 * full)
 */
static char *
promise_word(const char *vdev)
{
    return g_strconcat("xlvirt-blockjob-", vdev, NULL);
}

gboolean
drv_books_promise(DrvDriver *driver, int id, const char *vdev, const char *file,
                  DomDiskFormat format, GError **error)
{
    g_autofree char *word = promise_word(vdev);
    g_autofree char *text =
        g_strconcat(dom_enum_name(&dom_disk_format_names, (int)format), " ", file, NULL);
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    return xen && (libxl_userdata_store(xen->ctx, (uint32_t)id, word, (const uint8_t *)text,
                                        (int)strlen(text) + 1) == 0 ||
                   drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                _("Xen does not keep which image disk %s is to go on with"), vdev));
}

gboolean
drv_books_promised(DrvDriver *driver, int id, const char *vdev, const char *file,
                   DomDiskFormat *ret_format)
{
    g_autofree char *word = promise_word(vdev);
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, NULL);
    g_autofree char *text = xen ? drv_retrieve_userdata(xen, (uint32_t)id, word) : NULL;
    for (int i = DOM_DISK_FORMAT_RAW; text && i <= DOM_DISK_FORMAT_LAST; i++) {
        g_autofree char *wanted =
            g_strconcat(dom_enum_name(&dom_disk_format_names, i), " ", file, NULL);
        if (g_str_equal(wanted, text)) {
            *ret_format = (DomDiskFormat)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- the driver's --- */

/* What the definition says of the images behind the old one is no longer true. */
static void
drop_backing(DomRest *rest)
{
    for (guint i = rest->items ? rest->items->len : 0; i > 0; i--) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i - 1);
        if (g_str_has_prefix(item->path, "backingStore") ||
            dom_rest_is_element(item, "", "backingStore")) {
            g_ptr_array_remove_index(rest->items, i - 1);
        }
    }
}

/* FALSE when @def has another image there, or no such disk. */
static gboolean
edit_disk(DomDef *def, const DomDisk *before, const char *file, DomDiskFormat format)
{
    DomDisk *disk = drv_storage_by_vdev(def, before->vdev);
    if (!disk || g_strcmp0(disk->target, before->target) != 0) {
        return FALSE;
    }
    g_free(disk->target);
    disk->target = g_strdup(file);
    disk->source = DOM_DISK_SOURCE_ABSENT;
    disk->format = format;
    drop_backing(&disk->rest);
    return TRUE;
}

/* The definition of the next start, when it is about the same image. (transfer full) */
static DomDef *
next_def(DrvDomain *domain, const DomDisk *before, const char *file, DomDiskFormat format)
{
    g_autoptr(DomDef) next = NULL;
    {
        DRV_DOMAIN_LOCKED(domain);
        edit_disk(domain->def, before, file, format);
        next = domain->next ? dom_def_copy(domain->next) : NULL;
    }
    return next && edit_disk(next, before, file, format) ? g_steal_pointer(&next) : NULL;
}

void
drv_books_move(DrvDriver *driver, DrvDomain *domain, uint32_t domid, const DomDisk *before,
               const char *file, DomDiskFormat format)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) next = next_def(domain, before, file, format);
    drv_note_running(driver, domain);
    if (next && !drv_change_store(driver, domain, g_steal_pointer(&next), &error)) {
        VIR_WARN("%s", error->message);
    }
    g_clear_error(&error);
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, &error);
    if (!xen) {
        VIR_WARN("%s", error->message);
        return;
    }
    move_record(xen, domid, before->vdev, file, format);
    drv_guest_keep_xml(xen, domain, domid);
}
