/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk from a document into the model. */
#pragma once

#include "xlconv/key.h"

/* Fills @def from all entries of the reader's document; what no row takes is kept as it is. */
void xlc_read(XlcReader *reader, DomDef *def);

/* As xlc_def_as_xl() of a text that was parsed already. The values of a @broken one are looked at
 * too, so that one run shows all errors; @report, not NULL, has those of its grammar. */
DomDef *xlc_def_from_doc(const XlcDoc *doc, gboolean broken, DomReport *report, GError **error);

/* What of @doc has a meaning, whatever else is wrong in it; nothing is reported (transfer full). */
DomDef *xlc_def_sensible(const XlcDoc *doc);
