/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxl's JSON. The one file of the library that needs libxl, where libxenlight is there. */
#include "xlconv/lib.h"

#ifdef XLC_WITH_JSON

#include "driver/bind/bind.h"

gboolean
xlconv_form_is_supported(XlconvForm form)
{
    return form <= XLCONV_FORM_JSON;
}

GPtrArray *
xlc_lib_guests_from_json(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(GPtrArray) defs = bind_defs_from_json(text, length, report, error);
    GPtrArray *guests;

    if (defs == NULL)
        return NULL;
    guests = g_ptr_array_new_with_free_func((GDestroyNotify)xlconv_guest_free);
    while (defs->len > 0)
        g_ptr_array_add(guests,
                        xlc_lib_guest_new(g_ptr_array_steal_index(defs, 0), XLCONV_FORM_JSON));
    return guests;
}

char *
xlc_lib_guest_to_json(const DomDef *def, GError **error)
{
    return bind_def_to_json(def, error);
}

#else

#include <glib/gi18n-lib.h>

static gpointer
fail_without_libxl(GError **error)
{
    g_set_error_literal(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                        _("this xlconv was built without libxenlight: build it where libxen-dev "
                          "is installed"));
    return NULL;
}

gboolean
xlconv_form_is_supported(XlconvForm form)
{
    return form < XLCONV_FORM_JSON;
}

GPtrArray *
xlc_lib_guests_from_json(const char *text, gsize length, DomReport *report, GError **error)
{
    return fail_without_libxl(error);
}

char *
xlc_lib_guest_to_json(const DomDef *def, GError **error)
{
    return fail_without_libxl(error);
}

#endif
