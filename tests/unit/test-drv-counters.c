/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <glib/gstdio.h>

#include "driver/counters.h"

/* A folder that stands for /sys, removed at the end. */
typedef struct {
    char *root;
} Sysfs;

static void
set_up(Sysfs *sysfs, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    sysfs->root = g_dir_make_tmp("counters-XXXXXX", &error);
    g_assert_no_error(error);
}

static void
tear_down(Sysfs *sysfs, gconstpointer data)
{
    const char *command[] = { "rm", "-r", sysfs->root, NULL };
    g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
    g_free(sysfs->root);
}

static void
put(const Sysfs *sysfs, const char *folder, const char *file, const char *text)
{
    g_autofree char *place = g_build_filename(sysfs->root, folder, "statistics", NULL);
    g_autofree char *path = g_build_filename(place, file, NULL);
    g_assert_cmpint(g_mkdir_with_parents(place, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* What dom0 sends, the guest receives. */
static void
test_nic(Sysfs *sysfs, gconstpointer data)
{
    static const char *const files[] = { "tx_bytes", "tx_packets", "tx_errors", "tx_dropped",
                                         "rx_bytes", "rx_packets", "rx_errors", "rx_dropped" };
    virDomainInterfaceStatsStruct stats = { .rx_bytes = -7 };
    g_assert_false(drv_counters_nic(sysfs->root, "vif3.0", &stats));
    g_assert_cmpint(stats.rx_bytes, ==, -7);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = g_strdup_printf("%u\n", 10 + i);
        put(sysfs, "class/net/vif3.0", files[i], text);
    }
    g_assert_true(drv_counters_nic(sysfs->root, "vif3.0", &stats));
    g_assert_cmpint(stats.rx_bytes, ==, 10);
    g_assert_cmpint(stats.rx_drop, ==, 13);
    g_assert_cmpint(stats.tx_bytes, ==, 14);
    g_assert_cmpint(stats.tx_errs, ==, 16);
}

static void
test_disk(Sysfs *sysfs, gconstpointer data)
{
    const char *folder = "bus/xen-backend/devices/vbd-3-51712";
    DrvDiskCounts counts = { .read_bytes = 7 };
    put(sysfs, folder, "rd_req", "2\n");
    put(sysfs, folder, "wr_req", "3\n");
    put(sysfs, folder, "f_req", "1\n");
    put(sysfs, folder, "rd_sect", "16\n");
    g_assert_false(drv_counters_disk(sysfs->root, 3, 51712, &counts));
    g_assert_cmpuint(counts.read_bytes, ==, 7);
    put(sysfs, folder, "wr_sect", "24\n");
    g_assert_true(drv_counters_disk(sysfs->root, 3, 51712, &counts));
    g_assert_cmpuint(counts.read_bytes, ==, 16 * 512);
    g_assert_cmpuint(counts.write_bytes, ==, 24 * 512);
    g_assert_cmpuint(counts.flush_requests, ==, 1);
    g_assert_false(drv_counters_disk(sysfs->root, 4, 51712, &counts));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/drv/counters/nic", Sysfs, NULL, set_up, test_nic, tear_down);
    g_test_add("/drv/counters/disk", Sysfs, NULL, set_up, test_disk, tear_down);
    return g_test_run();
}
