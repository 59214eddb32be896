/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * libxl writing a core dump, in a process of its own. libxl's call cannot be told to end, and while it
 * looks for memory where the guest has none, page by page up to its last one, it writes nothing by whose
 * failure it would notice. A process can be killed. It dies with the daemon, too, so that the next one
 * finds nobody writing.
 *
 *     DrvDumper *dumper = drv_dumper_begin(hypervisor, id, fd, error);
 *     close(fd);
 *     ... drv_dumper_stop(dumper), in any thread ...
 *     gboolean dumped = drv_dumper_wait(dumper, error);
 *     drv_dumper_free(dumper);
 */

#include "driver/hypervisor.h"

typedef struct DrvDumper DrvDumper;

/* Begins to dump the guest @id into @fd, a pipe's end that is the caller's to close: the dump has its
 * own. NULL with @error. Whoever begins waits in the same thread. */
DrvDumper *drv_dumper_begin(DrvHypervisor *hypervisor, int id, int fd, GError **error);

/* Ends it. Any thread, from begin to free; serves as a DrvJobCancel. */
void drv_dumper_stop(gpointer dumper);

/* Waits until it is over, once. FALSE with @error, OPERATION_ABORTED for one that was stopped, and
 * with libxl's words. Ends it by itself when Xen no longer has the guest. */
gboolean drv_dumper_wait(DrvDumper *dumper, GError **error);

/* After drv_dumper_wait(). NULL is fine. */
void drv_dumper_free(DrvDumper *dumper);
