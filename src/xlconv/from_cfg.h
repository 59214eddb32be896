/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk from a document into the model. */
#pragma once

#include "xlconv/key.h"

/* Fills @def from all entries of the reader's document; what no row takes is kept as it is. */
void xlc_read(XlcReader *reader, DomDef *def);
