/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/params.h"

void
drv_params_clear(DrvParams *params)
{
    virTypedParamsFree(params->list, params->count);
    *params = (DrvParams){ 0 };
}

virTypedParameterPtr
drv_params_steal(DrvParams *params)
{
    params->count = params->room = 0;
    return g_steal_pointer(&params->list);
}

/* The function drv_params_@what(), which adds a @type with virTypedParamsAdd@add(). */
#define DEFINE_ADD(what, type, add)                                                                \
    gboolean drv_params_##what(DrvParams *params, type value, const char *format, ...)             \
    {                                                                                              \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        g_autofree char *name = g_strdup_vprintf(format, args);                                    \
        va_end(args);                                                                              \
        return virTypedParamsAdd##add(&params->list, &params->count, &params->room, name,          \
                                      value) == 0;                                                 \
    }

DEFINE_ADD(int, int, Int)
DEFINE_ADD(uint, guint, UInt)
DEFINE_ADD(ullong, guint64, ULLong)
DEFINE_ADD(boolean, gboolean, Boolean)

gboolean
drv_params_text(DrvParams *params, const char *value, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *name = g_strdup_vprintf(format, args);
    va_end(args);
    return !value ||
           virTypedParamsAddString(&params->list, &params->count, &params->room, name, value) == 0;
}
