/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The emulated graphics card of an HVM guest. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_VGA_ABSENT, /* libxl: cirrus */
    DOM_VGA_STDVGA,
    DOM_VGA_CIRRUS,
    DOM_VGA_QXL,
    DOM_VGA_NONE,
    DOM_VGA_LAST = DOM_VGA_NONE,
} DomVga;

extern const DomEnum dom_vga_names;

typedef struct {
    DomRest rest;
    DomVga vga;
    DomUint videoram; /* KiB */
    DomTristate nographic;
    char *gfx_passthru; /* "0", "1" or a kind: default, igd */
} DomVideo;

/* A PV display. libvirt has no element for it. */
typedef struct {
    DomRest rest;
    char *backend;
    DomTristate be_alloc; /* the backend allocates the buffers */
    char *connectors;     /* "id:WxH;id:WxH" */
} DomVdispl;

extern const DomRecord dom_video_record;
extern const DomRecord dom_vdispl_record;
