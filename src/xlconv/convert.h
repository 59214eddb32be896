/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The converter: xl.cfg text to the model and back.
 *
 *     g_autoptr(DomReport) report = dom_report_new("web.cfg");
 *     g_autoptr(DomDef) def = xlc_def_from_cfg(text, length, report, &error);
 *     g_autofree char *xml = dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, &error);
 *
 * Pure: no file, network, clock or random number is touched. Safe from any thread, as long as no
 * two share a DomDef or a DomReport.
 */
#pragma once

#include "conf/def.h"
#include "xlconv/error.h"

/* Reads and writes the xl.cfg text in <metadata>, see conf/metadata.h. */
extern const DomDefOps xlc_def_ops;

/*
 * Reads xl.cfg @text of @length bytes, as xl would. Every error of the file goes to @report (may be
 * NULL), and so does what xl ignores or does not know, which is kept in the model. What comments carry
 * of XML is read too, see carried.h.
 * NULL with DOM_ERROR or XLC_ERROR when anything was wrong; the message has one line per error.
 */
DomDef *xlc_def_from_cfg(const char *text, gsize length, DomReport *report, GError **error);

/* The same without what comments carry: what xl would make of it, which counts in MiB. */
DomDef *xlc_def_as_xl(const char *text, gsize length, DomReport *report, GError **error);

/*
 * Writes xl.cfg text (transfer full) that xl reads back as @def. Without DOM_FORMAT_SECURE in
 * @flags passwords are left out, and @report (may be NULL) says so. What xl.cfg has no word for
 * becomes a comment at the end, see carried.h, and is reported.
 */
char *xlc_def_to_cfg(const DomDef *def, DomFormatFlags flags, DomReport *report, GError **error);
