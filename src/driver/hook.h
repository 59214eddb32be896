/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The administrator's script /etc/libvirt/hooks/libxl (libvirt's hooks.html): called at the steps
 * of a guest's life with the guest's name, the step and its XML on standard input.
 */

#include "conf/def.h"

typedef enum {
    DRV_HOOK_PREPARE,   /* a start begins; nothing of the guest is there */
    DRV_HOOK_START,     /* Xen is about to build it */
    DRV_HOOK_STARTED,   /* it runs */
    DRV_HOOK_STOPPED,   /* it has ended */
    DRV_HOOK_RELEASE,   /* and all that it used is free again */
    DRV_HOOK_MIGRATE,   /* it is about to arrive from another host */
    DRV_HOOK_RESTORE,   /* it is about to be restored from a file */
    DRV_HOOK_RECONNECT, /* the daemon has started and found it running */
} DrvHook;

/* Whether there is a script; otherwise nothing need be prepared for it. */
gboolean drv_hook_wanted(void);

/*
 * Runs the script, if there is one, and waits for it: nothing may be locked. FALSE with @error when
 * it says no (any exit status but 0), which ends the start that called it; the guest's end does not
 * depend on it.
 */
gboolean drv_hook_run(DrvHook hook, const DomDef *def, GError **error);

/* The same of a script that may print other XML, which @ret_xml gets; NULL when it prints none.
 * (transfer full) */
gboolean drv_hook_filter(DrvHook hook, const DomDef *def, char **ret_xml, GError **error);

/* The same where nothing can be refused any more: a failure is logged. */
void drv_hook_tell(DrvHook hook, const DomDef *def);
