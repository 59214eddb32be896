/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a client asks of a migration: flags (virDomainMigrateFlags) and typed parameters. */

#include "internal.h"

#include <glib.h>

#include "driver/save_image.h"

/* The texts are the parameters' own; NULL where there is none. */
typedef struct {
    const char *uri;              /* where the memory goes: tcp://HOST[:PORT] */
    const char *name;             /* of the guest on the destination */
    const char *xml;              /* of the guest on the destination */
    const char *persist_xml;      /* its stored definition there */
    const char *listen;           /* the destination's address to listen at */
    const char *method;           /* of compression */
    const char *tls_host;         /* the name in the destination's certificate */
    guint64 speed;                /* bytes/s; 0: none is named */
    const DrvImageFormat *format; /* what compresses the memory; NULL: nothing does */
} DrvMigrateParams;

/* Reads them for any step. What is not known here is refused by its name. */
gboolean drv_migrate_params_read(DrvMigrateParams *ret_params, virTypedParameterPtr params,
                                 int nparams, unsigned int flags, GError **error);

/* What clients count in, a second. */
#define DRV_MIGRATE_MEBIBYTE (1024 * 1024)

/* What clients say in MiB/s as bytes/s; 0 is no limit. INVALID_ARG. */
gboolean drv_migrate_params_speed(guint64 mebibytes, guint64 *ret_speed, GError **error);
