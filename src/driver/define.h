/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A client's XML on its way to a domain. */

#include "driver/driver.h"

/* Reads XML and gives the definition a uuid when it has none. NULL with @error. (transfer full) */
DomDef *drv_define_parse(const char *xml, gboolean validate, GError **error);

/* Stores @def (consumed), whose domain is put on the list when it is new, and tells clients. NULL
 * with
 * @error. (transfer full) */
DrvDomain *drv_define_domain(DrvDriver *driver, DomDef *def, GError **error);

/* Inside a job: @def (taken; NULL then) becomes the stored definition. @ret_detail is that of the
 * event DEFINED, which is the caller's to tell. */
gboolean drv_define_keep(DrvDriver *driver, DrvDomain *domain, DomDef **def, int *ret_detail,
                         GError **error);

/* Inside a job: the stored definition goes, a domain that does not run with it, and clients are
 * told. A managed image is in the way, unless @managed_too. */
gboolean drv_define_drop(DrvDriver *driver, DrvDomain *domain, gboolean managed_too,
                         GError **error);

/* The face for access checks of a definition that is no domain yet. (transfer full) */
gboolean drv_define_identity(const DomDef *def, DrvIdentity **ret_identity, GError **error);
