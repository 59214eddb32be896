/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxl_utils.h>

#include "driver/bind/topic.h"
#include "driver/host.h"
#include "driver/live.h"
#include "driver/mirror.h"
#include "driver/pool.h"

/* A number in xenstore below the domain's folder; FALSE when there is none. */
static gboolean
read_number(DrvDriver *driver, int id, const char *key, guint64 *ret_number)
{
    g_autofree char *text = drv_mirror_read(driver->mirror, id, key);
    return text && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret_number, NULL);
}

/* Domain-0 can have all that the machine has, which Xen says with a number beyond any memory. */
static guint64
machine_memory(DrvDriver *driver)
{
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, NULL);
    return xen ? drv_host_memory(xen) : 0;
}

/* libxl takes the video memory off the target that it tells the guest. */
static void
read_memory(DrvLive *live, DrvDriver *driver, const libxl_dominfo *info)
{
    guint64 target, video, max;
    int id = (int)info->domid;
    live->current = info->current_memkb + info->outstanding_memkb;
    live->target = live->current;
    if (read_number(driver, id, "memory/target", &target)) {
        live->target = target + (read_number(driver, id, "memory/videoram", &video) ? video : 0);
    }
    live->max = info->max_memkb;
    if (read_number(driver, id, "memory/static-max", &max)) {
        live->max = max;
    }
    if (id == 0) {
        live->max = MIN(live->max, machine_memory(driver));
    }
    live->max = MAX(live->max, live->target);
    live->current = MIN(live->current, live->max); /* Xen counts pages of its own, too */
}

/* Where xenstore says nothing, as for Domain-0 until somebody changes it, those that run count. */
static void
read_vcpus(DrvLive *live, DrvDriver *driver, const libxl_dominfo *info)
{
    live->n_vcpus = info->vcpu_max_id + 1;
    libxl_bitmap_init(&live->cpus);
    bind_bitmap_alloc(&live->cpus, live->n_vcpus);
    for (guint i = 0; i < live->n_vcpus; i++) {
        g_autofree char *key = g_strdup_printf("cpu/%u/availability", i);
        g_autofree char *word = drv_mirror_read(driver->mirror, (int)info->domid, key);
        if (word ? g_str_equal(word, "online") : i < info->vcpu_online) {
            libxl_bitmap_set(&live->cpus, (int)i);
        }
    }
}

void
drv_live_init(DrvLive *live, DrvDriver *driver, const libxl_dominfo *info)
{
    memset(live, 0, sizeof(*live));
    live->cpu_time = info->cpu_time;
    live->pool = info->cpupool;
    live->paused = info->paused;
    live->ended = info->shutdown || info->dying;
    live->uuid = info->uuid;
    read_memory(live, driver, info);
    read_vcpus(live, driver, info);
}

void
drv_live_clear(DrvLive *live)
{
    libxl_bitmap_dispose(&live->cpus);
}

gboolean
drv_live_read(DrvLive *live, DrvDriver *driver, int id)
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    memset(live, 0, sizeof(*live));
    drv_mirror_catch_up(driver->mirror);
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, NULL);
    gboolean there = xen && libxl_domain_info(xen->ctx, &info, (uint32_t)id) == 0;
    if (there) {
        drv_live_init(live, driver, &info);
    }
    libxl_dominfo_dispose(&info);
    return there;
}

/* What libxl keeps of the first target of an HVM guest that can have more. KiB. */
#define TARGET_FUDGE 1024

static gboolean
same_target(const DrvLive *live, const DomDef *def)
{
    guint64 memory = drv_def_memory(def);
    return memory == live->target ||
           (def->general.type == DOM_TYPE_HVM && memory == live->target + TARGET_FUDGE);
}

void
drv_live_apply(const DrvLive *live, DomDef *def)
{
    guint64 vcpus = (guint64)libxl_bitmap_count_set(&live->cpus);
    if (!same_target(live, def)) {
        def->memory.target = (DomUint){ live->target, TRUE };
    }
    if (drv_def_max_memory(def) != live->max) {
        def->memory.max = (DomUint){ live->max, TRUE };
    }
    if (drv_def_vcpus(def) != vcpus) {
        /* alone, the number of vCPUs is also the most */
        def->cpu.maxvcpus = (DomUint){ drv_def_max_vcpus(def), TRUE };
        def->cpu.vcpus = (DomUint){ vcpus, TRUE };
    }
    if (drv_def_max_vcpus(def) != live->n_vcpus) {
        def->cpu.maxvcpus = (DomUint){ live->n_vcpus, TRUE };
    }
}

void
drv_live_refresh(DrvDriver *driver, int id, DomDef *def)
{
    g_auto(DrvLive) live = { 0 };
    if (!drv_live_read(&live, driver, id) || live.ended) {
        return;
    }
    drv_live_apply(&live, def);
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, NULL);
    if (xen) {
        drv_pool_refresh(xen, live.pool, def);
    }
}

int
drv_live_vnc_port(DrvDriver *driver, int id)
{
    g_autofree char *text =
        drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/console/vnc-port", id);
    guint64 port = text ? g_ascii_strtoull(text, NULL, 10) : 0;
    return port <= G_MAXUINT16 ? (int)port : 0;
}

/* An empty string where there is none. (transfer full) */
static char *
read_tty(DrvDriver *driver, int id, const char *key)
{
    char *tty = drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/%s/tty", id, key);
    return tty ? tty : g_strdup("");
}

static guint
n_serials(const DomDef *def)
{
    return def->chardev.serial_list ? g_strv_length(def->chardev.serial_list)
                                    : def->chardev.serial != NULL;
}

/* Behind those that a device model's own domain has for itself. */
#define STUBDOM_FIRST_SERIAL 3

/* The port is a PV console of the device model's, where that has a domain of its own. */
static char *
serial_tty(DrvDriver *driver, int id, guint port)
{
    guint64 stubdom;
    g_autofree char *key = g_strdup_printf("serial/%u", port);
    g_autofree char *console = g_strdup_printf("device/console/%u", STUBDOM_FIRST_SERIAL + port);
    if (read_number(driver, id, "image/device-model-domid", &stubdom) && stubdom > 0) {
        return read_tty(driver, (int)stubdom, console);
    }
    return read_tty(driver, id, key);
}

/* A port that leads elsewhere has none, whatever those behind it have. */
static char **
serial_ttys(DrvDriver *driver, int id, const DomDef *def)
{
    g_autoptr(GStrvBuilder) ttys = g_strv_builder_new();
    for (guint port = 0; port < n_serials(def); port++) {
        g_autofree char *tty = serial_tty(driver, id, port);
        g_strv_builder_add(ttys, tty);
    }
    return g_strv_builder_end(ttys);
}

/* The place of a channel among libxl's PV consoles, of which the first has no name; 0: there is
 * none. */
static guint
channel_place(DrvDriver *driver, int id, const DomDef *def, const char *name)
{
    for (guint place = 1; place <= def->channels->len; place++) {
        g_autofree char *its = drv_hypervisor_read(
            driver->hypervisor, "/local/domain/%d/device/console/%u/name", id, place);
        if (its && g_strcmp0(its, name) == 0) {
            return place;
        }
    }
    return 0;
}

static char **
channel_ttys(DrvDriver *driver, int id, const DomDef *def)
{
    g_autoptr(GStrvBuilder) ttys = g_strv_builder_new();
    for (guint i = 0; i < def->channels->len; i++) {
        const DomChannel *channel = def->channels->pdata[i];
        guint place = channel_place(driver, id, def, channel->name);
        g_autofree char *key = g_strdup_printf("device/console/%u", place);
        g_autofree char *tty = place > 0 ? read_tty(driver, id, key) : g_strdup("");
        g_strv_builder_add(ttys, tty);
    }
    return g_strv_builder_end(ttys);
}

void
drv_live_fill(DrvDriver *driver, int id, DomDef *def)
{
    DomLive *live = &def->live;
    live->id = id;
    g_free(live->console_tty);
    live->console_tty = drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/console/tty", id);
    g_strfreev(live->serial_ttys);
    live->serial_ttys = serial_ttys(driver, id, def);
    g_strfreev(live->channel_ttys);
    live->channel_ttys = channel_ttys(driver, id, def);
    live->vnc_port = drv_live_vnc_port(driver, id);
}
