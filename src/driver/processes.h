/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Processes of guests, whose end is waited for: one of a kind for each guest. One thread's (the
 * watcher's), which waits on the descriptor together with what else it waits for.
 */

#include <sys/types.h>

#include <glib.h>

typedef struct DrvProcesses DrvProcesses;

/* Of the kind @what (static text, for messages). NULL with @error when the kernel gives no
 * descriptor. */
DrvProcesses *drv_processes_new(const char *what, GError **error);

/* NULL is fine. */
void drv_processes_free(DrvProcesses *processes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvProcesses, drv_processes_free)

/* Readable when one has ended. */
int drv_processes_fd(const DrvProcesses *processes);

/* Whether that of the guest with the id @id is known, also when it has ended. */
gboolean drv_processes_has(const DrvProcesses *processes, int id);

/* @pid is that of the guest with the id @id, which has none yet. */
void drv_processes_add(DrvProcesses *processes, int id, pid_t pid);

/* The guest with the id @id has none any more. */
void drv_processes_remove(DrvProcesses *processes, int id);

/* The id of a guest whose process has ended, each told once; -1: no more. */
int drv_processes_next_ended(DrvProcesses *processes);
