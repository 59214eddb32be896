/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"

#include <libxl_utils.h>

#include "driver/affinity.h"
#include "driver/bind/topic.h"
#include "driver/change.h"
#include "driver/live.h"

/* Which of a domain's two definitions each combination of flags means. */
static const struct {
    int id;
    gboolean persistent;
    gboolean control;
    unsigned int flags;
    int targets; /* 0: refused */
} targets[] = {
    { -1, TRUE, FALSE, 0, DRV_CHANGE_STORED },
    { 3, TRUE, FALSE, 0, DRV_CHANGE_LIVE },
    { 3, FALSE, FALSE, 0, DRV_CHANGE_LIVE },
    { -1, TRUE, FALSE, VIR_DOMAIN_AFFECT_CONFIG, DRV_CHANGE_STORED },
    { 3, TRUE, FALSE, VIR_DOMAIN_AFFECT_CONFIG, DRV_CHANGE_STORED },
    { 3, TRUE, FALSE, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG,
      DRV_CHANGE_LIVE | DRV_CHANGE_STORED },
    { 3, TRUE, FALSE, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_MEM_MAXIMUM, DRV_CHANGE_LIVE },
    { -1, TRUE, FALSE, VIR_DOMAIN_AFFECT_LIVE, 0 },
    { -1, TRUE, FALSE, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    { 3, FALSE, FALSE, VIR_DOMAIN_AFFECT_CONFIG, 0 },
    { 3, FALSE, FALSE, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    { 0, TRUE, TRUE, 0, DRV_CHANGE_LIVE },
    { 0, TRUE, TRUE, VIR_DOMAIN_AFFECT_CONFIG, 0 },
};

static void
test_targets(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
        DrvTargets found = 0;
        DRV_DOMAIN_LOCKED(domain);
        domain->id = targets[i].id;
        domain->persistent = targets[i].persistent;
        domain->control = targets[i].control;
        g_test_message("case %zu", i);
        gboolean allowed = drv_change_targets(domain, targets[i].flags, &found, &error);
        g_assert_cmpint(found, ==, targets[i].targets);
        g_assert_cmpint(allowed, ==, targets[i].targets != 0);
        if (!allowed) {
            g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_INVALID);
        }
    }
}

/* Pins of four vCPUs, before and after; a list is written with "|". */
static const struct {
    const char *cpus;
    const char *list;
    guint vcpu;
    const char *set;
    const char *result; /* NULL: no affinity at all */
} pins[] = {
    { NULL, NULL, 0, "1", "1" },
    { NULL, NULL, 2, "1", "all|all|1" },
    { "0-1", NULL, 1, "1", "0-1|1|0-1|0-1" },
    { NULL, "0|1", 3, "0-1", "0|1|all|0-1" },
    { NULL, "0|1", 1, "all", "0" },
    { NULL, "0", 0, "all", NULL },
    { "0-1", NULL, 3, "all", "0-1|0-1|0-1" },
};

static void
test_affinity(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(pins); i++) {
        g_autoptr(DomDef) def = fixture_def("web", 1);
        def->cpu.cpus = g_strdup(pins[i].cpus);
        def->cpu.cpus_list = pins[i].list ? g_strsplit(pins[i].list, "|", -1) : NULL;
        drv_affinity_set(&def->cpu, DRV_AFFINITY_HARD, 4, pins[i].vcpu, pins[i].set);
        g_test_message("case %zu", i);
        g_assert_cmpstr(drv_affinity_get(&def->cpu, DRV_AFFINITY_HARD, pins[i].vcpu), ==, pins[i].set);
        g_assert_null(def->cpu.cpus);
        g_autofree char *result = def->cpu.cpus_list ? g_strjoinv("|", def->cpu.cpus_list) : NULL;
        g_assert_cmpstr(result, ==, pins[i].result);
    }
}

static DrvLive
live_of(guint64 target, guint64 max, guint used, guint n_vcpus)
{
    DrvLive live = { .target = target, .max = max, .n_vcpus = n_vcpus };
    bind_bitmap_alloc(&live.cpus, n_vcpus);
    for (guint i = 0; i < used; i++) {
        libxl_bitmap_set(&live.cpus, (int)i);
    }
    return live;
}

/* A guest that is as its definition says keeps the definition's words, what is absent too. */
static void
test_live_same(void)
{
    g_autoptr(DomDef) def = fixture_def("web", 1);
    g_auto(DrvLive) live = live_of(512 * 1024, 512 * 1024, 2, 2);
    def->memory.target = (DomUint){ 512 * 1024, TRUE };
    def->cpu.vcpus = (DomUint){ 2, TRUE };
    g_autoptr(DomDef) before = dom_def_copy(def);
    drv_live_apply(&live, def);
    g_assert_true(dom_def_equal(before, def));
}

static void
test_live_changed(void)
{
    g_autoptr(DomDef) def = fixture_def("web", 1);
    g_auto(DrvLive) live = live_of(256 * 1024, 512 * 1024, 1, 2);
    def->memory.target = (DomUint){ 512 * 1024, TRUE };
    def->cpu.vcpus = (DomUint){ 2, TRUE };
    drv_live_apply(&live, def);
    g_assert_cmpuint(drv_def_memory(def), ==, 256 * 1024);
    g_assert_cmpuint(drv_def_max_memory(def), ==, 512 * 1024);
    g_assert_cmpuint(drv_def_vcpus(def), ==, 1);
    g_assert_cmpuint(drv_def_max_vcpus(def), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drv/tune/targets", test_targets);
    g_test_add_func("/drv/tune/affinity", test_affinity);
    g_test_add_func("/drv/tune/live-same", test_live_same);
    g_test_add_func("/drv/tune/live-changed", test_live_changed);
    return g_test_run();
}
