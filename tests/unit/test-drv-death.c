/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"
#include "driver/death.h"

/* Defaults as xl.cfg(5) has them. */
static void
test_defaults(void)
{
    g_autoptr(DomDef) def = fixture_def("web", 1);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_POWEROFF), ==, DOM_ACTION_DESTROY);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_REBOOT), ==, DOM_ACTION_RESTART);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_CRASH), ==, DOM_ACTION_DESTROY);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_WATCHDOG), ==, DOM_ACTION_DESTROY);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_SOFT_RESET), ==,
                    DOM_ACTION_SOFT_RESET);
}

static void
test_chosen(void)
{
    g_autoptr(DomDef) def = fixture_def("web", 1);
    def->events.on_poweroff = DOM_ACTION_PRESERVE;
    def->events.on_reboot = DOM_ACTION_DESTROY;
    def->events.on_crash = DOM_ACTION_COREDUMP_RESTART;
    def->events.on_watchdog = DOM_ACTION_RESTART;
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_POWEROFF), ==, DOM_ACTION_PRESERVE);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_REBOOT), ==, DOM_ACTION_DESTROY);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_CRASH), ==,
                    DOM_ACTION_COREDUMP_RESTART);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_WATCHDOG), ==, DOM_ACTION_RESTART);
}

/* A guest that was suspended, or stopped for a reason that nobody knows, stays as it is. */
static void
test_others_stay(void)
{
    g_autoptr(DomDef) def = fixture_def("web", 1);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_SUSPEND), ==, DOM_ACTION_PRESERVE);
    g_assert_cmpint(drv_death_action(def, LIBXL_SHUTDOWN_REASON_UNKNOWN), ==, DOM_ACTION_PRESERVE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drv/death/defaults", test_defaults);
    g_test_add_func("/drv/death/chosen", test_chosen);
    g_test_add_func("/drv/death/others-stay", test_others_stay);
    return g_test_run();
}
