/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "driver/blockjob.h"
#include "driver/blockjob_end.h"
#include "driver/error.h"
#include "driver/job.h"
#include "driver/json.h"
#include "driver/storage.h"
#include "driver/text.h"

/* A name is "xlvirt.copy.xvda". */
#define PREFIX "xlvirt."

static const char *const type_words[] = {
    [VIR_DOMAIN_BLOCK_JOB_TYPE_PULL] = "pull",
    [VIR_DOMAIN_BLOCK_JOB_TYPE_COPY] = "copy",
    [VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT] = "commit",
    [VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT] = "active-commit",
};

gboolean
drv_blockjob_speed(unsigned long bandwidth, gboolean bytes, guint64 *ret_speed, GError **error)
{
    guint64 most = bytes ? G_MAXINT64 : G_MAXINT64 >> 20;
    if (bandwidth > most) {
        return drv_fail(error, VIR_ERR_OVERFLOW, _("%lu: no disk is that fast"), bandwidth);
    }
    *ret_speed = bytes ? bandwidth : (guint64)bandwidth << 20;
    return TRUE;
}

gboolean
drv_blockjob_mirrors(int type)
{
    return type == VIR_DOMAIN_BLOCK_JOB_TYPE_COPY ||
           type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT;
}

char *
drv_blockjob_id(int type, const char *vdev)
{
    return g_strconcat(PREFIX, type_words[type], ".", vdev, NULL);
}

char *
drv_blockjob_disk(const char *id, int *ret_type)
{
    if (!id || !g_str_has_prefix(id, PREFIX)) {
        return NULL;
    }
    const char *word = id + strlen(PREFIX);
    const char *dot = strchr(word, '.');
    for (gsize i = 0; dot && i < G_N_ELEMENTS(type_words); i++) {
        gsize length = (gsize)(dot - word);
        if (type_words[i] && strlen(type_words[i]) == length &&
            strncmp(type_words[i], word, length) == 0) {
            *ret_type = (int)i;
            return g_strdup(dot + 1);
        }
    }
    return NULL;
}

static void
blockjob_free(gpointer data)
{
    DrvBlockjob *job = data;
    g_free(job->id);
    g_free(job->vdev);
    g_free(job->error);
    g_free(job);
}

/* NULL for a job that is none of ours. */
static DrvBlockjob *
parse_job(virJSONValue *item)
{
    int type;
    bool ready = false;
    const char *id = virJSONValueObjectGetString(item, "device");
    char *vdev = drv_blockjob_disk(id, &type);
    if (!vdev) {
        return NULL;
    }
    DrvBlockjob *job = g_new0(DrvBlockjob, 1);
    job->id = g_strdup(id);
    job->type = type;
    job->vdev = vdev;
    job->cur = drv_json_number(item, "offset");
    job->end = drv_json_number(item, "len");
    job->speed = drv_json_number(item, "speed");
    job->ready = virJSONValueObjectGetBoolean(item, "ready", &ready) == 0 && ready;
    job->over = g_strcmp0(virJSONValueObjectGetString(item, "status"), "concluded") == 0;
    job->error = g_strdup(virJSONValueObjectGetString(item, "error"));
    return job;
}

GPtrArray *
drv_blockjobs_parse(virJSONValue *list)
{
    GPtrArray *jobs = g_ptr_array_new_with_free_func(blockjob_free);
    for (gsize i = 0; i < virJSONValueArraySize(list); i++) {
        virJSONValue *item = virJSONValueArrayGet(list, i);
        DrvBlockjob *job = virJSONValueIsObject(item) ? parse_job(item) : NULL;
        if (job) {
            g_ptr_array_add(jobs, job);
        }
    }
    return jobs;
}

GPtrArray *
drv_blockjobs_read(DrvQmp *qmp, GError **error)
{
    g_autoptr(virJSONValue) list = drv_qmp_ask_list(qmp, "query-block-jobs", error);
    return list ? drv_blockjobs_parse(list) : NULL;
}

DrvBlockjob *
drv_blockjobs_find(const GPtrArray *jobs, const char *vdev)
{
    for (guint i = 0; i < jobs->len; i++) {
        DrvBlockjob *job = g_ptr_array_index(jobs, i);
        if (!job->over && g_str_equal(job->vdev, vdev)) {
            return job;
        }
    }
    return NULL;
}

/* --- begin --- */

/*
 * QEMU's side of the disk. While an HVM guest still has the emulated disk beside the one of its PV
 * driver, QEMU has the image open twice, and the job of one would not be known to the other.
 */
static const DrvQdisk *
find_qdisk(const GPtrArray *qdisks, const DomDisk *disk, GError **error)
{
    int place = drv_qdisks_find(qdisks, disk, 0);
    if (place < 0) {
        drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("disk %s: dom0's kernel serves it, or another domain, and block jobs are "
                   "QEMU's: use <driver name='qemu'/>"),
                 disk->vdev);
        return NULL;
    }
    if (drv_qdisks_find(qdisks, disk, (guint)place + 1) >= 0) {
        drv_fail(error, VIR_ERR_OPERATION_INVALID,
                 _("disk %s: QEMU has its image open twice until the guest's PV drivers have taken "
                   "the place of the emulated disk: start the job when they have"),
                 disk->vdev);
        return NULL;
    }
    const DrvQdisk *qdisk = g_ptr_array_index(qdisks, place);
    if (!drv_qdisk_is_pv(qdisk, disk) || !qdisk->node) {
        drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("disk %s: QEMU has it as an emulated disk only, and others serve the guest's PV "
                   "driver: block jobs need <driver name='qemu'/>"),
                 disk->vdev);
        return NULL;
    }
    return qdisk;
}

static gboolean
check_free(const GPtrArray *jobs, const DomDisk *disk, GError **error)
{
    const DrvBlockjob *job = drv_blockjobs_find(jobs, disk->vdev);
    if (!job) {
        return TRUE;
    }
    return drv_fail(error,
                    drv_blockjob_mirrors(job->type) ? VIR_ERR_BLOCK_COPY_ACTIVE
                                                    : VIR_ERR_OPERATION_INVALID,
                    _("disk %s has a block job already, '%s': wait for its end, or end it (virsh "
                      "blockjob --abort)"),
                    disk->vdev, type_words[job->type]);
}

typedef struct {
    DrvDriver *driver;
    const char *path;
    const DrvBlockjobKind *kind;
    gpointer data;
} Start;

/* A job that is over stays until we have seen it: "auto-dismiss". */
static gboolean
begin(const Start *start, DrvQmp *qmp, const DomDef *def, const DomDisk *disk, GError **error)
{
    g_autoptr(GPtrArray) jobs = drv_blockjobs_read(qmp, error);
    g_autoptr(GPtrArray) qdisks =
        jobs && check_free(jobs, disk, error) ? drv_qdisks_read(qmp, error) : NULL;
    const DrvQdisk *qdisk = qdisks ? find_qdisk(qdisks, disk, error) : NULL;
    if (!qdisk) {
        return FALSE;
    }
    virJSONValue *arguments = NULL;
    g_autofree char *id = drv_blockjob_id(start->kind->type, disk->vdev);
    virJSONValueObjectAdd(&arguments, "s:job-id", id, "s:device", qdisk->node, "b:auto-dismiss",
                          false, NULL);
    return start->kind->begin(qmp, def, disk, qdisk, arguments, start->data, error);
}

static gboolean
start_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Start *start = data;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DomDef) def = id >= 0 ? drv_domain_copy_def(domain) : NULL;
    const DomDisk *disk = def ? drv_storage_find(def, start->path, error) : NULL;
    g_autoptr(DrvQmp) qmp = disk ? drv_qmp_open(id, DRV_QMP_PATIENCE, error) : NULL;
    if (qmp) {
        def->live.id = id;
    }
    /* one that is over would keep its name */
    return qmp && drv_blockjob_settle(start->driver, domain, qmp, error) &&
           begin(start, qmp, def, disk, error);
}

gboolean
drv_blockjob_start(DrvDriver *driver, DrvDomain *domain, const char *path,
                   const DrvBlockjobKind *kind, gpointer data, GError **error)
{
    Start start = { driver, path, kind, data };
    return drv_job_run(domain, "blockjob", DRV_JOB_PATIENCE, start_job, &start, error);
}
