/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/blockjob_end.h"
#include "driver/books.h"
#include "driver/events.h"
#include "driver/job.h"
#include "driver/storage.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.blockjob_end");

/* More than a guest can have disks. A QEMU that names others on and on is not believed. */
#define MOST_JOBS 1024

/* QEMU's words for a job that was cancelled: the only ones that it has in a list of jobs. */
#define CANCELLED "Operation canceled"

static int
status_of(const DrvBlockjob *job, gboolean moved)
{
    return !job->error && drv_blockjob_mirrors(job->type) && !moved ? VIR_DOMAIN_BLOCK_JOB_CANCELED
           : !job->error                                            ? VIR_DOMAIN_BLOCK_JOB_COMPLETED
           : g_str_equal(job->error, CANCELLED)                     ? VIR_DOMAIN_BLOCK_JOB_CANCELED
                                                                    : VIR_DOMAIN_BLOCK_JOB_FAILED;
}

/* @def is the guest's, with the disk as it was while the job ran. */
static void
tell(DrvDriver *driver, DrvDomain *domain, const DomDef *def, const char *name, int status)
{
    int type;
    g_autofree char *vdev = drv_blockjob_disk(name, &type);
    const DomDisk *disk = vdev ? drv_storage_by_vdev(def, vdev) : NULL;
    if (disk) {
        drv_event_block_job(driver, domain, disk, type, status);
    }
}

/* The first image's node is QEMU's own, which keeps the file open for nothing; its other nodes go
 * by themselves. */
static void
close_first(DrvQmp *qmp, const DrvQdisk *now, const DomDisk *before)
{
    const char *format = drv_qdisk_format_name(before->format);
    const char *name = now->vdev ? now->vdev : now->node;
    g_autofree char *vdev = g_strndup(name, strcspn(name, "-"));
    g_autofree char *node = g_strconcat(vdev, "-", format ? format : "raw", NULL);
    virJSONValue *arguments = NULL;
    if (!g_str_equal(node, now->node)) {
        virJSONValueObjectAdd(&arguments, "s:node-name", node, NULL);
        drv_qmp_tell(qmp, "blockdev-del", arguments, NULL);
    }
}

/*
 * What a job that copied has left the guest with: the copy when a client wanted that, otherwise
 * what it had. QEMU knows, also what a daemon did that is no more. FALSE with @error.
 */
static gboolean
take_over(DrvDriver *driver, DrvDomain *domain, DrvQmp *qmp, const DomDisk *disk,
          gboolean *ret_moved, GError **error)
{
    g_autoptr(GPtrArray) qdisks = drv_qdisks_read(qmp, error);
    int place = qdisks ? drv_qdisks_find(qdisks, disk, 0) : -1;
    const DrvQdisk *qdisk = place >= 0 ? g_ptr_array_index(qdisks, place) : NULL;
    int id = drv_domain_running_id(domain, NULL);
    if (!qdisk || !qdisk->file || id < 0 || g_strcmp0(qdisk->file, disk->target) == 0) {
        return qdisks != NULL;
    }
    DomDiskFormat format;
    if (!drv_books_promised(driver, id, disk->vdev, qdisk->file, &format)) {
        VIR_WARN("domain %d: QEMU says that disk %s is on %s now, which nobody asked for", id,
                 disk->vdev, qdisk->file);
        return TRUE;
    }
    drv_books_move(driver, domain, (uint32_t)id, disk, qdisk->file, format);
    close_first(qmp, qdisk, disk);
    *ret_moved = TRUE;
    return TRUE;
}

/* Nobody needs it any more. */
static gboolean
dismiss(DrvQmp *qmp, const DrvBlockjob *job, GError **error)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:id", job->id, NULL);
    return drv_qmp_tell(qmp, "job-dismiss", arguments, error);
}

gboolean
drv_blockjob_settle(DrvDriver *driver, DrvDomain *domain, DrvQmp *qmp, GError **error)
{
    g_autoptr(GPtrArray) jobs = drv_blockjobs_read(qmp, error);
    g_autoptr(DomDef) def = jobs ? drv_domain_copy_def(domain) : NULL;
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const DrvBlockjob *job = g_ptr_array_index(jobs, i);
        if (!job->over) {
            continue;
        }
        if (job->error) {
            VIR_WARN("domain '%s': %s: %s", def->general.name, job->id, job->error);
        }
        gboolean moved = FALSE;
        const DomDisk *disk = drv_storage_by_vdev(def, job->vdev);
        if (disk && !job->error && drv_blockjob_mirrors(job->type) &&
            !take_over(driver, domain, qmp, disk, &moved, error)) {
            return FALSE;
        }
        if (!dismiss(qmp, job, error)) {
            return FALSE;
        }
        tell(driver, domain, def, job->id, status_of(job, moved));
    }
    return jobs != NULL;
}

static gboolean
settle_job(DrvDomain *domain, gpointer driver, GError **error)
{
    int id = drv_domain_running_id(domain, NULL);
    if (id < 0 || !drv_qmp_is_there(id)) {
        return TRUE;
    }
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    return qmp && drv_blockjob_settle(driver, domain, qmp, error);
}

gboolean
drv_blockjob_settle_all(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    return drv_job_run(domain, "blockjob", DRV_JOB_PATIENCE, settle_job, driver, error);
}

static void
settle_work(DrvDriver *driver, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, *(int *)data);
    if (!domain) {
        return;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        domain->blockjob_queued = FALSE;
    }
    if (!drv_job_run(domain, "blockjob", DRV_JOB_FOREVER, settle_job, driver, &error)) {
        VIR_WARN("block jobs of domain %d: %s", *(int *)data, error->message);
    }
}

void
drv_blockjob_look(DrvDriver *driver, int id)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    if (!domain) {
        return;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->blockjob_queued) {
            return;
        }
        domain->blockjob_queued = TRUE;
    }
    drv_driver_work(driver, settle_work, g_memdup2(&id, sizeof(id)));
}

/* --- what QEMU tells --- */

static void
note(DrvDriver *driver, int id, GHashTable *running, const char *name, const char *status)
{
    int type;
    g_autofree char *vdev = drv_blockjob_disk(name, &type);
    if (!vdev || !status) {
        return;
    }
    if (g_str_equal(status, "null")) {
        g_hash_table_remove(running, name);
    } else if (g_hash_table_size(running) < MOST_JOBS) {
        g_hash_table_add(running, g_strdup(name));
    }
    if (g_str_equal(status, "concluded")) {
        drv_blockjob_look(driver, id);
    }
}

static void
tell_ready(DrvDriver *driver, int id, const char *name)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    g_autoptr(DomDef) def = domain ? drv_domain_copy_def(domain) : NULL;
    if (def) {
        tell(driver, domain, def, name, VIR_DOMAIN_BLOCK_JOB_READY);
    }
}

void
drv_blockjob_hear(DrvDriver *driver, int id, GHashTable *running, virJSONValue *said)
{
    const char *event = virJSONValueObjectGetString(said, "event");
    virJSONValue *data = virJSONValueObjectGetObject(said, "data");
    virJSONValue *list = virJSONValueObjectGetArray(said, "return");
    if (data && g_strcmp0(event, "BLOCK_JOB_READY") == 0) {
        tell_ready(driver, id, virJSONValueObjectGetString(data, "device"));
    } else if (data && g_strcmp0(event, "JOB_STATUS_CHANGE") == 0) {
        note(driver, id, running, virJSONValueObjectGetString(data, "id"),
             virJSONValueObjectGetString(data, "status"));
    }
    g_autoptr(GPtrArray) jobs = list ? drv_blockjobs_parse(list) : NULL;
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const DrvBlockjob *job = g_ptr_array_index(jobs, i);
        note(driver, id, running, job->id, job->over ? "concluded" : "running");
    }
}

void
drv_blockjob_lost(DrvDriver *driver, int id, GHashTable *running)
{
    GHashTableIter iter;
    gpointer name;
    g_autoptr(DrvDomain) domain =
        g_hash_table_size(running) > 0 ? drv_domains_by_id(driver->domains, id) : NULL;
    g_autoptr(DomDef) def = domain ? drv_domain_copy_def(domain) : NULL;
    g_hash_table_iter_init(&iter, running);
    while (def && g_hash_table_iter_next(&iter, &name, NULL)) {
        tell(driver, domain, def, name, VIR_DOMAIN_BLOCK_JOB_FAILED);
    }
    g_hash_table_remove_all(running);
}
