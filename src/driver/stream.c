/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that give a disk what the images behind it have. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/blockjob.h"
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
