/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods for how fast a guest may be sent to another host. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/migrate_channel.h"
#include "driver/migrate_params.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* For the migrations to come, and the one that goes on. */
int
drv_domain_migrate_set_max_speed(virDomainPtr dom, unsigned long bandwidth, unsigned int flags)
{
    guint64 speed;
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainMigrateSetMaxSpeedEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!drv_migrate_params_speed(bandwidth, &speed, &error)) {
        return drv_raise(&error);
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->speed = speed;
    if (domain->channel) {
        drv_channel_limit(domain->channel, speed);
    }
    return 0;
}

int
drv_domain_migrate_get_max_speed(virDomainPtr dom, unsigned long *bandwidth, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainMigrateGetMaxSpeedEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    *bandwidth = (unsigned long)(domain->speed / DRV_MIGRATE_MEBIBYTE);
    return 0;
}
