/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The framebuffer of a PV guest that the keys of the screen make: with vnc=1 and no item of vfb= xl
 * makes one of vnclisten=, vncpasswd= and the like, whose texts may hold the commas that an item of
 * vfb= cannot (xl.cfg(5), VFB_SPEC_STRING; libxl_device_vfb). And those that read as one in XML.
 */
#pragma once

#include "conf/def.h"

/* Whether xl makes a framebuffer of the keys of @def. Nothing that was read from a file says so:
 * what keys it still has then stand beside vfb=, and do nothing. */
gboolean xlc_vfb_is_to_make(const DomDef *def);

/* Makes the framebuffer of the keys, which it takes. */
void xlc_vfb_gather(DomDef *def);

/* A framebuffer that VNC shows, and the next one in an SDL window alone, read as one that both
 * show. Parts those of @list, which XML made, that were two in @before (NULL for one that nobody
 * knows); their elements may have been edited since. */
void xlc_vfb_part(GPtrArray *list, const GPtrArray *before);

/* @def as keys say it: where only they can say its framebuffer a copy that has them in its place,
 * which is in *@ret_made, too (transfer full); else @def itself, and NULL. */
const DomDef *xlc_vfb_said(const DomDef *def, DomDef **ret_made);
