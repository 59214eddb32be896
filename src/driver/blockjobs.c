/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods about a block job that runs. */

#include <string.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/blockjob_end.h"
#include "driver/books.h"
#include "driver/job.h"
#include "driver/storage.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

#define MIB           (1024 * 1024)

/* --- how far it is --- */

/* A client takes a job for done when it has done all, and so it must not seem so before. */
static void
fill_info(const DrvBlockjob *job, gboolean bytes, virDomainBlockJobInfoPtr info)
{
    info->type = job->type;
    info->bandwidth = bytes ? job->speed : (job->speed + MIB - 1) / MIB;
    info->cur = job->cur;
    info->end = job->end;
    if (info->end == 0) {
        info->end = 1;
        info->cur = job->ready ? 1 : 0;
    } else if (info->cur >= info->end && !job->ready) {
        info->cur = info->end - 1;
    }
}

/* Jobs that are over have ended for clients; what follows from it is a worker's. */
static gboolean
look(DrvDriver *driver, DrvDomain *domain, const char *path, gboolean bytes,
     virDomainBlockJobInfoPtr info, int *ret_found, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DomDef) def = id >= 0 ? drv_domain_copy_def(domain) : NULL;
    const DomDisk *disk = def ? drv_storage_find(def, path, error) : NULL;
    g_autoptr(DrvQmp) qmp = disk ? drv_qmp_open(id, DRV_QMP_PATIENCE, error) : NULL;
    g_autoptr(GPtrArray) jobs = qmp ? drv_blockjobs_read(qmp, error) : NULL;
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const DrvBlockjob *job = g_ptr_array_index(jobs, i);
        if (job->over) {
            drv_blockjob_look(driver, id);
        }
    }
    const DrvBlockjob *job = jobs ? drv_blockjobs_find(jobs, disk->vdev) : NULL;
    if (job) {
        fill_info(job, bytes, info);
    }
    *ret_found = job ? 1 : 0;
    return jobs != NULL;
}

int
drv_domain_get_block_job_info(virDomainPtr dom, const char *path, virDomainBlockJobInfoPtr info,
                              unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int found = 0;
    virCheckFlags(VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetBlockJobInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    memset(info, 0, sizeof(*info));
    return look(drv_driver_of(dom->conn), domain, path, flags != 0, info, &found, &error)
               ? found
               : drv_raise(&error);
}

/* --- orders to it --- */

typedef struct Order Order;

struct Order {
    const char *path;
    gboolean (*give)(Order *order, DrvQmp *qmp, const DrvBlockjob *job, GError **error);
    DrvDriver *driver;
    guint64 speed;
    int id;              /* the guest's */
    const DomDisk *disk; /* while the order is given */
    char *name;          /* of the job; these are owned */
    char *vdev;
    char *file; /* what the disk is on when the order is given */
};

static void
order_clear(Order *order)
{
    g_free(order->name);
    g_free(order->vdev);
    g_free(order->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)

static gboolean
order_job(DrvDomain *domain, gpointer data, GError **error)
{
    Order *order = data;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DomDef) def = id >= 0 ? drv_domain_copy_def(domain) : NULL;
    const DomDisk *disk = def ? drv_storage_find(def, order->path, error) : NULL;
    g_autoptr(DrvQmp) qmp = disk ? drv_qmp_open(id, DRV_QMP_PATIENCE, error) : NULL;
    g_autoptr(GPtrArray) jobs = qmp ? drv_blockjobs_read(qmp, error) : NULL;
    const DrvBlockjob *job = jobs ? drv_blockjobs_find(jobs, disk->vdev) : NULL;
    if (!jobs) {
        return FALSE;
    }
    if (!job) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("disk %s has no block job"), disk->vdev);
    }
    order->id = id;
    order->disk = disk;
    order->name = g_strdup(job->id);
    order->vdev = g_strdup(disk->vdev);
    order->file = g_strdup(disk->target);
    return order->give(order, qmp, job, error);
}

static gboolean
give_speed(Order *order, DrvQmp *qmp, const DrvBlockjob *job, GError **error)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:device", job->id, "U:speed",
                          (unsigned long long)order->speed, NULL);
    return drv_qmp_tell(qmp, "block-job-set-speed", arguments, error);
}

int
drv_domain_block_job_set_speed(virDomainPtr dom, const char *path, unsigned long bandwidth,
                               unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Order) order = { .path = path, .give = give_speed };
    virCheckFlags(VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockJobSetSpeedEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    gboolean done = drv_blockjob_speed(bandwidth, flags != 0, &order.speed, &error) &&
                    drv_job_run(domain, "blockjob", DRV_JOB_PATIENCE, order_job, &order, &error);
    return done ? 0 : drv_raise(&error);
}

/* --- its end --- */

/* us between two looks whether a job is over, and for all of them. */
#define LOOK_AGAIN (20 * G_TIME_SPAN_MILLISECOND)
#define PATIENCE   (30 * G_TIME_SPAN_SECOND)

static gboolean
give_cancel(Order *order, DrvQmp *qmp, const DrvBlockjob *job, GError **error)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:device", job->id, NULL);
    return drv_qmp_tell(qmp, "block-job-cancel", arguments, error);
}

/* Whether QEMU has the job still at work; FALSE too when there is no QEMU any more. */
static gboolean
still_works(DrvDomain *domain, const char *name, gboolean *ret_works, GError **error)
{
    int id = drv_domain_running_id(domain, NULL);
    *ret_works = FALSE;
    if (id < 0 || !drv_qmp_is_there(id)) {
        return TRUE;
    }
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    g_autoptr(GPtrArray) jobs = qmp ? drv_blockjobs_read(qmp, error) : NULL;
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const DrvBlockjob *job = g_ptr_array_index(jobs, i);
        *ret_works |= !job->over && g_str_equal(job->id, name);
    }
    return jobs != NULL;
}

/* In short conversations: others have their turn with QEMU meanwhile. */
static gboolean
await_end(DrvDomain *domain, const char *name, GError **error)
{
    gboolean works = TRUE;
    gint64 end = g_get_monotonic_time() + PATIENCE;
    while (still_works(domain, name, &works, error)) {
        if (!works) {
            return TRUE;
        }
        if (g_get_monotonic_time() > end) {
            return drv_fail(error, VIR_ERR_OPERATION_TIMEOUT,
                            _("block job %s is told to end and does not in time: virsh blockjob "
                              "shows how far it is"),
                            name);
        }
        g_usleep(LOOK_AGAIN);
    }
    return FALSE;
}

/* The guest is to go on with the copy, of which libxl, too, must be told. */
static gboolean
give_pivot(Order *order, DrvQmp *qmp, const DrvBlockjob *job, GError **error)
{
    if (!drv_blockjob_mirrors(job->type)) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("disk %s: there is no other image to go on with, its block job makes "
                          "none"),
                        job->vdev);
    }
    if (!job->ready) {
        return drv_fail(error, VIR_ERR_BLOCK_COPY_ACTIVE,
                        _("disk %s is not copied yet: wait until its block job is ready"),
                        job->vdev);
    }
    g_autoptr(DrvXen) xen = drv_xen_open(order->driver->hypervisor, error);
    if (!xen || !drv_books_check(xen, (uint32_t)order->id, order->disk, error)) {
        return FALSE;
    }
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:device", job->id, NULL);
    return drv_qmp_tell(qmp, "block-job-complete", arguments, error);
}

/* Whether the guest uses another image than when the order was given. */
static gboolean
check_moved(const Order *order, DrvDomain *domain, GError **error)
{
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    const DomDisk *disk = drv_storage_by_vdev(def, order->vdev);
    return (disk && g_strcmp0(disk->target, order->file) != 0) ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("disk %s is still on %s: its block job failed at the end, and the daemon's "
                      "log has QEMU's words"),
                    order->vdev, order->file);
}

static gboolean
wait_for_end(DrvDomain *domain, const Order *order, GError **error)
{
    return await_end(domain, order->name, error) &&
           drv_blockjob_settle_all(order->driver, domain, error) &&
           (order->give != give_pivot || check_moved(order, domain, error));
}

int
drv_domain_block_job_abort(virDomainPtr dom, const char *path, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Order) order = { .path = path, .driver = drv_driver_of(dom->conn) };
    virCheckFlags(VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC | VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainBlockJobAbortEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    order.give = flags & VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT ? give_pivot : give_cancel;
    gboolean done =
        drv_job_run(domain, "blockjob", DRV_JOB_PATIENCE, order_job, &order, &error) &&
        ((flags & VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC) || wait_for_end(domain, &order, &error));
    return done ? 0 : drv_raise(&error);
}
