/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assignments that no row understands, carried as text. */
#pragma once

#include "xlconv/writer.h"

/* Writes each "key = value" of @lines (NULL: none). Fails when one of them is no assignment. */
gboolean xlc_kept_write(char **lines, XlcWriter *writer, GError **error);
