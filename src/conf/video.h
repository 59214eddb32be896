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
    DomUint videoram; /* KiB; of QXL both of its memories, which libxl makes of one size */
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

/* One of a display's connectors, cut at ';', as xl reads it: "ID:WIDTHxHEIGHT", of which it takes
 * any number for a size. Where there is none it goes on with 0 and looks at no further item
 * (*@ret_last): those are screens without a name. FALSE when it is wrong. Any thread. */
gboolean dom_video_connector(const char *item, guint *ret_width, guint *ret_height,
                             gboolean *ret_last);

/* How many MiB libxl wants the card of an HVM guest to have, where @def says less; 0: it has them. */
guint dom_video_lacks(const DomDef *def);

extern const DomRecord dom_video_record;
extern const DomRecord dom_vdispl_record;
