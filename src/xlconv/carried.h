/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domain XML that xl.cfg has no word for, in comments that are read back:
 *
 *     #xml devices/interface[1]/link: <link state="down"/>
 *     #xml description: a guest of two
 *     #xml+ lines
 *
 * xl passes over them. See conf/carried.h for what is a place. Pure; safe from any thread.
 */
#pragma once

#include "conf/carried.h"
#include "xlconv/writer.h"

/* Whether a line that begins with the @length bytes at @text is such a comment, or one's next line. */
gboolean xlc_carried_is_line(const char *text, gsize length);

void xlc_carried_write(const DomCarried *carried, XlcWriter *writer);

/*
 * @def, which was read from @text of @length bytes and which is taken, with what its comments say
 * (transfer full). They never change what the file says to Xen: one that would, or whose place is
 * gone, is left out with a warning in @report (may be NULL).
 */
DomDef *xlc_carried_read(DomDef *def, const char *text, gsize length, DomReport *report);

/* @text (taken) with exactly the comments of @items, of DomCarried: those that are there stay,
 * others go, and what is missing comes to the end. */
char *xlc_carried_edit(char *text, GPtrArray *items);
