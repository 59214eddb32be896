/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "internal.h"
#include "virlog.h"

#include "driver/managed.h"
#include "driver/save.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.managed");

char *
drv_managed_path(const char *name)
{
    return g_strdup_printf("%s/save/%s.save", DRV_LIB_DIR, name);
}

/* The path for the name that the domain has now. */
static char *
path_of(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return drv_managed_path(domain->name);
}

static void
set_saved(DrvDomain *domain, gboolean saved)
{
    DRV_DOMAIN_LOCKED(domain);
    domain->saved = saved;
}

static gboolean
is_saved(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->saved;
}

gboolean
drv_managed_remove(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    g_autofree char *path = path_of(domain);
    if (g_unlink(path) < 0 && errno != ENOENT) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot remove %s: %s"), path,
                        g_strerror(errno));
    }
    set_saved(domain, FALSE);
    return TRUE;
}

/* Somebody may have put the file of another guest there. */
static gboolean
check_whose(DrvDomain *domain, const DomDef *def, const char *path, GError **error)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    DRV_DOMAIN_LOCKED(domain);
    if (!drv_def_uuid(def, uuid) || memcmp(uuid, domain->uuid, VIR_UUID_BUFLEN) != 0) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("%s is a saved guest of another domain"),
                        path);
    }
    return TRUE;
}

static gboolean
start_from_image(DrvDriver *driver, DrvDomain *domain, DrvStartFlags flags, DrvManagedFlags managed,
                 GError **error)
{
    g_autofree char *path = path_of(domain);
    g_autoptr(DrvInput) input = drv_input_open(path, error);
    g_autoptr(DomDef) def = input ? drv_restore_def(input, NULL, error) : NULL;
    if (!def || !check_whose(domain, def, path, error)) {
        g_prefix_error(error,
                       _("domain '%s' is not started, since its saved state is kept as long as "
                         "nobody drops it (virsh start --force-boot): "),
                       domain->name);
        return FALSE;
    }
    DrvRestore restore = { input, (managed & DRV_MANAGED_BYPASS_CACHE) != 0, path };
    return drv_guest_start_from(driver, domain, g_steal_pointer(&def), &drv_restore_origin,
                                &restore, flags | drv_restore_start_flags(input, 0), error);
}

gboolean
drv_managed_start(DrvDriver *driver, DrvDomain *domain, DrvStartFlags flags,
                  DrvManagedFlags managed, GError **error)
{
    gboolean off;
    {
        DRV_DOMAIN_LOCKED(domain);
        off = domain->id < 0;
    }
    if (!off || !is_saved(domain)) {
        return drv_guest_start(driver, domain, flags, error);
    }
    if (managed & DRV_MANAGED_DROP) {
        return drv_managed_remove(driver, domain, error) &&
               drv_guest_start(driver, domain, flags, error);
    }
    return start_from_image(driver, domain, flags, managed, error);
}

void
drv_managed_load(DrvDomain *domain)
{
    g_autofree char *path = path_of(domain);
    gboolean there = g_file_test(path, G_FILE_TEST_EXISTS);
    DRV_DOMAIN_LOCKED(domain);
    domain->saved = there;
    if (there) {
        domain->reason = VIR_DOMAIN_SHUTOFF_SAVED;
    }
}

void
drv_managed_settle(DrvDriver *driver, DrvDomain *domain)
{
    g_autoptr(GError) error = NULL;
    gboolean stale, held;
    {
        DRV_DOMAIN_LOCKED(domain);
        stale = domain->saved && !domain->half_saved;
        held = domain->state == VIR_DOMAIN_PAUSED && domain->reason == VIR_DOMAIN_PAUSED_DUMP;
    }
    if (stale) {
        VIR_WARN("domain '%s' runs; the managed image that it came from is removed", domain->name);
    }
    if ((stale && !drv_managed_remove(driver, domain, &error)) ||
        (held && !drv_guest_unpause(driver, domain, &error))) {
        VIR_ERROR("%s", error->message);
    }
}

gboolean
drv_managed_wake(DrvDriver *driver, DrvDomain *domain, GError **error)
{
    gboolean paused, moving;
    {
        DRV_DOMAIN_LOCKED(domain);
        moving =
            domain->state == VIR_DOMAIN_PAUSED && domain->reason == VIR_DOMAIN_PAUSED_MIGRATION;
        paused = domain->state == VIR_DOMAIN_PAUSED && !moving &&
                 domain->reason != VIR_DOMAIN_PAUSED_SAVE;
        domain->half_saved = FALSE;
    }
    if (is_saved(domain)) {
        return drv_guest_destroy(driver, domain, VIR_DOMAIN_SHUTOFF_SAVED,
                                 VIR_DOMAIN_EVENT_STOPPED_SAVED, error);
    }
    return drv_save_resume(
        driver, domain, paused,
        moving ? VIR_DOMAIN_RUNNING_MIGRATION_CANCELED : VIR_DOMAIN_RUNNING_SAVE_CANCELED, error);
}
