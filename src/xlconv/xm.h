/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration files of the old xm. They were Python, run by it; most of them are data all the
 * same, and that is what is read here:
 *
 *     acpi = True                      becomes    acpi = 1
 *     disk = ( 'phy:/dev/a,hda,w', )   becomes    disk = [ "phy:/dev/a,hda,w" ]
 *     extra = 'console=hvc0 ' "ro"     becomes    extra = "console=hvc0 ro"
 *
 * What would have to be run (imports, functions, conditions, sums) is an error with a hint. What xm
 * had other words for than xl is said in xl's (xm_meaning.h).
 */
#pragma once

#include <glib.h>

#include "conf/report.h"

/*
 * Returns: (transfer full): @text of @length bytes as xl.cfg, with its comments, each statement in
 * the line it was in; NULL, with every error in @report (may be NULL), when something in it is more
 * than data. Whether xl likes the values is not looked at.
 */
char *xlc_xm_to_cfg(const char *text, gsize length, DomReport *report, GError **error);

/* The same, and what could be read (transfer full) of a file that is more than data, too; @error is
 * set then. */
char *xlc_xm_to_cfg_partial(const char *text, gsize length, DomReport *report, GError **error);

/* As xlc_xm_to_cfg_partial(), with xm's words: each key stands at the byte that it stood at. */
char *xlc_xm_read(const char *text, gsize length, DomReport *report, GError **error);
