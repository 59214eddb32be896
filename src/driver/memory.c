/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* A guest's memory: what it has, what it can have, and how it uses it. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/host.h"
#include "driver/live.h"
#include "driver/memory.h"
#include "driver/mirror.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    guint64 kib;
    int told; /* domid of the guest that was; -1 */
} Size;

static gboolean
check_max(const DomDef *def, guint64 kib, GError **error)
{
    if (kib > drv_def_max_memory(def)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("domain '%s' can have at most %llu KiB, not %llu: raise the maximum "
                          "first (virsh setmaxmem)"),
                        def->general.name, (unsigned long long)drv_def_max_memory(def),
                        (unsigned long long)kib);
    }
    return TRUE;
}

/* A target alone is the maximum too: that stays when the target goes down. */
static gboolean
edit_target(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Size *size = data;
    if (!check_max(def, size->kib, error)) {
        return FALSE;
    }
    def->memory.max = (DomUint){ drv_def_max_memory(def), TRUE };
    def->memory.target = (DomUint){ size->kib, TRUE };
    return TRUE;
}

/* The limit of the hypervisor goes with the target, as with `xl mem-set`. */
static gboolean
apply_target(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Size *size = data;
    if (libxl_set_memory_target(xen->ctx, domid, (int64_t)size->kib, 0, 1) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot give domain '%s' %llu KiB of memory"), def->general.name,
                            (unsigned long long)size->kib);
    }
    size->told = (int)domid;
    return TRUE;
}

static const DrvChange change_target = { "setmem", edit_target, apply_target };

static gboolean
edit_max(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Size *size = data;
    if (def->vnodes->len > 0) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' has NUMA nodes, whose sizes add up to its maximum: change "
                          "those in its definition"),
                        def->general.name);
    }
    if (target == DRV_CHANGE_LIVE && size->kib < drv_def_memory(def)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("domain '%s' has %llu KiB: take memory from it first (virsh setmem)"),
                        def->general.name, (unsigned long long)drv_def_memory(def));
    }
    def->memory.target = (DomUint){ MIN(drv_def_memory(def), size->kib), TRUE };
    def->memory.max = (DomUint){ size->kib, TRUE };
    return TRUE;
}

static gboolean
apply_max(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    const Size *size = data;
    guint64 host = drv_host_memory(xen);
    if (host > 0 && size->kib > host) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("domain '%s' cannot have %llu KiB: this host has %llu"),
                        def->general.name, (unsigned long long)size->kib, (unsigned long long)host);
    }
    if (libxl_domain_setmaxmem(xen->ctx, domid, size->kib) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot let domain '%s' have %llu KiB of memory"),
                            def->general.name, (unsigned long long)size->kib);
    }
    return TRUE;
}

static const DrvChange change_max = { "setmaxmem", edit_max, apply_max };

static int
change_memory(virDomainPtr dom, DrvDomain *domain, unsigned long kib, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    DrvDriver *driver = drv_driver_of(dom->conn);
    Size size = { kib, -1 };
    const DrvChange *change = flags & VIR_DOMAIN_MEM_MAXIMUM ? &change_max : &change_target;
    if (!drv_change_run(driver, domain, change, flags, &size, &error)) {
        return drv_raise(&error);
    }
    if (size.told >= 0) {
        drv_event_balloon_change(driver, domain, size.told, kib);
    }
    return 0;
}

int
drv_domain_set_memory_flags(virDomainPtr dom, unsigned long kib, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_MEM_MAXIMUM, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetMemoryFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    return change_memory(dom, domain, kib, flags);
}

int
drv_domain_set_memory(virDomainPtr dom, unsigned long kib)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetMemoryEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return change_memory(dom, domain, kib, VIR_DOMAIN_AFFECT_LIVE);
}

int
drv_domain_set_max_memory(virDomainPtr dom, unsigned long kib)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetMaxMemoryEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return change_memory(dom, domain, kib, VIR_DOMAIN_MEM_MAXIMUM);
}

unsigned long long
drv_domain_get_max_memory(virDomainPtr dom)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int id;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetMaxMemoryEnsureACL(dom->conn, who->def) < 0) {
        return 0;
    }
    g_autoptr(DomDef) def = drv_change_look(drv_driver_of(dom->conn), domain, 0, &id, &error);
    if (!def) {
        drv_raise(&error);
        return 0;
    }
    return drv_def_max_memory(def);
}

/* What a guest with XenServer's tools writes down about itself, in KiB. */
static const struct {
    int tag;
    const char *key;
} guest_stats[] = {
    { VIR_DOMAIN_MEMORY_STAT_UNUSED, "data/meminfo_free" },
    { VIR_DOMAIN_MEMORY_STAT_AVAILABLE, "data/meminfo_total" },
};

static gboolean
read_guest_stat(DrvDriver *driver, int id, const char *key, unsigned long long *ret_kib)
{
    guint64 kib;
    g_autofree char *text = drv_mirror_read(driver->mirror, id, key);
    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64 / 1024, &kib, NULL)) {
        return FALSE;
    }
    *ret_kib = kib;
    return TRUE;
}

guint
drv_memory_stats(DrvDriver *driver, int id, const DrvLive *live, virDomainMemoryStatPtr stats,
                 guint n_stats)
{
    guint count = 0;
    gboolean available = FALSE;
    if (count < n_stats) {
        stats[count++] =
            (virDomainMemoryStatStruct){ VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, live->current };
    }
    for (gsize i = 0; i < G_N_ELEMENTS(guest_stats) && count < n_stats; i++) {
        if (read_guest_stat(driver, id, guest_stats[i].key, &stats[count].val)) {
            available = available || guest_stats[i].tag == VIR_DOMAIN_MEMORY_STAT_AVAILABLE;
            stats[count++].tag = guest_stats[i].tag;
        }
    }
    /* a ballooned Xen guest sees what it has, less what its kernel keeps for itself */
    if (!available && count < n_stats) {
        stats[count++] =
            (virDomainMemoryStatStruct){ VIR_DOMAIN_MEMORY_STAT_AVAILABLE, live->current };
    }
    return count;
}

int
drv_domain_memory_stats(virDomainPtr dom, virDomainMemoryStatPtr stats, unsigned int n_stats,
                        unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvLive) live = { 0 };
    DrvDriver *driver = drv_driver_of(dom->conn);
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainMemoryStatsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int id = drv_domain_running_id(domain, &error);
    if (id < 0) {
        return drv_raise(&error);
    }
    if (!drv_live_read(&live, driver, id)) {
        drv_fail(&error, VIR_ERR_OPERATION_INVALID, _("domain '%s' is not running"),
                 who->def->name);
        return drv_raise(&error);
    }
    return (int)drv_memory_stats(driver, id, &live, stats, n_stats);
}
