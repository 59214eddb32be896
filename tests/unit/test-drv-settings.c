/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"
#include "driver/settings.h"

#include <glib/gstdio.h>
#include <libvirt/libvirt.h>

/* What libxl.conf with @text says on a host whose Xen was booted with @command_line. */
static DrvSettings *
read_text(const char *text, const char *command_line)
{
    g_autofree char *folder = g_dir_make_tmp("settings-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "libxl.conf", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    DrvSettings *settings = drv_settings_read(path, command_line);
    g_unlink(path);
    g_rmdir(folder);
    return settings;
}

static void
test_no_file(void)
{
    g_autoptr(DrvSettings) settings = drv_settings_read("/nowhere/libxl.conf", NULL);
    g_assert_true(settings->autoballoon);
    g_assert_false(settings->nested_hvm);
    g_assert_null(settings->lock_manager);
}

static void
test_all(void)
{
    g_autoptr(DrvSettings) settings = read_text("autoballoon = 0\n"
                                                "nested_hvm = 1\n"
                                                "lock_manager = \"lockd\"\n"
                                                "migrate_tls_x509_cert_dir = \"/pki\"\n",
                                                "console=com1");
    g_assert_false(settings->autoballoon);
    g_assert_true(settings->nested_hvm);
    g_assert_cmpstr(settings->lock_manager, ==, "lockd");
    g_assert_cmpstr(settings->migrate_tls_folder, ==, "/pki");
}

static void
test_ports(void)
{
    g_autoptr(DrvSettings) none = read_text("", NULL);
    g_autoptr(DrvSettings) one = read_text("remote_display_port_min = 6000\n", NULL);
    g_autoptr(DrvSettings) low = read_text("remote_display_port_min = 80\n", NULL);
    g_autoptr(DrvSettings) crossed =
        read_text("remote_display_port_min = 7000\nremote_display_port_max = 6000\n", NULL);
    g_assert_cmpuint(none->display_port_min, ==, 0);
    g_assert_cmpuint(one->display_port_min, ==, 6000);
    g_assert_cmpuint(one->display_port_max, ==, 65535);
    g_assert_cmpuint(low->display_port_min, ==, 0);
    g_assert_cmpuint(crossed->display_port_min, ==, 0);
}

/* Domain-0's memory was fixed: the file has to say that it may be taken. */
static void
test_fixed_memory(void)
{
    g_autoptr(DrvSettings) first = read_text("", "dom0_mem=2048M console=com1");
    g_autoptr(DrvSettings) last = read_text("", "console=com1 dom0_mem=max:1G");
    g_autoptr(DrvSettings) other = read_text("", "xdom0_mem=1");
    g_autoptr(DrvSettings) wanted = read_text("autoballoon = 1\n", "dom0_mem=2048M");
    g_assert_false(first->autoballoon);
    g_assert_false(last->autoballoon);
    g_assert_true(other->autoballoon);
    g_assert_true(wanted->autoballoon);
}

/* One key that cannot be used costs no other. */
static void
test_broken(void)
{
    g_autoptr(DrvSettings) key = read_text("autoballoon = \"maybe\"\nnested_hvm = 1\n", NULL);
    g_autoptr(DrvSettings) file = read_text("autoballoon = = 0\n", NULL);
    g_assert_true(key->autoballoon);
    g_assert_true(key->nested_hvm);
    g_assert_true(file->autoballoon);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(virInitialize(), ==, 0);
    g_test_add_func("/settings/no-file", test_no_file);
    g_test_add_func("/settings/all", test_all);
    g_test_add_func("/settings/fixed-memory", test_fixed_memory);
    g_test_add_func("/settings/ports", test_ports);
    g_test_add_func("/settings/broken", test_broken);
    return g_test_run();
}
