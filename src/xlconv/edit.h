/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing an xl.cfg file in place: only what differs is written anew.
 *
 *     text = xlc_edit_onto(old, length, def, DOM_FORMAT_SECURE, report, &error);
 *
 * An assignment whose meaning is unchanged keeps its bytes, however it is spelled, and so do its
 * neighbours, the comments, the order and the blank lines. A changed value is replaced where it
 * stands, in lists item by item; what the new guest has not is taken out, with the comment behind
 * it on its line; what the file has not is put behind the keys of its topic, or at the end.
 * Pure; safe from any thread, as xlconv.h says.
 */
#pragma once

#include "conf/def.h"

/*
 * Returns: (transfer full): @text of @length bytes changed so that xl reads @def from it. Checked
 * by reading it back: it is exactly that, or there is an error (XLC_ERROR_UNWRITABLE). What is
 * wrong with @text itself goes to @text_report (may be NULL) and is the error; what cannot be said
 * of @def becomes a comment, reported to @def_report (may be NULL).
 *
 * Without DOM_FORMAT_SECURE passwords of the file stay as they are; one that would have changed is
 * reported to @def_report.
 */
char *xlc_edit_onto(const char *text, gsize length, const DomDef *def, DomFormatFlags flags,
                    DomReport *text_report, DomReport *def_report, GError **error);
