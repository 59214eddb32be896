/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The way to Xen.
 *
 * A libxl context holds its lock while it builds or destroys a domain, so a context that is shared
 * makes a query wait for somebody else's work. Here nobody shares: whoever wants something of libxl
 * opens a session, has a context to itself until the session is closed, and finds in it libxl's own
 * words when a call failed.
 *
 *     g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
 *     if (!xen)
 *         return FALSE;
 *     if (libxl_domain_pause(xen->ctx, domid, NULL) != 0)
 *         return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("cannot pause ..."));
 *
 * Closed sessions are kept for the next one; opening is cheap. A session belongs to one thread.
 */

#include <libxl.h>

#include "driver/error.h"

typedef struct DrvHypervisor DrvHypervisor;
struct xs_handle;

/* The nice value of what copies a guest's memory into a file: that can take as many CPUs as Domain-0
 * has, and questions are not to wait for it. */
#define DRV_NICE 10

typedef struct {
    libxl_ctx *ctx; /* this session's own */

    /* Programs that libxl runs for this session are nice (DRV_NICE). Not for those that stay, as
     * device models do. FALSE in a session that has just been opened. */
    gboolean gives_way;
} DrvXen;

/*
 * Whether this machine is a dom0: /proc/xen/capabilities says control_d. On failure @error says
 * what is missing and what to do.
 */
gboolean drv_xen_present(GError **error);

/*
 * Connects to Xen. @log_path is the file that takes all that libxl says (NULL: none). Fails when
 * this is no dom0 or xenstore does not answer. (transfer full)
 */
DrvHypervisor *drv_hypervisor_new(const char *log_path, GError **error);

/* Ends it. All sessions must be closed. NULL is fine. */
void drv_hypervisor_free(DrvHypervisor *hypervisor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvHypervisor, drv_hypervisor_free)

/* Xen's version (4017007 for 4.17.7); does not change while the machine runs. Any thread. */
unsigned long drv_hypervisor_version(const DrvHypervisor *hypervisor);

/* What Xen itself was booted with: "dom0_mem=2048M ...". Borrowed. Any thread. */
const char *drv_hypervisor_command_line(const DrvHypervisor *hypervisor);

/* The text that libxl calls xen_caps: "xen-3.0-x86_64 hvm-3.0-x86_64 ...". Borrowed. Any thread. */
const char *drv_hypervisor_guest_kinds(const DrvHypervisor *hypervisor);

/* A connection to xenstore of one's own, to be closed with xs_close(). NULL with @error when
 * xenstored does not answer. (transfer full) */
struct xs_handle *drv_xenstore_open(GError **error);

/* The connection to xenstore that all share; borrowed. For writing: any thread. */
struct xs_handle *drv_hypervisor_store(DrvHypervisor *hypervisor);

/* What stands in xenstore under the formatted path; NULL when nothing does. Any thread. (transfer
 * full) */
char *drv_hypervisor_read(DrvHypervisor *hypervisor, const char *path_format, ...)
    G_GNUC_PRINTF(2, 3);

/* Opens a session, any thread. NULL with @error when libxl gives no context. */
DrvXen *drv_xen_open(DrvHypervisor *hypervisor, GError **error);

/* A session for the child of a fork (fork.h), which takes no lock of ours and writes no log; the child
 * ends with it open. Locks of libxl's may have been held by threads that the child has not, so that it
 * may wait for ever here. */
DrvXen *drv_xen_open_in_child(DrvHypervisor *hypervisor);

/* Closes a session. NULL is fine. */
void drv_xen_close(DrvXen *xen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvXen, drv_xen_close)

/*
 * What libxl said in error messages since the session was opened, without its source positions,
 * joined by "; ". "" when it was silent. Borrowed until the session is used again.
 */
const char *drv_xen_words(const DrvXen *xen);

/* Sets @error to the formatted text followed by libxl's words. Returns FALSE. */
gboolean drv_xen_fail(const DrvXen *xen, virErrorNumber code, GError **error, const char *format,
                      ...) G_GNUC_PRINTF(4, 5);
