/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that move what is in one image of a disk into another. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/blockjob.h"
#include "driver/books.h"
#include "driver/storage.h"
#include "driver/stream.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    const char *base; /* the image that stays; NULL: none does */
    guint64 speed;    /* bytes/s; 0: as fast as it can */
} Pull;

/* The place of @file among the images of the disk; -1 with @error. */
static int
find_image(const DrvQdisk *qdisk, const DomDisk *disk, const char *file, GError **error)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < qdisk->chain->len; i++) {
        const DrvQimage *image = g_ptr_array_index(qdisk->chain, i);
        if (g_strcmp0(image->file, file) == 0) {
            return (int)i;
        }
        g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", image->file);
    }
    drv_fail(error, VIR_ERR_INVALID_ARG, _("disk %s is not on %s: expected one of %s"), disk->vdev,
             file, all->str);
    return -1;
}

static gboolean
begin_pull(DrvQmp *qmp, const DomDef *def, const DomDisk *disk, const DrvQdisk *qdisk,
           virJSONValue *arguments, gpointer data, GError **error)
{
    const Pull *pull = data;
    g_autoptr(virJSONValue) owned = arguments;
    if (pull->base && find_image(qdisk, disk, pull->base, error) < 0) {
        return FALSE;
    }
    virJSONValueObjectAdd(&owned, "S:base", pull->base, "P:speed", (unsigned long long)pull->speed,
                          NULL);
    return drv_qmp_tell(qmp, "block-stream", g_steal_pointer(&owned), error);
}

static const DrvBlockjobKind kind_pull = { VIR_DOMAIN_BLOCK_JOB_TYPE_PULL, begin_pull };

int
drv_stream_pull(virDomainPtr dom, DrvDomain *domain, const char *path, const char *base,
                unsigned long bandwidth, gboolean bytes)
{
    g_autoptr(GError) error = NULL;
    Pull pull = { .base = base };
    return drv_blockjob_speed(bandwidth, bytes, &pull.speed, &error) &&
                   drv_blockjob_start(drv_driver_of(dom->conn), domain, path, &kind_pull, &pull,
                                      &error)
               ? 0
               : drv_raise(&error);
}

int
drv_domain_block_pull(virDomainPtr dom, const char *path, unsigned long bandwidth,
                      unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockPullEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return drv_stream_pull(dom, domain, path, NULL, bandwidth,
                           (flags & VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES) != 0);
}

/* --- down --- */

typedef struct {
    DrvDriver *driver;
    const char *top;  /* what it is that goes down; NULL: what the guest writes to */
    const char *base; /* where it goes; NULL: as far as there is an image, or to the next */
    guint64 speed;    /* bytes/s; 0: as fast as it can */
    gboolean active;  /* the guest is to go on with base */
    gboolean next;    /* from top to the image right behind it */
} Commit;

/* The place of base. The images between the two go down, too. */
static int
find_base(const Commit *commit, const DrvQdisk *qdisk, const DomDisk *disk, int top, GError **error)
{
    int last = (int)qdisk->chain->len - 1;
    int base = commit->base   ? find_image(qdisk, disk, commit->base, error)
               : commit->next ? top + 1
                              : last;
    if (base < 0) {
        return -1;
    }
    if (base <= top || base > last || (commit->next && base != top + 1)) {
        const DrvQimage *image = g_ptr_array_index(qdisk->chain, top);
        drv_fail(error, VIR_ERR_INVALID_ARG,
                 commit->next ? _("disk %s: the image right behind %s is not %s")
                              : _("disk %s: behind %s there is no %s"),
                 disk->vdev, image->file, commit->base ? commit->base : _("other image"));
        return -1;
    }
    return base;
}

/* The guest may go on with it: then libxl has to know its format. */
static gboolean
promise_base(const Commit *commit, const DrvQimage *base, int id, const DomDisk *disk,
             GError **error)
{
    DomDiskFormat format = drv_qdisk_format(base->format);
    if (!commit->active || format != DOM_DISK_FORMAT_ABSENT) {
        return !commit->active ||
               drv_books_promise(commit->driver, id, disk->vdev, base->file, format, error);
    }
    return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("disk %s: %s has the format %s, which Xen has no word for: the guest could "
                      "not go on with it"),
                    disk->vdev, base->file, base->format);
}

static gboolean
begin_commit(DrvQmp *qmp, const DomDef *def, const DomDisk *disk, const DrvQdisk *qdisk,
             virJSONValue *arguments, gpointer data, GError **error)
{
    const Commit *commit = data;
    g_autoptr(virJSONValue) owned = arguments;
    int top = commit->active ? 0 : find_image(qdisk, disk, commit->top, error);
    int base = top >= 0 ? find_base(commit, qdisk, disk, top, error) : -1;
    const DrvQimage *image = base >= 0 ? g_ptr_array_index(qdisk->chain, base) : NULL;
    if (!image || !promise_base(commit, image, def->live.id, disk, error)) {
        return FALSE;
    }
    virJSONValueObjectAdd(&owned, "s:base", image->file, "S:top",
                          commit->active ? NULL : commit->top, "P:speed",
                          (unsigned long long)commit->speed, NULL);
    return drv_qmp_tell(qmp, "block-commit", g_steal_pointer(&owned), error);
}

static const DrvBlockjobKind kind_commit = { VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT, begin_commit };
static const DrvBlockjobKind kind_active = { VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT,
                                             begin_commit };

/* Whether it is about the image that the guest writes to, which a client has to know: the job does
 * not end by itself then. */
static gboolean
check_active(DrvDomain *domain, const char *path, unsigned int flags, Commit *commit,
             GError **error)
{
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    const DomDisk *disk = drv_storage_find(def, path, error);
    if (!disk) {
        return FALSE;
    }
    commit->active = !commit->top || g_strcmp0(commit->top, disk->target) == 0;
    return !commit->active || (flags & VIR_DOMAIN_BLOCK_COMMIT_ACTIVE) ||
           drv_fail(error, VIR_ERR_INVALID_ARG,
                    _("disk %s: the guest writes to %s: say that it is to go on with the image "
                      "behind it (--active), or name another image (--top)"),
                    disk->vdev, disk->target);
}

static gboolean
commit(virDomainPtr dom, DrvDomain *domain, const char *path, unsigned long bandwidth,
       unsigned int flags, Commit *commit, GError **error)
{
    if (flags & VIR_DOMAIN_BLOCK_COMMIT_DELETE) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("QEMU does not delete images: do it when the job is over"));
    }
    commit->driver = drv_driver_of(dom->conn);
    return drv_blockjob_speed(bandwidth, (flags & VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES) != 0,
                              &commit->speed, error) &&
           check_active(domain, path, flags, commit, error) &&
           drv_blockjob_start(commit->driver, domain, path,
                              commit->active ? &kind_active : &kind_commit, commit, error);
}

int
drv_domain_block_commit(virDomainPtr dom, const char *path, const char *base, const char *top,
                        unsigned long bandwidth, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Commit request = { .top = top, .base = base };
    virCheckFlags(VIR_DOMAIN_BLOCK_COMMIT_SHALLOW | VIR_DOMAIN_BLOCK_COMMIT_ACTIVE |
                      VIR_DOMAIN_BLOCK_COMMIT_DELETE | VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockCommitEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    request.next = (flags & VIR_DOMAIN_BLOCK_COMMIT_SHALLOW) != 0;
    return commit(dom, domain, path, bandwidth, flags, &request, &error) ? 0 : drv_raise(&error);
}
