/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a running guest has at this moment, as Xen and xenstore tell it: xl, or the guest itself,
 * may have changed it since the driver looked last. Nothing here waits for a guest or needs a job.
 */

#include "driver/driver.h"

typedef struct {
    guint64 target;    /* KiB that the guest has been told to have */
    guint64 max;       /* KiB that it can be told to have */
    guint64 current;   /* KiB that it has, of those that it can have */
    guint64 cpu_time;  /* ns */
    libxl_bitmap cpus; /* vCPUs that the guest has been told to use, a bit for each it can have */
    guint n_vcpus;     /* vCPUs that it can have */
    guint pool;        /* number of its CPU pool */
    gboolean paused;
    gboolean ended; /* shut down or dying */
    libxl_uuid uuid;
} DrvLive;

/* @info is Xen's own answer (libxl_domain_info, libxl_list_domain); the rest is xenstore's, of the
 * last drv_mirror_catch_up(). */
void drv_live_init(DrvLive *live, DrvDriver *driver, const libxl_dominfo *info);
void drv_live_clear(DrvLive *live);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvLive, drv_live_clear)

/* FALSE, with @live empty, when Xen has no such domain. */
gboolean drv_live_read(DrvLive *live, DrvDriver *driver, int id);

/*
 * Brings @def, a copy of the definition that a guest runs with, up to date: memory, vCPUs, CPU
 * pool. What is as the definition has it keeps its spelling. Without an answer from Xen @def stays.
 */
void drv_live_refresh(DrvDriver *driver, int id, DomDef *def);

/* The part of drv_live_refresh() that asks nobody. */
void drv_live_apply(const DrvLive *live, DomDef *def);

/* The places of a running guest that only Xen knows (consoles, channels, VNC port) into @def, a
 * copy of the definition that it runs with. */
void drv_live_fill(DrvDriver *driver, int id, DomDef *def);

/* The port that the guest's VNC server got; 0: it has none. */
int drv_live_vnc_port(DrvDriver *driver, int id);
