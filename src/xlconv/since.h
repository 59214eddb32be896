/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which Xen understands what. */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"

/* A version of Xen: 4.17 is 417. */
typedef guint XlcXen;

/* The oldest and the newest Xen whose keys are told apart. */
#define XLC_XEN_OLDEST 417
#define XLC_XEN_NEWEST 422

/* "4.17" or "4.17.3". FALSE for anything else, and for what is older or newer than those. */
gboolean xlc_xen_parse(const char *text, XlcXen *ret_xen);

/* The Xen that brought @option of @key, "4.19"; NULL: the key was never without it, or 4.17 had it.
 */
const char *xlc_option_since(const char *key, const char *option);

/*
 * Reports each key and option of @def that @xen does not know, as a warning; at its place when
 * @doc (may be NULL) is what @def was read from.
 */
void xlc_report_newer(const DomDef *def, XlcXen xen, const XlcDoc *doc, DomReport *report);

/* The same for what only older Xen takes, when it is not known which Xen the file is for. */
void xlc_report_gone(const DomDef *def, const XlcDoc *doc, DomReport *report);
