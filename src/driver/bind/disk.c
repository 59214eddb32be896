/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

static const int format_values[] = {
    [DOM_DISK_FORMAT_RAW] = LIBXL_DISK_FORMAT_RAW,
    [DOM_DISK_FORMAT_QCOW] = LIBXL_DISK_FORMAT_QCOW,
    [DOM_DISK_FORMAT_QCOW2] = LIBXL_DISK_FORMAT_QCOW2,
    [DOM_DISK_FORMAT_VHD] = LIBXL_DISK_FORMAT_VHD,
    [DOM_DISK_FORMAT_QED] = LIBXL_DISK_FORMAT_QED,
    [DOM_DISK_FORMAT_EMPTY] = LIBXL_DISK_FORMAT_EMPTY,
};
static const BindValues formats = BIND_VALUES(format_values, DOM_DISK_FORMAT_LAST);

static const int backend_values[] = {
    [DOM_DISK_BACKEND_PHY] = LIBXL_DISK_BACKEND_PHY,
    [DOM_DISK_BACKEND_TAP] = LIBXL_DISK_BACKEND_TAP,
    [DOM_DISK_BACKEND_QDISK] = LIBXL_DISK_BACKEND_QDISK,
    [DOM_DISK_BACKEND_STANDALONE] = LIBXL_DISK_BACKEND_STANDALONE,
};
static const BindValues backends = BIND_VALUES(backend_values, DOM_DISK_BACKEND_LAST);

static const int specification_values[] = {
    [DOM_DISK_SPECIFICATION_XEN] = LIBXL_DISK_SPECIFICATION_XEN,
    [DOM_DISK_SPECIFICATION_VIRTIO] = LIBXL_DISK_SPECIFICATION_VIRTIO,
};
static const BindValues specifications =
    BIND_VALUES(specification_values, DOM_DISK_SPECIFICATION_LAST);

#define STRING(path, place)  BIND_DEVICE_STRING(DomDisk, path, libxl_device_disk, place)
#define DEFBOOL(path, place) BIND_DEVICE_DEFBOOL(DomDisk, path, libxl_device_disk, place)
#define FLAG(path, place)    BIND_DEVICE_FLAG(DomDisk, path, libxl_device_disk, place)

static const BindRow rows[] = {
    STRING(target, pdev_path),
    BIND_DEVICE_ENUM(DomDisk, format, DomDiskFormat, libxl_device_disk, format, &formats),
    STRING(vdev, vdev),
    FLAG(cdrom, is_cdrom),
    BIND_DEVICE_ENUM(DomDisk, backend, DomDiskBackend, libxl_device_disk, backend, &backends),
    STRING(backend_domain, backend_domname),
    STRING(script, script),
    FLAG(direct_io_safe, direct_io_safe),
    DEFBOOL(discard, discard_enable),
    DEFBOOL(trusted, trusted),
#ifdef BIND_HAVE_DISK_GRANT_USAGE
    DEFBOOL(grant_usage, grant_usage),
#endif
    BIND_DEVICE_ENUM(DomDisk, specification, DomDiskSpecification, libxl_device_disk, specification,
                     &specifications),
    DEFBOOL(colo, colo_enable),
    STRING(colo_host, colo_host),
    BIND_DEVICE_INT(DomDisk, colo_port, libxl_device_disk, colo_port),
    STRING(colo_export, colo_export),
    STRING(active_disk, active_disk),
    STRING(hidden_disk, hidden_disk),
};

static gboolean
is_empty_drive(const DomDisk *disk)
{
    return disk->cdrom == DOM_TRISTATE_ON && (disk->target == NULL || disk->target[0] == '\0');
}

/* xlu_disk_parse's rules for what the words of a disk spec imply. */
static gboolean
apply(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomDisk *disk = record;
    libxl_device_disk *target = device;
    gboolean cdrom = disk->cdrom == DOM_TRISTATE_ON;

#ifndef BIND_HAVE_DISK_GRANT_USAGE
    if (disk->grant_usage != DOM_TRISTATE_ABSENT) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                    _("disk %s: this version of Xen does not know grant_usage; leave it out"),
                    disk->vdev);
        return FALSE;
    }
#endif
    target->removable = cdrom;
    target->readwrite = !cdrom && disk->readonly != DOM_TRISTATE_ON;
    if (is_empty_drive(disk))
        target->format = LIBXL_DISK_FORMAT_EMPTY;
    else if (disk->format == DOM_DISK_FORMAT_ABSENT)
        target->format = LIBXL_DISK_FORMAT_RAW;
    return TRUE;
}

static void
read_device(gconstpointer device, gpointer record)
{
    const libxl_device_disk *from = device;
    DomDisk *disk = record;

    if (!from->is_cdrom && !from->readwrite)
        disk->readonly = DOM_TRISTATE_ON;
    if (disk->format == DOM_DISK_FORMAT_RAW ||
        (is_empty_drive(disk) && disk->format == DOM_DISK_FORMAT_EMPTY))
        disk->format = DOM_DISK_FORMAT_ABSENT;
}

BIND_DEVICE_TYPE(libxl_device_disk);

static const BindList disks = {
    BIND_LIST_OF(disks, disks, libxl_device_disk),
    .record = &dom_disk_record,
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_device,
};

static const BindList *const lists[] = { &disks, NULL };

const BindTopic bind_topic_disk = { .name = "disk", .lists = lists };
