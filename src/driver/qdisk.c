/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "conf/disk_number.h"
#include "driver/error.h"
#include "driver/json.h"
#include "driver/qdisk.h"
#include "driver/text.h"

static void
qimage_free(gpointer data)
{
    DrvQimage *image = data;
    g_free(image->file);
    g_free(image->format);
    g_free(image);
}

static void
qdisk_free(gpointer data)
{
    DrvQdisk *qdisk = data;
    g_ptr_array_unref(qdisk->chain);
    g_free(qdisk->node);
    g_free(qdisk->drive);
    g_free(qdisk->vdev);
    g_free(qdisk->file);
    g_free(qdisk->status);
    g_free(qdisk);
}

static char *
text(virJSONValue *object, const char *key)
{
    return g_strdup(virJSONValueObjectGetString(object, key));
}

/* (transfer full) */
static GPtrArray *
read_chain(virJSONValue *image)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func(qimage_free);
    for (; image; image = virJSONValueObjectGetObject(image, "backing-image")) {
        DrvQimage *item = g_new0(DrvQimage, 1);
        item->file = text(image, "filename");
        item->format = text(image, "format");
        g_ptr_array_add(chain, item);
    }
    return chain;
}

/* An item of query-block; NULL for a drive without a medium. */
static DrvQdisk *
make_qdisk(virJSONValue *item)
{
    virJSONValue *medium = virJSONValueObjectGetObject(item, "inserted");
    virJSONValue *image = medium ? virJSONValueObjectGetObject(medium, "image") : NULL;
    if (!medium) {
        return NULL;
    }
    DrvQdisk *qdisk = g_new0(DrvQdisk, 1);
    qdisk->node = text(medium, "node-name");
    qdisk->drive = text(item, "device");
    qdisk->is_path = !qdisk->drive || !*qdisk->drive;
    if (qdisk->is_path) {
        g_free(qdisk->drive);
        qdisk->drive = text(item, "qdev");
    }
    qdisk->file = text(medium, "file");
    qdisk->status = text(item, "io-status");
    qdisk->chain = read_chain(image);
    qdisk->capacity = drv_json_number(image, "virtual-size");
    qdisk->physical = drv_json_number(image, "actual-size");
    return qdisk;
}

static const struct {
    const char *key;
    gsize offset;
} count_rows[] = {
    { "rd_operations", G_STRUCT_OFFSET(DrvDiskCounts, read_requests) },
    { "rd_bytes", G_STRUCT_OFFSET(DrvDiskCounts, read_bytes) },
    { "wr_operations", G_STRUCT_OFFSET(DrvDiskCounts, write_requests) },
    { "wr_bytes", G_STRUCT_OFFSET(DrvDiskCounts, write_bytes) },
    { "flush_operations", G_STRUCT_OFFSET(DrvDiskCounts, flush_requests) },
    { "rd_total_time_ns", G_STRUCT_OFFSET(DrvDiskCounts, read_time) },
    { "wr_total_time_ns", G_STRUCT_OFFSET(DrvDiskCounts, write_time) },
    { "flush_total_time_ns", G_STRUCT_OFFSET(DrvDiskCounts, flush_time) },
};

/* An item of query-blockstats is about the drive at the node of its name. */
static void
take_counts(GPtrArray *qdisks, virJSONValue *item)
{
    const char *node = virJSONValueObjectGetString(item, "node-name");
    virJSONValue *stats = virJSONValueObjectGetObject(item, "stats");
    for (guint i = 0; stats && i < qdisks->len; i++) {
        DrvQdisk *qdisk = g_ptr_array_index(qdisks, i);
        if (g_strcmp0(node, qdisk->node) != 0) {
            continue;
        }
        for (gsize k = 0; k < G_N_ELEMENTS(count_rows); k++) {
            *(guint64 *)((char *)&qdisk->counts + count_rows[k].offset) =
                drv_json_number(stats, count_rows[k].key);
        }
    }
}

/* QEMU names a disk by its partition, too, "xvda0" for the whole (transfer full). */
static char *
whole_disk(const char *vdev)
{
    gsize length = vdev ? strlen(vdev) : 0;
    gboolean whole = length > 1 && vdev[length - 1] == '0' && g_ascii_isalpha(vdev[length - 2]);
    return vdev ? g_strndup(vdev, whole ? length - 1 : length) : NULL;
}

/* A node that a block job has put in the place of the first one need not be named by the disk; its
 * device is asked, which an emulated disk's cannot answer. */
static void
ask_device(DrvQmp *qmp, DrvQdisk *qdisk)
{
    virJSONValue *arguments = NULL;
    if (!qdisk->is_path || !qdisk->drive || !qdisk->node || qdisk->node[0] != '#') {
        return;
    }
    virJSONValueObjectAdd(&arguments, "s:path", qdisk->drive, "s:property", "vdev", NULL);
    g_autoptr(virJSONValue) said = drv_qmp_ask(qmp, "qom-get", arguments, NULL);
    qdisk->vdev = said ? whole_disk(virJSONValueGetString(said)) : NULL;
}

GPtrArray *
drv_qdisks_read(DrvQmp *qmp, GError **error)
{
    g_autoptr(virJSONValue) blocks = drv_qmp_ask_list(qmp, "query-block", error);
    g_autoptr(virJSONValue) stats =
        blocks ? drv_qmp_ask_list(qmp, "query-blockstats", error) : NULL;
    if (!stats) {
        return NULL;
    }
    GPtrArray *qdisks = g_ptr_array_new_with_free_func(qdisk_free);
    for (gsize i = 0; i < virJSONValueArraySize(blocks); i++) {
        DrvQdisk *qdisk = make_qdisk(virJSONValueArrayGet(blocks, i));
        if (qdisk) {
            ask_device(qmp, qdisk);
            g_ptr_array_add(qdisks, qdisk);
        }
    }
    for (gsize i = 0; i < virJSONValueArraySize(stats); i++) {
        take_counts(qdisks, virJSONValueArrayGet(stats, i));
    }
    return qdisks;
}

/* Whether a node of QEMU's Xen backend is the disk's: it is named "xvda-qcow2", by what QEMU makes
 * of the disk's number. */
static gboolean
is_node_of(const char *node, guint devid)
{
    g_autofree char *name = node ? g_strndup(node, strcspn(node, "-")) : NULL;
    guint number;
    return name && dom_disk_number(name, &number) && number == devid;
}

gboolean
drv_qdisk_is_pv(const DrvQdisk *qdisk, const DomDisk *disk)
{
    guint devid;
    return disk->vdev && dom_disk_number(disk->vdev, &devid) &&
           (is_node_of(qdisk->node, devid) || is_node_of(qdisk->vdev, devid));
}

/* libxl names the drive of a CD-ROM "ide-5632"; other emulated disks have names by their place, but
 * the file tells. */
gboolean
drv_qdisk_belongs(const DrvQdisk *qdisk, const DomDisk *disk)
{
    guint devid;
    if (!disk->vdev || !dom_disk_number(disk->vdev, &devid)) {
        return FALSE;
    }
    g_autofree char *drive = g_strdup_printf("ide-%u", devid);
    return is_node_of(qdisk->node, devid) || is_node_of(qdisk->vdev, devid) ||
           (!qdisk->is_path &&
            (g_str_equal(qdisk->drive, drive) || g_strcmp0(qdisk->file, disk->target) == 0));
}

int
drv_qdisks_find(const GPtrArray *qdisks, const DomDisk *disk, guint place)
{
    for (guint i = place; i < qdisks->len; i++) {
        if (drv_qdisk_belongs(g_ptr_array_index(qdisks, i), disk)) {
            return (int)i;
        }
    }
    return -1;
}

const DomDisk *
drv_qdisk_owner(const DrvQdisk *qdisk, const GPtrArray *disks)
{
    for (guint i = 0; i < disks->len; i++) {
        if (drv_qdisk_belongs(qdisk, g_ptr_array_index(disks, i))) {
            return g_ptr_array_index(disks, i);
        }
    }
    return NULL;
}

virJSONValue *
drv_qdisk_argument(const DrvQdisk *qdisk)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, qdisk->is_path ? "s:id" : "s:device", qdisk->drive, NULL);
    return arguments;
}

static const char *const format_names[] = {
    [DOM_DISK_FORMAT_RAW] = "raw",     [DOM_DISK_FORMAT_QCOW] = "qcow",
    [DOM_DISK_FORMAT_QCOW2] = "qcow2", [DOM_DISK_FORMAT_VHD] = "vpc",
    [DOM_DISK_FORMAT_QED] = "qed",
};

const char *
drv_qdisk_format_name(DomDiskFormat format)
{
    return format < G_N_ELEMENTS(format_names) ? format_names[format] : NULL;
}

DomDiskFormat
drv_qdisk_format(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(format_names); i++) {
        if (name && g_strcmp0(format_names[i], name) == 0) {
            return (DomDiskFormat)i;
        }
    }
    return DOM_DISK_FORMAT_ABSENT;
}
