/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Block jobs: what a guest's QEMU does with the images of a disk while the guest uses it.
 *
 * QEMU knows all there is to know about a job, and the driver keeps nothing: the job's name says
 * what it is for and which disk it works on, and a job that is over stays with QEMU until the
 * driver has seen to what follows from it (blockjob_end.h). So the next daemon finds what the last
 * one began.
 */

#include "conf/def.h"
#include "driver/driver.h"
#include "driver/qdisk.h"

typedef struct {
    char *id;
    int type;    /* virDomainBlockJobType */
    char *vdev;  /* of the disk */
    guint64 cur; /* bytes, as QEMU reckons them */
    guint64 end;
    guint64 speed; /* bytes/s; 0: as fast as it can */
    gboolean ready;
    gboolean over; /* and QEMU keeps it for us */
    char *error;   /* of one that is over; NULL: it did what it was to do */
} DrvBlockjob;

/* Bytes/s of what a client calls @bandwidth, in MiB/s unless @bytes. FALSE with VIR_ERR_OVERFLOW.
 */
gboolean drv_blockjob_speed(unsigned long bandwidth, gboolean bytes, guint64 *ret_speed,
                            GError **error);

/* Whether a job of that type can put its copy in the place of the disk's image. */
gboolean drv_blockjob_mirrors(int type);

/* The name of a job of that type on that disk. (transfer full) */
char *drv_blockjob_id(int type, const char *vdev);

/* The disk that a job of ours is called by; NULL when @id is no such name. (transfer full) */
char *drv_blockjob_disk(const char *id, int *ret_type);

/* Ours of the list that query-block-jobs returns. (transfer full) */
GPtrArray *drv_blockjobs_parse(virJSONValue *list);

/* All of ours that QEMU has. NULL with @error. (transfer full) */
GPtrArray *drv_blockjobs_read(DrvQmp *qmp, GError **error);

/* The one that works on @vdev; NULL when there is none. Borrowed. */
DrvBlockjob *drv_blockjobs_find(const GPtrArray *jobs, const char *vdev);

/*
 * Begins a job of @type on a disk: @begin, which gets the disk and QEMU's side of it, sends the
 * command with @arguments (transfer full; the job's name is in it). @def knows the domid.
 */
typedef struct {
    int type;
    gboolean (*begin)(DrvQmp *qmp, const DomDef *def, const DomDisk *disk, const DrvQdisk *qdisk,
                      virJSONValue *arguments, gpointer data, GError **error);
} DrvBlockjobKind;

/* FALSE with @error: there is no such disk (INVALID_ARG), QEMU does not serve it
 * (OPERATION_UNSUPPORTED), another job works on it, or QEMU refuses. Any thread, nothing locked. */
gboolean drv_blockjob_start(DrvDriver *driver, DrvDomain *domain, const char *path,
                            const DrvBlockjobKind *kind, gpointer data, GError **error);
