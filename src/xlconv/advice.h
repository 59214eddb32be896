/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What xl accepts but was surely not meant, and what to write for what it does not accept.
 *
 * Reading a file finds what is wrong; advice goes over the same text once more and adds what a
 * person would say who looks over one's shoulder.
 */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"
#include "xlconv/since.h"

/* What libxl does not understand of an item of cpuid=, or of a leaf line of its list (translated);
 * NULL when nothing is wrong. */
typedef const char *XlcCpuidComplaint(const char *item, gboolean leaf);

/*
 * Adds notes and warnings to @report, which has what reading @doc found; @grammar has what is wrong
 * with its grammar alone. @def is what was read, or what of a refused file makes sense; NULL when
 * that is not known. @xen is the Xen that it is for; NULL: any. @cpuid asks libxl; it may be NULL.
 */
void xlc_advise(const XlcDoc *doc, const DomReport *grammar, const DomDef *def, const XlcXen *xen,
                XlcCpuidComplaint *cpuid, DomReport *report);

/* Adds to @report what keeps @def, which was not read from xl.cfg, from starting or from being what
 * was surely meant, with places in @doc, which was written of it. */
void xlc_advise_unwritten(const DomDef *def, const XlcDoc *doc, DomReport *report);

/*
 * What @word, which is no value for @key, was meant to be (transfer full), as an assignment:
 * "memory = 4096" for 4G, "acpi = 1" for True. NULL when nobody can tell.
 */
char *xlc_suggest(const char *key, const char *word);

/* What to write in place of @line, a line of an old xm file (borrowed, translated), with the column
 * of what cannot stay; NULL if it does not look like Python. */
const char *xlc_python_hint(const char *line, guint *ret_column);
