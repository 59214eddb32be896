/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virbuffer.h"
#include "virerror.h"
#include "virsysinfo.h"
#include "virutil.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/migrate_arrival.h"
#include "driver/migrate_source.h"
#include "driver/owner.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

DrvDriver *
drv_driver_of(virConnectPtr conn)
{
    return conn->privateData;
}

int
drv_connect_uri_probe(char **uri)
{
    if (drv_driver && drv_xen_present(NULL)) {
        *uri = g_strdup("xen:///system");
    }
    return 1;
}

static gboolean
check_path(const char *path, GError **error)
{
    static const char *const paths[] = { "", "/", "/system", NULL };
    if (!g_strv_contains(paths, path ? path : "")) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("there is no Xen at the URI path '%s': use xen:///system"), path);
    }
    return TRUE;
}

static gboolean
check_started(GError **error)
{
    if (!drv_driver) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("the Xen driver does not run in this daemon: connect to the system's "
                          "daemon with xen:///system"));
    }
    return drv_driver_start(drv_driver, error);
}

virDrvOpenStatus
drv_connect_open(virConnectPtr conn, virConnectAuthPtr auth, virConf *conf, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    virCheckFlags(VIR_CONNECT_RO, VIR_DRV_OPEN_ERROR);
    if (!check_path(conn->uri->path, &error) || !check_started(&error)) {
        drv_raise(&error);
        return VIR_DRV_OPEN_ERROR;
    }
    if (virConnectOpenEnsureACL(conn) < 0) {
        return VIR_DRV_OPEN_ERROR;
    }
    conn->privateData = drv_driver;
    return VIR_DRV_OPEN_SUCCESS;
}

int
drv_connect_close(virConnectPtr conn)
{
    /* a connection that outlives the driver owns nothing */
    if (drv_driver && conn->privateData == drv_driver) {
        drv_owner_gone(drv_driver, conn);
        drv_migrate_source_gone(drv_driver, conn);
        drv_arrivals_gone(drv_driver, conn);
    }
    conn->privateData = NULL;
    return 0;
}

int
drv_connect_supports_feature(virConnectPtr conn, int feature)
{
    int supported = 0;
    if (virConnectSupportsFeatureEnsureACL(conn) < 0) {
        return -1;
    }
    if (virDriverFeatureIsGlobal((virDrvFeature)feature, &supported)) {
        return supported;
    }
    switch (feature) {
    case VIR_DRV_FEATURE_MIGRATION_V3:
    case VIR_DRV_FEATURE_MIGRATION_PARAMS:
    case VIR_DRV_FEATURE_MIGRATION_P2P:
    case VIR_DRV_FEATURE_MIGRATION_OFFLINE:
    case VIR_DRV_FEATURE_MIGRATE_CHANGE_PROTECTION:
        return 1;
    default:
        return 0;
    }
}

const char *
drv_connect_get_type(virConnectPtr conn)
{
    if (virConnectGetTypeEnsureACL(conn) < 0) {
        return NULL;
    }
    return "Xen";
}

int
drv_connect_get_version(virConnectPtr conn, unsigned long *version)
{
    if (virConnectGetVersionEnsureACL(conn) < 0) {
        return -1;
    }
    *version = drv_hypervisor_version(drv_driver_of(conn)->hypervisor);
    return 0;
}

char *
drv_connect_get_hostname(virConnectPtr conn)
{
    if (virConnectGetHostnameEnsureACL(conn) < 0) {
        return NULL;
    }
    return virGetHostname();
}

char *
drv_connect_get_sysinfo(virConnectPtr conn, unsigned int flags)
{
    g_auto(virBuffer) buffer = VIR_BUFFER_INITIALIZER;
    virCheckFlags(0, NULL);
    if (virConnectGetSysinfoEnsureACL(conn) < 0) {
        return NULL;
    }
    g_autoptr(virSysinfoDef) info = virSysinfoRead();
    if (!info || virSysinfoFormat(&buffer, info) < 0) {
        return NULL;
    }
    return virBufferContentAndReset(&buffer);
}

int
drv_connect_is_alive(virConnectPtr conn)
{
    return 1;
}

/* Local: nothing leaves the machine, and only what the daemon's socket lets in comes here. */
int
drv_connect_is_encrypted(virConnectPtr conn)
{
    return 0;
}

int
drv_connect_is_secure(virConnectPtr conn)
{
    return 1;
}
