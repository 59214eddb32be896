/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods about one disk: its size, another size, what is on it, and what went wrong with it. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"
#include "storage_file/storage_source.h"

#include "driver/api.h"
#include "driver/job.h"
#include "driver/qdisk.h"
#include "driver/storage.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

static int
open_image(const DomDisk *disk, GError **error)
{
    int fd = drv_storage_is_here(disk) ? open(disk->target, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd >= 0) {
        return fd;
    }
    if (drv_storage_is_here(disk)) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("disk %s: cannot open %s: %s"), disk->vdev,
                 disk->target, g_strerror(errno));
    } else {
        drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("disk %s is no file or block device of this host"), disk->vdev);
    }
    return -1;
}

/* --- size --- */

static const virStorageFileFormat formats[] = {
    [DOM_DISK_FORMAT_QCOW] = VIR_STORAGE_FILE_QCOW,
    [DOM_DISK_FORMAT_QCOW2] = VIR_STORAGE_FILE_QCOW2,
    [DOM_DISK_FORMAT_VHD] = VIR_STORAGE_FILE_VPC,
    [DOM_DISK_FORMAT_QED] = VIR_STORAGE_FILE_QED,
};

/* The size that an image says it has; that of the file when its format has no such word. The format
 * is never guessed: what a guest writes into a raw disk would decide. */
static gboolean
read_capacity(const DomDisk *disk, int fd, guint64 physical, guint64 *ret_capacity, GError **error)
{
    *ret_capacity = physical;
    if (disk->format >= G_N_ELEMENTS(formats) || !formats[disk->format]) {
        return TRUE;
    }
    g_autoptr(virStorageSource) image =
        virStorageSourceGetMetadataFromFD(disk->target, fd, formats[disk->format]);
    if (!image) {
        return drv_fail_from_libvirt(error);
    }
    *ret_capacity = image->capacity ? image->capacity : physical;
    return TRUE;
}

static gboolean
read_info(const DomDisk *disk, int fd, virDomainBlockInfoPtr info, GError **error)
{
    struct stat found;
    guint64 capacity;
    off_t end = lseek(fd, 0, SEEK_END);
    if (end < 0 || fstat(fd, &found) < 0) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("disk %s: cannot read the size of %s: %s"), disk->vdev, disk->target,
                        g_strerror(errno));
    }
    if (!read_capacity(disk, fd, (guint64)end, &capacity, error)) {
        return FALSE;
    }
    info->capacity = capacity;
    info->physical = (guint64)end;
    info->allocation =
        S_ISREG(found.st_mode) ? (guint64)found.st_blocks * 512 : (unsigned long long)end;
    return TRUE;
}

static gboolean
look_at_file(const DomDisk *disk, virDomainBlockInfoPtr info, GError **error)
{
    int fd = open_image(disk, error);
    gboolean done = fd >= 0 && read_info(disk, fd, info, error);
    if (fd >= 0) {
        close(fd);
    }
    return done;
}

/* A network source: who has it open knows. */
static gboolean
look_at_model(const DomDisk *disk, int id, virDomainBlockInfoPtr info, GError **error)
{
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, error) : NULL;
    int place = qdisks ? drv_qdisks_find(qdisks, disk, 0) : -1;
    if (!qdisks) {
        return FALSE;
    }
    if (place < 0) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("disk %s is not served from this host"), disk->vdev);
    }
    const DrvQdisk *qdisk = g_ptr_array_index(qdisks, place);
    info->capacity = qdisk->capacity;
    info->physical = qdisk->physical;
    info->allocation = qdisk->physical;
    return TRUE;
}

int
drv_domain_get_block_info(virDomainPtr dom, const char *path, virDomainBlockInfoPtr info,
                          unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetBlockInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int id = drv_domain_running_id(domain, NULL);
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    const DomDisk *disk = drv_storage_find(def, path, &error);
    gboolean done =
        disk && (drv_storage_is_here(disk) || id < 0 ? look_at_file(disk, info, &error)
                                                     : look_at_model(disk, id, info, &error));
    return done ? 0 : drv_raise(&error);
}

/* --- another size --- */

typedef struct {
    const char *path;
    guint64 bytes;
    gboolean as_it_is; /* the size that the image has already is what is wanted */
} Resize;

/* dom0's kernel looks at the size of the device whenever the guest uses it, and tells the guest. */
static gboolean
resize_device(const DomDisk *disk, const Resize *resize, GError **error)
{
    virDomainBlockInfo info;
    if (!look_at_file(disk, &info, error)) {
        return FALSE;
    }
    g_autofree char *has = g_strdup_printf("%llu", info.physical);
    return resize->as_it_is || info.physical == resize->bytes ||
           drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("disk %s: only the host can give %s another size than its %s bytes: do that "
                      "(lvextend, for example), and the guest sees it when it next uses the disk"),
                    disk->vdev, disk->target, has);
}

static gboolean
resize_node(DrvQmp *qmp, const DrvQdisk *qdisk, guint64 bytes, GError **error)
{
    virJSONValue *arguments = NULL;
    if (virJSONValueObjectAdd(&arguments, "s:node-name", qdisk->node, "U:size",
                              (unsigned long long)bytes, NULL) < 0) {
        return drv_fail_from_libvirt(error);
    }
    return drv_qmp_tell(qmp, "block_resize", arguments, error);
}

/* @ret_served says whether the device model has the disk at all. */
static gboolean
resize_qdisk(const DomDisk *disk, int id, const Resize *resize, gboolean *ret_served,
             GError **error)
{
    int place = -1;
    *ret_served = FALSE;
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, error) : NULL;
    if (!qdisks) {
        return FALSE;
    }
    while ((place = drv_qdisks_find(qdisks, disk, (guint)(place + 1))) >= 0) {
        *ret_served = TRUE;
        if (!resize_node(qmp, g_ptr_array_index(qdisks, place), resize->bytes, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
is_served_by_kernel(const DomDisk *disk)
{
    struct stat found;
    return drv_storage_is_here(disk) && disk->backend != DOM_DISK_BACKEND_QDISK &&
           disk->format <= DOM_DISK_FORMAT_RAW && stat(disk->target, &found) == 0 &&
           S_ISBLK(found.st_mode);
}

static gboolean
resize_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Resize *resize = data;
    gboolean served;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DomDef) def = id >= 0 ? drv_domain_copy_def(domain) : NULL;
    const DomDisk *disk = def ? drv_storage_find(def, resize->path, error) : NULL;
    if (!disk) {
        return FALSE;
    }
    if (disk->readonly == DOM_TRISTATE_ON || disk->cdrom == DOM_TRISTATE_ON) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("disk %s is read-only"), disk->vdev);
    }
    if (is_served_by_kernel(disk)) {
        return resize_device(disk, resize, error);
    }
    return resize_qdisk(disk, id, resize, &served, error) &&
           (served || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                               _("disk %s is not served from this host"), disk->vdev));
}

#if LIBVIR_VERSION_NUMBER >= 10000000
#define CAPACITY VIR_DOMAIN_BLOCK_RESIZE_CAPACITY
#else
#define CAPACITY 0
#endif

int
drv_domain_block_resize(virDomainPtr dom, const char *path, unsigned long long size,
                        unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_BLOCK_RESIZE_BYTES | CAPACITY, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockResizeEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    gboolean bytes = (flags & VIR_DOMAIN_BLOCK_RESIZE_BYTES) != 0;
    if (!bytes && size > G_MAXINT64 / 1024) {
        drv_fail(&error, VIR_ERR_OVERFLOW, _("no disk has %llu KiB"), size);
        return drv_raise(&error);
    }
    Resize resize = { path, bytes ? size : size * 1024, (flags & CAPACITY) && size == 0 };
    return drv_job_run(domain, "blockresize", DRV_JOB_PATIENCE, resize_job, &resize, &error)
               ? 0
               : drv_raise(&error);
}

/* --- what is on it --- */

static gboolean
read_all(const DomDisk *disk, int fd, char *buffer, size_t size, off_t offset, GError **error)
{
    while (size > 0) {
        ssize_t n = pread(fd, buffer, size, offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("disk %s: cannot read %s: %s"),
                            disk->vdev, disk->target,
                            n < 0 ? g_strerror(errno) : _("it ends before"));
        }
        buffer += n;
        offset += n;
        size -= (size_t)n;
    }
    return TRUE;
}

int
drv_domain_block_peek(virDomainPtr dom, const char *path, unsigned long long offset, size_t size,
                      void *buffer, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockPeekEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    const DomDisk *disk = drv_storage_find(def, path, &error);
    if (disk && disk->format > DOM_DISK_FORMAT_RAW) {
        drv_fail(&error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("disk %s is an image of format %s: only raw disks can be looked into"),
                 disk->vdev, dom_enum_name(&dom_disk_format_names, disk->format));
        return drv_raise(&error);
    }
    int fd = disk ? open_image(disk, &error) : -1;
    gboolean done = fd >= 0 && read_all(disk, fd, buffer, size, (off_t)offset, &error);
    if (fd >= 0) {
        close(fd);
    }
    return done ? 0 : drv_raise(&error);
}

/* --- what went wrong --- */

/* QEMU's word; those that it does not watch are well. */
static int
error_of(const DrvQdisk *qdisk)
{
    if (g_strcmp0(qdisk->status, "nospace") == 0) {
        return VIR_DOMAIN_DISK_ERROR_NO_SPACE;
    }
    return g_strcmp0(qdisk->status, "failed") == 0 ? VIR_DOMAIN_DISK_ERROR_UNSPEC
                                                   : VIR_DOMAIN_DISK_ERROR_NONE;
}

static int
worst_error(const GPtrArray *qdisks, const DomDisk *disk)
{
    int worst = VIR_DOMAIN_DISK_ERROR_NONE;
    int place = -1;
    while ((place = drv_qdisks_find(qdisks, disk, (guint)(place + 1))) >= 0) {
        worst = MAX(worst, error_of(g_ptr_array_index(qdisks, place)));
    }
    return worst;
}

/* The disks with an error, of @def's; how many there are. */
static int
take_errors(const DomDef *def, const GPtrArray *qdisks, virDomainDiskErrorPtr errors,
            unsigned int room)
{
    unsigned int n = 0;
    for (guint i = 0; i < def->disks->len && n < room; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        int worst = worst_error(qdisks, disk);
        if (worst != VIR_DOMAIN_DISK_ERROR_NONE) {
            errors[n].disk = g_strdup(disk->vdev);
            errors[n++].error = worst;
        }
    }
    return (int)n;
}

/* Without room, how much would be enough. A guest without device model has no disk that somebody
 * watches. */
int
drv_domain_get_disk_errors(virDomainPtr dom, virDomainDiskErrorPtr errors, unsigned int room,
                           unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetDiskErrorsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int id = drv_domain_running_id(domain, &error);
    if (id < 0) {
        return drv_raise(&error);
    }
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    if (!errors) {
        return (int)def->disks->len;
    }
    if (!drv_qmp_is_there(id)) {
        return 0;
    }
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, &error);
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, &error) : NULL;
    return qdisks ? take_errors(def, qdisks, errors, room) : drv_raise(&error);
}
