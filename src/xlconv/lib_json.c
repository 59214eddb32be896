/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxl's JSON. The one file of the library that needs libxl, where libxenlight is there. */
#include "xlconv/lib.h"

#ifdef XLC_WITH_JSON

#include "driver/bind/bind.h"
#include "driver/bind/cpuid.h"

gboolean
xlconv_form_is_supported(XlconvForm form)
{
    return form <= XLCONV_FORM_JSON;
}

GPtrArray *
xlc_lib_guests_from_json(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(GPtrArray) read = bind_guests_from_json(text, length, report, error);
    GPtrArray *guests;

    if (read == NULL)
        return NULL;
    guests = g_ptr_array_new_with_free_func((GDestroyNotify)xlconv_guest_free);
    for (guint i = 0; i < read->len; i++) {
        BindJsonGuest *from = read->pdata[i];
        XlconvGuest *guest = xlc_lib_guest_new(g_steal_pointer(&from->def), XLCONV_FORM_JSON);

        guest->lost = g_ptr_array_ref(from->lost);
        g_ptr_array_add(guests, guest);
    }
    return guests;
}

char *
xlc_lib_guest_to_json(const DomDef *def, GError **error)
{
    return bind_def_to_json(def, error);
}

GPtrArray *
xlc_lib_complaints(const DomDef *def)
{
    return bind_def_complaints(def);
}

gboolean
xlc_lib_speaks_for(const XlcXen *xen)
{
    XlcXen own;

    return xen == NULL || (xlc_xen_parse(XLC_LIBXL, &own) && own == *xen);
}

const char *
xlc_lib_cpuid_complaint(const char *item, gboolean leaf)
{
    return bind_cpuid_complaint(item, leaf);
}

DomDef *
xlc_lib_normal(const DomDef *def, gboolean unheld_too)
{
    return bind_normal(def, unheld_too);
}

void
xlc_lib_forget_made_up(DomDef *def, const DomDef *named)
{
    bind_forget_made_up(def, named);
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

GPtrArray *
xlc_lib_complaints(const DomDef *def)
{
    return g_ptr_array_new();
}

gboolean
xlc_lib_speaks_for(const XlcXen *xen)
{
    return FALSE;
}

const char *
xlc_lib_cpuid_complaint(const char *item, gboolean leaf)
{
    return NULL;
}

DomDef *
xlc_lib_normal(const DomDef *def, gboolean unheld_too)
{
    return dom_def_copy(def);
}

void
xlc_lib_forget_made_up(DomDef *def, const DomDef *named)
{
}

#endif
