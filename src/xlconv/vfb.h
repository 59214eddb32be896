/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The framebuffer of a PV guest that the keys of the screen make: with vnc=1 and without vfb= xl
 * makes one of vnclisten=, vncpasswd= and the like, whose texts may hold the commas that an item of
 * vfb= cannot (xl.cfg(5), VFB_SPEC_STRING; libxl_device_vfb).
 */
#pragma once

#include "conf/def.h"

/* Makes the framebuffer of the keys, which it takes. */
void xlc_vfb_gather(DomDef *def);

/* @def as keys say it: where only they can say its framebuffer a copy that has them in its place,
 * which is in *@ret_made, too (transfer full); else @def itself, and NULL. */
const DomDef *xlc_vfb_said(const DomDef *def, DomDef **ret_made);
