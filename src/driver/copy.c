/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that copy a disk while the guest uses it, to go on with the copy or to keep it. */

#include <errno.h>
#include <libxml/parser.h>
#include <string.h>
#include <sys/stat.h>

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/blockjob.h"
#include "driver/books.h"
#include "driver/device.h"
#include "driver/storage.h"
#include "driver/stream.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    DrvDriver *driver;
    char *file; /* owned */
    DomDiskFormat format;
    gboolean device;  /* the client says that it is a block device */
    gboolean reuse;   /* it is there, and is to be used as it is */
    gboolean shallow; /* the images behind the disk stay behind the copy */
    gboolean synchronous;
    guint64 speed;     /* bytes/s; 0: as fast as it can */
    guint granularity; /* bytes; 0: QEMU chooses, and below */
    guint64 buffer;    /* bytes */
} Copy;

static void
copy_clear(Copy *copy)
{
    g_free(copy->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

static gboolean
check_not_used(const Copy *copy, const DomDef *def, GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        if (g_strcmp0(disk->target, copy->file) == 0) {
            return drv_fail(error, VIR_ERR_INVALID_ARG, _("%s is disk %s of the guest itself"),
                            copy->file, disk->vdev);
        }
    }
    return TRUE;
}

/*
 * A file that has something in it is not overwritten unless the client says that it is for this. A
 * block device is to be there; nothing is made on it when the copy is raw. Whatever else can be
 * wrong with it, QEMU says.
 */
static gboolean
check_file(Copy *copy, GError **error)
{
    struct stat found;
    gboolean there = stat(copy->file, &found) == 0;
    gboolean device = there && S_ISBLK(found.st_mode);
    if (!there && (errno != ENOENT || copy->reuse || copy->device)) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot copy to %s: %s"), copy->file,
                        g_strerror(errno));
    }
    if (copy->device && !device) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("%s is no block device"), copy->file);
    }
    if (there && !device && !copy->reuse && found.st_size > 0) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("%s is there already and not empty: remove it, or say that it is to be "
                          "used (--reuse-external)"),
                        copy->file);
    }
    copy->reuse |= device && copy->format == DOM_DISK_FORMAT_RAW;
    return TRUE;
}

static gboolean
check_copy(Copy *copy, const DomDef *def, const DomDisk *disk, const DrvQdisk *qdisk,
           GError **error)
{
    if (copy->file[0] != '/') {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("'%s' is no absolute path of a file or block device"), copy->file);
    }
    if (copy->format == DOM_DISK_FORMAT_ABSENT) {
        copy->format = disk->format == DOM_DISK_FORMAT_ABSENT ? DOM_DISK_FORMAT_RAW : disk->format;
    }
    copy->shallow &= qdisk->chain->len > 1;
    if (copy->shallow && copy->format == DOM_DISK_FORMAT_RAW && !copy->reuse) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("a raw copy cannot have the images behind disk %s behind it: copy all "
                          "(without --shallow), or to qcow2"),
                        disk->vdev);
    }
    return check_not_used(copy, def, error) && check_file(copy, error);
}

/* The name of QEMU's that the copy has: the disk's, and not that of the copy before. (transfer
 * full) */
static char *
make_node_name(const DrvQdisk *qdisk)
{
    const char *now = qdisk->vdev ? qdisk->vdev : qdisk->node;
    g_autofree char *vdev = g_strndup(now, strcspn(now, "-"));
    g_autofree char *first = g_strconcat(vdev, "-copy-1", NULL);
    return g_str_equal(first, qdisk->node) ? g_strconcat(vdev, "-copy-2", NULL)
                                           : g_steal_pointer(&first);
}

static gboolean
begin_copy(DrvQmp *qmp, const DomDef *def, const DomDisk *disk, const DrvQdisk *qdisk,
           virJSONValue *arguments, gpointer data, GError **error)
{
    Copy *copy = data;
    g_autoptr(virJSONValue) owned = arguments;
    if (!check_copy(copy, def, disk, qdisk, error) ||
        !drv_books_promise(copy->driver, def->live.id, disk->vdev, copy->file, copy->format,
                           error)) {
        return FALSE;
    }
    g_autofree char *node = make_node_name(qdisk);
    virJSONValueObjectAdd(
        &owned, "s:node-name", node, "s:target", copy->file, "s:format",
        drv_qdisk_format_name(copy->format), "s:sync", copy->shallow ? "top" : "full", "s:mode",
        copy->reuse ? "existing" : "absolute-paths", "P:speed", (unsigned long long)copy->speed,
        "p:granularity", copy->granularity, "P:buf-size", (unsigned long long)copy->buffer,
        "S:copy-mode", copy->synchronous ? "write-blocking" : NULL, NULL);
    return drv_qmp_tell(qmp, "drive-mirror", g_steal_pointer(&owned), error);
}

static const DrvBlockjobKind kind_copy = { VIR_DOMAIN_BLOCK_JOB_TYPE_COPY, begin_copy };

static int
start(virDomainPtr dom, DrvDomain *domain, const char *path, Copy *copy)
{
    g_autoptr(GError) error = NULL;
    copy->driver = drv_driver_of(dom->conn);
    return drv_blockjob_start(copy->driver, domain, path, &kind_copy, copy, &error)
               ? 0
               : drv_raise(&error);
}

int
drv_domain_block_rebase(virDomainPtr dom, const char *path, const char *base,
                        unsigned long bandwidth, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Copy) copy = { .file = g_strdup(base) };
    virCheckFlags(VIR_DOMAIN_BLOCK_REBASE_SHALLOW | VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT |
                      VIR_DOMAIN_BLOCK_REBASE_COPY | VIR_DOMAIN_BLOCK_REBASE_COPY_RAW |
                      VIR_DOMAIN_BLOCK_REBASE_COPY_DEV | VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockRebaseEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    gboolean bytes = (flags & VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES) != 0;
    if (!(flags & VIR_DOMAIN_BLOCK_REBASE_COPY)) {
        return drv_stream_pull(dom, domain, path, base, bandwidth, bytes);
    }
    copy.device = (flags & VIR_DOMAIN_BLOCK_REBASE_COPY_DEV) != 0;
    copy.reuse = (flags & VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT) != 0;
    copy.shallow = (flags & VIR_DOMAIN_BLOCK_REBASE_SHALLOW) != 0;
    copy.format =
        flags & VIR_DOMAIN_BLOCK_REBASE_COPY_RAW ? DOM_DISK_FORMAT_RAW : DOM_DISK_FORMAT_ABSENT;
    return drv_blockjob_speed(bandwidth, bytes, &copy.speed, &error)
               ? start(dom, domain, path, &copy)
               : drv_raise(&error);
}

/* A destination is described like a disk, which no guest has yet: it needs no name, and gets one to
 * be read. (transfer full) */
static char *
give_name(const char *xml)
{
    g_autoptr(xmlDoc) doc =
        xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    xmlNodePtr child = root ? root->children : NULL;
    while (child && !xmlStrEqual(child->name, BAD_CAST "target")) {
        child = child->next;
    }
    if (!root || child) {
        return g_strdup(xml);
    }
    xmlSetProp(xmlNewChild(root, NULL, BAD_CAST "target", NULL), BAD_CAST "dev", BAD_CAST "xvda");
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlNodeDump(buffer, doc, root, 0, 0);
    char *named = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return named;
}

/* What a client describes as a disk. */
static gboolean
read_destination(DrvDomain *domain, const char *xml, Copy *copy, GError **error)
{
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    g_autofree char *named = give_name(xml);
    g_autoptr(DomDef) guest = drv_device_guest(def, named, error);
    const DomDisk *disk =
        guest && guest->disks->len == 1 ? g_ptr_array_index(guest->disks, 0) : NULL;
    if (!guest) {
        return FALSE;
    }
    if (!disk || !drv_storage_is_here(disk)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("a disk is copied to a file or block device of this host: expected "
                          "<disk> with a <source> that names it"));
    }
    copy->file = g_strdup(disk->target);
    copy->format = disk->format;
    copy->device =
        disk->source == DOM_DISK_SOURCE_BLOCK ||
        (disk->source == DOM_DISK_SOURCE_ABSENT && g_str_has_prefix(disk->target, "/dev/"));
    return TRUE;
}

static gboolean
read_params(virTypedParameterPtr params, int n, Copy *copy, GError **error)
{
    unsigned long long speed = 0, buffer = 0;
    if (virTypedParamsValidate(params, n, VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, VIR_TYPED_PARAM_ULLONG,
                               VIR_DOMAIN_BLOCK_COPY_GRANULARITY, VIR_TYPED_PARAM_UINT,
                               VIR_DOMAIN_BLOCK_COPY_BUF_SIZE, VIR_TYPED_PARAM_ULLONG, NULL) < 0 ||
        virTypedParamsGetULLong(params, n, VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, &speed) < 0 ||
        virTypedParamsGetUInt(params, n, VIR_DOMAIN_BLOCK_COPY_GRANULARITY, &copy->granularity) <
            0 ||
        virTypedParamsGetULLong(params, n, VIR_DOMAIN_BLOCK_COPY_BUF_SIZE, &buffer) < 0) {
        return drv_fail_from_libvirt(error);
    }
    copy->buffer = buffer;
    if (copy->granularity & (copy->granularity - 1)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("a granularity of %u: expected a power of 2"),
                        copy->granularity);
    }
    return drv_blockjob_speed(speed, TRUE, &copy->speed, error);
}

int
drv_domain_block_copy(virDomainPtr dom, const char *path, const char *xml,
                      virTypedParameterPtr params, int n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Copy) copy = { 0 };
    /* each job is as good as a transient one: it does not outlive the guest's QEMU */
    virCheckFlags(VIR_DOMAIN_BLOCK_COPY_SHALLOW | VIR_DOMAIN_BLOCK_COPY_REUSE_EXT |
                      VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB |
                      VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockCopyEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    copy.reuse = (flags & VIR_DOMAIN_BLOCK_COPY_REUSE_EXT) != 0;
    copy.shallow = (flags & VIR_DOMAIN_BLOCK_COPY_SHALLOW) != 0;
    copy.synchronous = (flags & VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES) != 0;
    return read_params(params, n_params, &copy, &error) &&
                   read_destination(domain, xml, &copy, &error)
               ? start(dom, domain, path, &copy)
               : drv_raise(&error);
}
