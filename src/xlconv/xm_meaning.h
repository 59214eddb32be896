/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What xm had other words for than xl has, or had words for that xl passes over:
 *
 *     builder = "linux"                becomes    type = "pv"
 *     vfb = [ "type=sdl" ]             becomes    vfb = [ "sdl=1,vnc=0" ]
 *     dhcp = "dhcp"                    becomes    extra = "ip=:::::eth0:dhcp"
 *
 * Facts: create.py and xend of Xen 3.0 to 4.4.
 */
#pragma once

#include <glib.h>

#include "conf/report.h"

/* @cfg, an xm file with the grammar of xl.cfg, in xl's words (transfer full), each statement in its
 * line. What was changed is noted in @report (may be NULL). */
char *xlc_xm_meaning(const char *cfg, DomReport *report);
