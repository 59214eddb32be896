/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What boots: kernel, boot loader, firmware, boot order; and the device model that runs beside. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_BIOS_ABSENT, /* libxl takes SeaBIOS with QEMU upstream */
    DOM_BIOS_ROMBIOS,
    DOM_BIOS_SEABIOS,
    DOM_BIOS_OVMF,
    DOM_BIOS_LAST = DOM_BIOS_OVMF,
} DomBios;

extern const DomEnum dom_bios_names;

typedef struct {
    DomRest rest;
    char *kernel;
    char *ramdisk;
    char *cmdline; /* root= and extra= are folded into it, as xl does */
    char *device_tree;
    char *bootloader;
    char **bootloader_args;
    DomTristate bootloader_restrict; /* Xen 4.18 */
    char *bootloader_user;           /* Xen 4.18 */
    DomBios bios;
    char *bios_path;   /* xl.cfg bios_path_override */
    char *firmware;    /* xl.cfg firmware_override: in place of hvmloader */
    char *pv_firmware; /* xl.cfg firmware of a PV or PVH guest: pvgrub32, pvgrub64 */
    char *boot;        /* letters a c d n; libxl's default is "cda" */
    char *acpi_firmware;
    char *smbios_firmware;
    char **smbios; /* "key=value"; Xen 4.18 */
    DomTristate pvshim;
    char *pvshim_path;
    char *pvshim_cmdline;
    char *pvshim_extra;
    char *device_model; /* xl.cfg device_model_override */
    char *device_model_version;
    char *device_model_user;
    DomTristate device_model_stubdomain;
    char *device_model_stubdomain_seclabel;
    DomTristate dm_restrict;
    char *stubdomain_kernel;
    char *stubdomain_ramdisk;
    char *stubdomain_cmdline;
    DomUint stubdomain_memory; /* KiB */
    char **device_model_args;
    char **device_model_args_pv;
    char **device_model_args_hvm;
} DomOs;

extern const DomRecord dom_os_record;

/* The words of @text, as xl cuts arguments of a boot loader (transfer full). */
char **dom_os_split_args(const char *text);

/* Whether the device model is QEMU's old fork, which is gone since Xen 4.21. */
gboolean dom_os_is_traditional(const DomOs *os);
