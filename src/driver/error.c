/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <gio/gio.h>

#include "internal.h"
#include "virerror.h"

#include <xlconv/xlconv.h>

#include "conf/def.h"
#include "driver/error.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* As in conf/def.c. */
GQuark
drv_error_quark(void)
{
    return g_quark_from_static_string("drv-error-quark");
}

gboolean
drv_fail(GError **error, virErrorNumber code, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        *error = g_error_new_valist(DRV_ERROR, (int)code, format, args);
        va_end(args);
    }
    return FALSE;
}

static int
libvirt_code(const GError *error)
{
    if (error->domain == DRV_ERROR) {
        return error->code;
    }
    if (error->domain == G_FILE_ERROR || error->domain == G_IO_ERROR) {
        return VIR_ERR_OPERATION_FAILED;
    }
    if (g_error_matches(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED) ||
        g_error_matches(error, XLCONV_ERROR, XLCONV_ERROR_UNSUPPORTED)) {
        return VIR_ERR_CONFIG_UNSUPPORTED;
    }
    return VIR_ERR_XML_ERROR;
}

int
drv_raise(GError **error)
{
    virReportErrorHelper(VIR_FROM_THIS, libvirt_code(*error), __FILE__, __func__, __LINE__, "%s",
                         (*error)->message);
    g_clear_error(error);
    return -1;
}

gboolean
drv_fail_from_libvirt(GError **error)
{
    virErrorPtr last = virGetLastError();
    virErrorNumber code = last ? (virErrorNumber)last->code : VIR_ERR_INTERNAL_ERROR;
    drv_fail(error, code, "%s", virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}
