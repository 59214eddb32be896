/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A domain gets another name. */

#include "driver/driver.h"

/*
 * Inside a job: the domain is called @name from now on, on the list, in its definitions and in their
 * files, with the events that belong to it. What Xen calls its guest is the caller's business.
 * OPERATION_FAILED when the name belongs to another domain.
 */
gboolean drv_rename(DrvDriver *driver, DrvDomain *domain, const char *name, GError **error);
