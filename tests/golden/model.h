/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tests ask of two models beyond dom_def_equal(): where they differ, and what leaks. */
#pragma once

#include "conf/def.h"

/* One line per member that differs (transfer full); "" when the models are equal. */
char *model_difference(const DomDef *a, const DomDef *b);

/* The same of what xl.cfg has words for. */
char *model_difference_to_xl(const DomDef *a, const DomDef *b);

/* Every password in @def that is not empty (transfer full). */
char **model_secrets(const DomDef *def);
