/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <sys/resource.h>

#include "internal.h"
#include "vircommand.h"
#include "virerror.h"
#include "virfile.h"

#include "driver/error.h"
#include "driver/filter.h"
#include "driver/hypervisor.h"
#include "driver/text.h"

struct DrvFilter {
    virCommand *command;
    char *complaint; /* the program's to fill */
};

static int
give_way(gpointer data)
{
    ignore_value(setpriority(PRIO_PROCESS, 0, DRV_NICE));
    return 0;
}

DrvFilter *
drv_filter_start(const DrvFilterPlan *plan, int *ret_fd, GError **error)
{
    int fd = plan->to;
    DrvFilter *filter = g_new0(DrvFilter, 1);
    filter->command = virCommandNewArgList(plan->format->name, plan->back ? "-dc" : "-c", NULL);
    virCommandSetInputFD(filter->command, plan->from);
    virCommandSetOutputFD(filter->command, &fd);
    virCommandSetErrorBuffer(filter->command, &filter->complaint);
    virCommandDoAsyncIO(filter->command);
    if (plan->gives_way) {
        virCommandSetPreExecHook(filter->command, give_way, NULL);
    }
    if (virCommandRunAsync(filter->command, NULL) < 0) {
        drv_fail_from_libvirt(error);
        drv_filter_free(filter);
        return NULL;
    }
    if (plan->to < 0) {
        *ret_fd = fd;
    }
    return filter;
}

gboolean
drv_filter_end(DrvFilter *filter, GError **error)
{
    gboolean done = virCommandWait(filter->command, NULL) == 0 || drv_fail_from_libvirt(error);
    drv_filter_free(filter);
    return done;
}

void
drv_filter_free(DrvFilter *filter)
{
    if (filter) {
        virCommandAbort(filter->command);
        virCommandFree(filter->command);
        g_free(filter->complaint);
        g_free(filter);
    }
}

gboolean
drv_filter_check(const DrvImageFormat *format, GError **error)
{
    g_autofree char *path = virFindFileInPath(format->name);
    return path || drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            _("the program %s is not installed on this host: expected in the "
                              "package of the same name"),
                            format->name);
}
