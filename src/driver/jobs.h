/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Long jobs as clients see them. */

#include "driver/driver.h"
#include "driver/job.h"

/* As drv_job_run() with the patience of a client's call, and tells clients JOB_COMPLETED when the
 * job was a long one. */
gboolean drv_jobs_run(DrvDriver *driver, DrvDomain *domain, const char *what, DrvJobFunc func,
                      gpointer data, GError **error);

/* drv_job_leave() that tells as well. */
void drv_jobs_leave(DrvDriver *driver, DrvDomain *domain, gboolean succeeded);

/* drv_job_measure() for a job that moves the memory of the guest with the domid @id. */
void drv_jobs_measure(DrvDomain *domain, int operation, DrvXen *xen, int id);
