/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two forms of xl.cfg's cpuid key. */
#pragma once

#include "driver/bind/bind.h"

/*
 * Adds what @text ("host,feature=value,...") or @list (leaf lines) say to @policy. What libxl does
 * not understand is passed over, as xl does after a warning. Both may be NULL.
 */
void bind_cpuid_apply(const char *text, char *const *list, libxl_cpuid_policy_list *policy);

/*
 * What libxl does not understand of @item, "feature=value", or a leaf line with @leaf (translated);
 * NULL when nothing is wrong.
 */
const char *bind_cpuid_complaint(const char *item, gboolean leaf);

/* The policy as leaf lines (transfer full); NULL when it is empty. */
char **bind_cpuid_read(const libxl_cpuid_policy_list *policy);
