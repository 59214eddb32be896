/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/error.h"
#include "xlconv/lib.h"

GQuark
xlconv_error_quark(void)
{
    return g_quark_from_static_string("xlconv-error-quark");
}

static const struct {
    GQuark (*domain)(void);
    int code;
    XlconvError public_code;
} rows[] = {
    { dom_error_quark, DOM_ERROR_SYNTAX, XLCONV_ERROR_SYNTAX },
    { dom_error_quark, DOM_ERROR_INVALID, XLCONV_ERROR_INVALID },
    { dom_error_quark, DOM_ERROR_UNSUPPORTED, XLCONV_ERROR_UNSUPPORTED },
    { xlc_error_quark, XLC_ERROR_SYNTAX, XLCONV_ERROR_SYNTAX },
    { xlc_error_quark, XLC_ERROR_VALUE, XLCONV_ERROR_INVALID },
    { xlc_error_quark, XLC_ERROR_LIMIT, XLCONV_ERROR_SYNTAX },
    { xlc_error_quark, XLC_ERROR_UNWRITABLE, XLCONV_ERROR_UNWRITABLE },
};

void
xlc_lib_raise(GError *inner, GError **error)
{
    XlconvError code = XLCONV_ERROR_INVALID;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_error_matches(inner, rows[i].domain(), rows[i].code))
            code = rows[i].public_code;
    }
    g_set_error_literal(error, XLCONV_ERROR, (gint)code, inner->message);
    g_error_free(inner);
}

const char *
xlconv_version(void)
{
    return XLVIRT_VERSION;
}
