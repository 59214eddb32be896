/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * QEMU's monitor for machines (QMP), for what libxl has no call for.
 *
 * libxl gives each QEMU two such sockets: one it uses itself, the other is for statistics (xentop
 * is its other user). The second one is used here. QEMU speaks with one client of a socket at a
 * time, so a conversation is short: open, ask, close. The next client waits that long.
 *
 * Waits for QEMU: call it with nothing locked. Any thread, a conversation in one thread.
 */

#include "internal.h"
#include "virjson.h"

#include <glib.h>

typedef struct DrvQmp DrvQmp;

/* us, for what a client wants of QEMU and nothing else. One that is well answers within a few ms.
 */
#define DRV_QMP_PATIENCE (5 * G_TIME_SPAN_SECOND)

/* Begins a conversation with the device model of the guest @id, which ends within @patience us.
 * OPERATION_UNSUPPORTED when it has none, OPERATION_TIMEOUT when it does not answer. (transfer
 * full)
 */
DrvQmp *drv_qmp_open(int id, gint64 patience, GError **error);

/* Whether the guest has a device model here that could be asked. */
gboolean drv_qmp_is_there(int id);

/* Ends it. NULL is fine. */
void drv_qmp_close(DrvQmp *qmp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvQmp, drv_qmp_close)

/*
 * Runs the command @name with @arguments (transfer full; NULL: none). Returns what QEMU returns,
 * often an empty object; NULL with @error OPERATION_FAILED and QEMU's words. (transfer full)
 */
virJSONValue *drv_qmp_ask(DrvQmp *qmp, const char *name, virJSONValue *arguments, GError **error);

/* drv_qmp_ask() for a command without arguments that returns a list. (transfer full) */
virJSONValue *drv_qmp_ask_list(DrvQmp *qmp, const char *name, GError **error);

/* drv_qmp_ask() for a command that returns nothing of interest. */
gboolean drv_qmp_tell(DrvQmp *qmp, const char *name, virJSONValue *arguments, GError **error);

/* Gives QEMU the descriptor @fd (borrowed), which other commands of the conversation call @name. */
gboolean drv_qmp_give(DrvQmp *qmp, const char *name, int fd, GError **error);

/* Sends @command, a JSON object in one line or many, as it is; QEMU's answer, errors included, as
 * it came. NULL with @error. (transfer full) */
char *drv_qmp_pass(DrvQmp *qmp, const char *command, GError **error);
