/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * /etc/libvirt/libxl.conf, with the keys of the driver that this one replaces. Read when the
 * daemon starts; a key that cannot be used costs a warning and counts as absent.
 */

#include "driver/save_image.h"

#define DRV_DISPLAY_PORT_MIN 5900
#define DRV_DISPLAY_PORT_MAX 65535

typedef struct {
    gboolean autoballoon;   /* take memory from Domain-0 for a guest that does not fit */
    gboolean nested_hvm;    /* host-passthrough CPUs may run guests of their own */
    char *lock_manager;     /* "lockd", "sanlock", or NULL */
    guint display_port_min; /* where VNC without a port of its own gets one from; 0: where QEMU */
    guint display_port_max; /* finds one */
    const DrvImageFormat *save_image_format; /* how saved guests are compressed */
    const DrvImageFormat *dump_image_format; /* the same for core dumps */
    char *migrate_tls_folder;                /* of certificates, or NULL: libvirt's own */
} DrvSettings;

/*
 * Reads @path; a file that is not there is an empty one. @xen_command_line (may be NULL) decides
 * whether autoballoon is on where the file does not say: a Domain-0 whose memory was fixed with
 * dom0_mem= keeps it, as with xl. (transfer full)
 */
DrvSettings *drv_settings_read(const char *path, const char *xen_command_line);

/* NULL is fine. */
void drv_settings_free(DrvSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvSettings, drv_settings_free)
