/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virhook.h"
#include "virlog.h"

#include "driver/error.h"
#include "driver/hook.h"
#include "driver/model.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.hook");

/* How libvirt calls the step. Its Xen driver has no step for a restore; the one that users write
 * scripts for is the migration's, whose guest arrives in the same way. */
static const struct {
    int op;
    int sub_op;
} steps[] = {
    [DRV_HOOK_PREPARE] = { VIR_HOOK_LIBXL_OP_PREPARE, VIR_HOOK_SUBOP_BEGIN },
    [DRV_HOOK_START] = { VIR_HOOK_LIBXL_OP_START, VIR_HOOK_SUBOP_BEGIN },
    [DRV_HOOK_STARTED] = { VIR_HOOK_LIBXL_OP_STARTED, VIR_HOOK_SUBOP_BEGIN },
    [DRV_HOOK_STOPPED] = { VIR_HOOK_LIBXL_OP_STOPPED, VIR_HOOK_SUBOP_END },
    [DRV_HOOK_RELEASE] = { VIR_HOOK_LIBXL_OP_RELEASE, VIR_HOOK_SUBOP_END },
    [DRV_HOOK_MIGRATE] = { VIR_HOOK_LIBXL_OP_MIGRATE, VIR_HOOK_SUBOP_BEGIN },
    [DRV_HOOK_RESTORE] = { VIR_HOOK_LIBXL_OP_MIGRATE, VIR_HOOK_SUBOP_BEGIN },
    [DRV_HOOK_RECONNECT] = { VIR_HOOK_LIBXL_OP_RECONNECT, VIR_HOOK_SUBOP_BEGIN },
};

gboolean
drv_hook_wanted(void)
{
    return virHookPresent(VIR_HOOK_DRIVER_LIBXL) == 1;
}

gboolean
drv_hook_filter(DrvHook hook, const DomDef *def, char **ret_xml, GError **error)
{
    if (ret_xml) {
        *ret_xml = NULL;
    }
    if (!drv_hook_wanted()) {
        return TRUE;
    }
    g_autofree char *xml = drv_model_format_xml(def, DOM_FORMAT_SECURE, error);
    if (!xml) {
        return FALSE;
    }
    return virHookCall(VIR_HOOK_DRIVER_LIBXL, def->general.name, steps[hook].op, steps[hook].sub_op,
                       NULL, xml, ret_xml) == 0 ||
           drv_fail_from_libvirt(error);
}

gboolean
drv_hook_run(DrvHook hook, const DomDef *def, GError **error)
{
    return drv_hook_filter(hook, def, NULL, error);
}

void
drv_hook_tell(DrvHook hook, const DomDef *def)
{
    g_autoptr(GError) error = NULL;
    if (!drv_hook_run(hook, def, &error)) {
        VIR_WARN("%s", error->message);
    }
}
