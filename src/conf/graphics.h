/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the guest's screen is shown. An HVM guest has one set of VNC, SDL and SPICE settings
 * (DomGraphics); a PV or PVH guest has a list of framebuffers (DomVfb), and what settings it has
 * besides do nothing.
 */
#pragma once

#include "conf/record.h"

/* VNC displays count from this port, and there are no ports behind that of the last one. */
#define DOM_VNC_PORT         5900
#define DOM_VNC_LAST_DISPLAY (G_MAXUINT16 - DOM_VNC_PORT)

/* VNC and SDL settings; libxl_vnc_info, libxl_sdl_info and the keymap beside them. */
typedef struct {
    DomTristate vnc; /* libxl: on for HVM */
    char *vnclisten; /* address, or address:display; libxl: 127.0.0.1 */
    DomInt vncdisplay;
    DomTristate vncunused; /* libxl: on */
    char *vncpasswd;
    char *keymap;
    DomTristate sdl;
    DomTristate opengl;
    char *display;
    char *xauthority;
} DomHead;

typedef struct {
    DomRest rest;
    DomHead head;
    DomTristate spice;
    char *spicehost;
    DomInt spiceport;
    DomInt spicetls_port;
    DomTristate spice_autoport; /* only XML says it: spiceport is one that was not asked for */
    DomTristate spicedisable_ticketing;
    char *spicepasswd;
    DomTristate spiceagent_mouse;
    DomTristate spicevdagent;
    DomTristate spice_clipboard_sharing;
    DomInt spiceusbredirection;
    char *spice_image_compression;
    char *spice_streaming_video;
} DomGraphics;

typedef struct {
    DomRest rest;
    DomHead head;
} DomVfb;

/* Whether the agent's channel is there, and its element. */
gboolean dom_graphics_has_agent(const DomGraphics *graphics);

extern const DomRecord dom_graphics_record;
extern const DomRecord dom_vfb_record;
