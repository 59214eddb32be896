/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* libxl's context: where its words go, and operations that run beside their caller. */

#include <stdbool.h>
#include <sys/types.h>

#include "world.h"

/* An error message, as libxl gives it to its logger. @ctx may be NULL. */
void context_say(libxl_ctx *ctx, int errnoval, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The work of a call. @args is a copy that lives as long as the work. */
typedef int (*ContextWork)(libxl_ctx *ctx, void *args);

/*
 * Does what every call of libxl that changes a domain does: passes the point @name, runs @work, in
 * a thread of its own when @how says so, and returns or tells its result. @args is copied.
 */
int context_run(libxl_ctx *ctx, const char *name, int domid, ContextWork work, const void *args,
                size_t size, const libxl_asyncop_how *how);

/* The process that opened the first context: the daemon, in a child of its own too. */
pid_t context_daemon(void);

/* Runs a helper of libxl's for this context: the nice value that it finds itself with. */
int context_helper_nice(libxl_ctx *ctx);

/* Whether somebody wants the operation of this thread to end. */
bool context_aborted(libxl_ctx *ctx);
