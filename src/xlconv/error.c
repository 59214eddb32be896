/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/error.h"

/* As in conf/def.c. */
GQuark
xlc_error_quark(void)
{
    return g_quark_from_static_string("xlc-error-quark");
}
