/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/units.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"

static const struct {
    const char *unit;
    guint64 bytes;
} rows[] = {
    { "b", 1 },
    { "bytes", 1 },
    { "KB", 1000 },
    { "k", 1024 },
    { "KiB", 1024 },
    { "MB", 1000 * 1000 },
    { "M", 1024 * 1024 },
    { "MiB", 1024 * 1024 },
    { "GB", 1000 * 1000 * 1000 },
    { "G", 1024 * 1024 * 1024 },
    { "GiB", 1024 * 1024 * 1024 },
    { "TB", G_GUINT64_CONSTANT(1000000000000) },
    { "T", G_GUINT64_CONSTANT(1) << 40 },
    { "TiB", G_GUINT64_CONSTANT(1) << 40 },
};

static guint64
bytes_of(const char *unit)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_ascii_strcasecmp(rows[i].unit, unit) == 0)
            return rows[i].bytes;
    }
    return 0;
}

gboolean
dom_units_parse_kib(const char *text, const char *unit, guint64 *ret_kib, GError **error)
{
    guint64 scale = bytes_of(unit != NULL ? unit : "KiB");
    guint64 value, bytes;

    if (scale == 0) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("'%s' is no unit of memory: expected KiB, MiB, GiB or TiB"), unit);
        return FALSE;
    }
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &value, NULL) ||
        !g_uint64_checked_mul(&bytes, value, scale)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("'%s' is not a size: expected a number of %s"), text,
                    unit != NULL ? unit : "KiB");
        return FALSE;
    }
    *ret_kib = bytes / 1024 + (bytes % 1024 != 0);
    return TRUE;
}
