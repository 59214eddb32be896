/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes with units, as domain XML writes them. */
#pragma once

#include <glib.h>

/*
 * Reads @text in @unit (b, KB, KiB, k, M, MB, MiB ...; NULL is KiB) into KiB, rounded up.
 * FALSE with DOM_ERROR_INVALID for anything else, or for what does not fit.
 * From: libvirt's formatdomain, "Memory Allocation".
 */
gboolean dom_units_parse_kib(const char *text, const char *unit, guint64 *ret_kib, GError **error);
