/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "datatypes.h"
#include "domain_event.h"
#include "virerror.h"
#include "virlog.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/job.h"
#include "driver/qdisk.h"
#include "driver/storage.h"
#include "driver/text.h"
#include "driver/threshold.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.threshold");

/* --- QEMU's nodes --- */

static virJSONValue *
list_nodes(DrvQmp *qmp, GError **error)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "b:flat", true, NULL);
    virJSONValue *nodes = drv_qmp_ask(qmp, "query-named-block-nodes", arguments, error);
    if (nodes && !virJSONValueIsArray(nodes)) {
        virJSONValueFree(nodes);
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("the device model lists no nodes of its disks"));
        return NULL;
    }
    return nodes;
}

/* Whether @node is what writes to the image of @qdisk itself. What the guest writes goes through
 * nodes of formats first, whose places are not the image's, and of block jobs. */
static gboolean
is_image(virJSONValue *node, const DrvQdisk *qdisk)
{
    static const char *const writers[] = {
        "file", "host_device", "nbd", "rbd", "iscsi", "nfs", NULL
    };
    const char *driver = virJSONValueObjectGetString(node, "drv");
    const char *file = virJSONValueObjectGetString(node, "file");
    return driver && file && g_strv_contains(writers, driver) && g_strcmp0(file, qdisk->file) == 0;
}

/* Whose image @node writes to; NULL: nobody's. (borrowed) */
static const DomDisk *
find_owner(virJSONValue *node, const GPtrArray *qdisks, const GPtrArray *disks)
{
    for (guint i = 0; i < qdisks->len; i++) {
        const DrvQdisk *qdisk = g_ptr_array_index(qdisks, i);
        if (is_image(node, qdisk)) {
            return drv_qdisk_owner(qdisk, disks);
        }
    }
    return NULL;
}

/* --- set --- */

typedef struct {
    const char *path;
    guint64 bytes;
} Threshold;

static gboolean
watch_node(DrvQmp *qmp, const char *name, guint64 bytes, GError **error)
{
    virJSONValue *arguments = NULL;
    if (virJSONValueObjectAdd(&arguments, "s:node-name", name, "U:write-threshold",
                              (unsigned long long)bytes, NULL) < 0) {
        return drv_fail_from_libvirt(error);
    }
    return drv_qmp_tell(qmp, "block-set-write-threshold", arguments, error);
}

/* QEMU opens an HVM guest's image twice; whichever the guest uses is watched. */
static gboolean
watch_disk(DrvQmp *qmp, const DomDef *def, const DomDisk *disk, guint64 bytes, GError **error)
{
    gboolean found = FALSE;
    g_autoptr(GPtrArray) qdisks = drv_qdisks_read(qmp, error);
    g_autoptr(virJSONValue) nodes = qdisks ? list_nodes(qmp, error) : NULL;
    for (gsize i = 0; nodes && i < virJSONValueArraySize(nodes); i++) {
        virJSONValue *node = virJSONValueArrayGet(nodes, i);
        const char *name = virJSONValueObjectGetString(node, "node-name");
        if (!name || find_owner(node, qdisks, def->disks) != disk) {
            continue;
        }
        if (!watch_node(qmp, name, bytes, error)) {
            return FALSE;
        }
        found = TRUE;
    }
    return nodes && (found || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                                       _("disk %s: dom0's kernel serves it, or another domain, and "
                                         "thresholds are QEMU's: use <driver name='qemu'/>"),
                                       disk->vdev));
}

static gboolean
threshold_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Threshold *threshold = data;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DomDef) def = id >= 0 ? drv_domain_copy_def(domain) : NULL;
    const DomDisk *disk = def ? drv_storage_find(def, threshold->path, error) : NULL;
    g_autoptr(DrvQmp) qmp = disk ? drv_qmp_open(id, DRV_QMP_PATIENCE, error) : NULL;
    return qmp && watch_disk(qmp, def, disk, threshold->bytes, error);
}

int
drv_domain_set_block_threshold(virDomainPtr dom, const char *path, unsigned long long bytes,
                               unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetBlockThresholdEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    Threshold threshold = { path, bytes };
    return drv_job_run(domain, "blockthreshold", DRV_JOB_PATIENCE, threshold_job, &threshold,
                       &error)
               ? 0
               : drv_raise(&error);
}

/* --- heard --- */

#define LONGEST_NODE 63 /* QEMU's own bound is 31 */

typedef struct {
    int id;
    char node[LONGEST_NODE + 1];
    unsigned long long bytes, excess;
} Passed;

/* NULL, with or without @error; borrowed. */
static const DomDisk *
ask_whose(const Passed *passed, const DomDef *def, GError **error)
{
    g_autoptr(DrvQmp) qmp = drv_qmp_open(passed->id, DRV_QMP_PATIENCE, error);
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, error) : NULL;
    g_autoptr(virJSONValue) nodes = qdisks ? list_nodes(qmp, error) : NULL;
    for (gsize i = 0; nodes && i < virJSONValueArraySize(nodes); i++) {
        virJSONValue *node = virJSONValueArrayGet(nodes, i);
        if (g_strcmp0(virJSONValueObjectGetString(node, "node-name"), passed->node) == 0) {
            return find_owner(node, qdisks, def->disks);
        }
    }
    return NULL;
}

static void
tell_work(DrvDriver *driver, gpointer data)
{
    const Passed *passed = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, passed->id);
    if (!domain) {
        return;
    }
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    /* somebody who speaks with the monitor himself may have set it on the node of the format */
    DrvQdisk qdisk = { .node = (char *)passed->node, .drive = (char *)"" };
    const DomDisk *disk = drv_qdisk_owner(&qdisk, def->disks);
    disk = disk ? disk : ask_whose(passed, def, &error);
    if (!disk) {
        VIR_WARN("domain %d: no disk is written to by '%s'%s%s", passed->id, passed->node,
                 error ? ": " : "", error ? error->message : "");
        return;
    }
    virDomain dom = { .id = passed->id, .name = who->def->name };
    memcpy(dom.uuid, who->def->uuid, VIR_UUID_BUFLEN);
    virObjectEventStateQueue(driver->events,
                             virDomainEventBlockThresholdNewFromDom(&dom, disk->vdev, disk->target,
                                                                    passed->bytes, passed->excess));
}

void
drv_threshold_hear(DrvDriver *driver, int id, virJSONValue *data)
{
    Passed passed = { .id = id };
    const char *node = data ? virJSONValueObjectGetString(data, "node-name") : NULL;
    if (node && g_strlcpy(passed.node, node, sizeof(passed.node)) < sizeof(passed.node) &&
        virJSONValueObjectGetNumberUlong(data, "write-threshold", &passed.bytes) == 0 &&
        virJSONValueObjectGetNumberUlong(data, "amount-exceeded", &passed.excess) == 0) {
        drv_driver_work(driver, tell_work, g_memdup2(&passed, sizeof(passed)));
    }
}
