/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/*
 * Where the daemon meets the driver: it loads libvirt_driver_libxl.so, calls libxlRegister(), and
 * later the state driver's functions below. None of them may fail because of Xen: a daemon whose
 * state driver fails ends itself, with all that it does for other hypervisors.
 */

#include "internal.h"
#include <driver.h>
#include "virerror.h"
#include "virlog.h"

#include "driver/api.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.module");

DrvDriver *drv_driver;

static virDrvStateInitResult
state_initialize(bool privileged, const char *root, bool monolithic,
                 virStateInhibitCallback inhibit, void *inhibit_data)
{
    if (!privileged || root) {
        VIR_INFO("not privileged: no Xen driver in this daemon");
        return VIR_DRV_STATE_INIT_SKIPPED;
    }
    g_autoptr(GError) error = NULL;
    drv_driver = drv_driver_new(monolithic, inhibit, inhibit_data);
    if (!drv_driver_start(drv_driver, &error)) {
        VIR_WARN("no xen:///system for now: %s", error->message);
    }
    return VIR_DRV_STATE_INIT_COMPLETE;
}

static int
state_cleanup(void)
{
    DrvDriver *driver = g_steal_pointer(&drv_driver);
    if (!driver) {
        return -1;
    }
    drv_driver_free(driver);
    return 0;
}

static int
state_reload(void)
{
    return 0;
}

/* The daemon is to end, and waits for calls that run. */
static int
state_shutdown_prepare(void)
{
    if (drv_driver) {
        drv_driver_hurry(drv_driver);
    }
    return 0;
}

static virStateDriver state_driver = {
    .name = "LIBXL",
    .stateInitialize = state_initialize,
    .stateCleanup = state_cleanup,
    .stateReload = state_reload,
    .stateShutdownPrepare = state_shutdown_prepare,
};

static const char *uri_schemes[] = { "xen", NULL };

static virConnectDriver connect_driver = {
    .localOnly = true,
    .uriSchemes = uri_schemes,
    .hypervisorDriver = &drv_hypervisor_driver,
};

/* The one symbol of the module; the daemon knows it by this name. */
__attribute__((visibility("default"))) int libxlRegister(void);

int
libxlRegister(void)
{
    if (virRegisterConnectDriver(&connect_driver, true) < 0 ||
        virRegisterStateDriver(&state_driver) < 0) {
        return -1;
    }
    return 0;
}
