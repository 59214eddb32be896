/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's own RELAX NG schema of domain XML. */
#pragma once

#include <glib.h>

typedef struct Schema Schema;

/* NULL when @path is not there or no schema. */
Schema *schema_new(const char *path);
void schema_free(Schema *schema);
/* FALSE with the validator's words in @ret_text (transfer full). */
gboolean schema_validate(Schema *schema, const char *xml, char **ret_text);
