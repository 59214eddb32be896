/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "virerror.h"

#include "driver/error.h"
#include "driver/storage.h"
#include "driver/text.h"

#define SECTOR 512

/* How an image of a format begins, or ends. */
typedef struct {
    DomDiskFormat format;
    const char *magic;
    gsize length;
    gboolean last_sector; /* there too: a fixed VHD has its data first */
} Magic;

static const Magic magics[] = {
    { DOM_DISK_FORMAT_QCOW, "QFI\xfb", 4, FALSE },
    { DOM_DISK_FORMAT_QCOW2, "QFI\xfb", 4, FALSE },
    { DOM_DISK_FORMAT_VHD, "conectix", 8, TRUE },
    { DOM_DISK_FORMAT_QED, "QED\0", 4, FALSE },
};

gboolean
drv_storage_is_here(const DomDisk *disk)
{
    gboolean here = !disk->backend_domain || g_str_equal(disk->backend_domain, "0") ||
                    g_str_equal(disk->backend_domain, "Domain-0");
    return here && !disk->script && disk->target && disk->target[0] == '/';
}

/* Whether a file of this machine's is what QEMU opens. */
static gboolean
is_for_qemu(const DomDisk *disk)
{
    gboolean qemu = disk->backend == DOM_DISK_BACKEND_QDISK ||
                    (disk->backend == DOM_DISK_BACKEND_ABSENT &&
                     disk->format > DOM_DISK_FORMAT_RAW && disk->format < DOM_DISK_FORMAT_EMPTY);
    return qemu && drv_storage_is_here(disk);
}

static gboolean
begins_at(int fd, off_t place, const Magic *magic)
{
    char found[8];
    return place >= 0 && pread(fd, found, magic->length, place) == (ssize_t)magic->length &&
           memcmp(found, magic->magic, magic->length) == 0;
}

static gboolean
check_format(const DomDisk *disk, int fd, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
        const Magic *magic = &magics[i];
        if (magic->format != disk->format || begins_at(fd, 0, magic) ||
            (magic->last_sector && begins_at(fd, lseek(fd, 0, SEEK_END) - SECTOR, magic))) {
            continue;
        }
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("disk %s: %s is no %s image: name the format that it has"), disk->vdev,
                        disk->target, dom_enum_name(&dom_disk_format_names, disk->format));
    }
    return TRUE;
}

static gboolean
check_disk(const DomDisk *disk, GError **error)
{
    int fd = open(disk->target, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    /* libxl looks whether there is one, unless it is told who serves it, and names it */
    if (fd < 0 && errno == ENOENT && disk->backend == DOM_DISK_BACKEND_ABSENT) {
        return TRUE;
    }
    if (fd < 0) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("disk %s: cannot open %s: %s"),
                        disk->vdev, disk->target, g_strerror(errno));
    }
    gboolean right = check_format(disk, fd, error);
    close(fd);
    return right;
}

/* What XML has of disks that are none of Xen's is kept as it is. An empty drive is nothing to miss.
 */
static const char *
unserved_disk(const DomRest *rest)
{
    for (guint i = 0; rest->items && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);
        if (dom_rest_is_element(item, "devices", "disk") && strstr(item->text, "<source")) {
            return item->text;
        }
    }
    return NULL;
}

/* libxl gives a guest the page and interrupt of a virtio disk on Arm; on x86 it makes a disk that no
 * guest can find. */
static gboolean
check_specification(const DomDisk *disk, GError **error)
{
#if defined(__x86_64__) || defined(__i386__)
    if (disk->specification == DOM_DISK_SPECIFICATION_VIRTIO) {
        return drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                        _("disk %s: Xen serves virtio disks on Arm alone; say bus='xen' here "
                          "(specification=xen in xl.cfg)"),
                        disk->vdev);
    }
#endif
    return TRUE;
}

gboolean
drv_storage_check(const DomDef *def, GError **error)
{
    const char *unserved = unserved_disk(&def->metadata.rest);
    if (unserved) {
        return drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                        _("Xen cannot serve this disk: take it out, or put it on a file, a block "
                          "device or a network source that QEMU knows: %s"),
                        unserved);
    }
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        if (!check_specification(disk, error) || (is_for_qemu(disk) && !check_disk(disk, error))) {
            return FALSE;
        }
    }
    return TRUE;
}

static DomDisk *
find_disk(const DomDef *def, const char *vdev, const char *target)
{
    for (guint i = 0; i < def->disks->len; i++) {
        DomDisk *disk = g_ptr_array_index(def->disks, i);
        if (g_strcmp0(disk->vdev, vdev) == 0 || (target && g_strcmp0(disk->target, target) == 0)) {
            return disk;
        }
    }
    return NULL;
}

DomDisk *
drv_storage_by_vdev(const DomDef *def, const char *vdev)
{
    return find_disk(def, vdev, NULL);
}

DomDisk *
drv_storage_find(const DomDef *def, const char *path, GError **error)
{
    DomDisk *disk = find_disk(def, path, path);
    if (!disk) {
        drv_fail(error, VIR_ERR_INVALID_ARG, _("domain '%s' has no disk '%s'"), def->general.name,
                 path);
    }
    return disk;
}
