/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that give a disk what the images behind it have. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/blockjob.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    const char *base; /* the image that stays; NULL: none does */
    guint64 speed;    /* bytes/s; 0: as fast as it can */
} Pull;

static gboolean
begin_pull(DrvQmp *qmp, const DomDef *def, const DomDisk *disk, const DrvQdisk *qdisk,
           virJSONValue *arguments, gpointer data, GError **error)
{
    const Pull *pull = data;
    virJSONValueObjectAdd(&arguments, "S:base", pull->base, "P:speed",
                          (unsigned long long)pull->speed, NULL);
    return drv_qmp_tell(qmp, "block-stream", arguments, error);
}

static const DrvBlockjobKind kind_pull = { VIR_DOMAIN_BLOCK_JOB_TYPE_PULL, begin_pull };

static int
pull(virDomainPtr dom, DrvDomain *domain, const char *path, const char *base,
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
    return pull(dom, domain, path, NULL, bandwidth,
                (flags & VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES) != 0);
}
