/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Disks that are given what the images behind them have. */

#include "driver/driver.h"

#include "datatypes.h"

/* Gives the disk what the images between it and @base (NULL: all) have; 0, or -1 with libvirt's
 * error. The client may. */
int drv_stream_pull(virDomainPtr dom, DrvDomain *domain, const char *path, const char *base,
                    unsigned long bandwidth, gboolean bytes);
