/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xl adds to a file on its way to libxl, and what it refuses. tests/oracle asks xl itself. */
#include "driver/bind/bind.h"

#include <libxl_utils.h>

static DomDef *
new_guest(DomType type)
{
    DomDef *def = dom_def_new();

    def->general.name = g_strdup("guest");
    def->general.type = type;
    def->os.kernel = g_strdup("/boot/kernel");
    return def;
}

static void
bind_ok(const DomDef *def, const BindHost *host, libxl_domain_config *ret_config)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(bind_domain_config(def, host, ret_config, &error));
    g_assert_no_error(error);
}

static void
assert_refused(const DomDef *def, DomError code)
{
    g_autoptr(GError) error = NULL;
    libxl_domain_config config;

    g_assert_false(bind_domain_config(def, NULL, &config, &error));
    g_assert_error(error, DOM_ERROR, (int)code);
}

static void
test_defaults(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_ABSENT);
    libxl_domain_config config;

    def->memory.target = (DomUint){ .value = 65536, .set = TRUE };
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.c_info.type, ==, LIBXL_DOMAIN_TYPE_PV);
    g_assert_cmpint(config.on_poweroff, ==, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    g_assert_cmpint(config.on_reboot, ==, LIBXL_ACTION_ON_SHUTDOWN_RESTART);
    g_assert_cmpint(config.on_soft_reset, ==, LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET);
    g_assert_true(libxl_defbool_val(config.b_info.claim_mode));
    g_assert_true(libxl_defbool_val(config.c_info.run_hotplug_scripts));
    g_assert_cmpuint(config.b_info.max_memkb, ==, 65536);
    g_assert_cmpint(config.b_info.max_vcpus, ==, 0);
    libxl_domain_config_dispose(&config);
}

static void
test_host_settings(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_PVH);
    BindHost host = bind_host_any;
    libxl_domain_config config;
    DomNic *own = dom_list_add(def->nics, &dom_nic_record);

    dom_list_add(def->nics, &dom_nic_record);
    own->bridge = g_strdup("lan");
    host.vif_bridge = "xenbr1";
    host.vif_script = "vif-route";
    host.claim_mode = FALSE;
    host.max_grant_frames = 64;
    bind_ok(def, &host, &config);
    g_assert_cmpint(config.num_nics, ==, 2);
    g_assert_cmpstr(config.nics[0].bridge, ==, "lan");
    g_assert_cmpstr(config.nics[1].bridge, ==, "xenbr1");
    g_assert_cmpstr(config.nics[1].script, ==, "vif-route");
    g_assert_cmpint(config.nics[1].devid, ==, 1);
    g_assert_false(libxl_defbool_val(config.b_info.claim_mode));
    g_assert_cmpuint(config.b_info.max_grant_frames, ==, 64);
    libxl_domain_config_dispose(&config);
}

/* Keys that make a framebuffer have become one. Those that are left did nothing beside others. */
static void
test_pv_framebuffers(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_PV);
    libxl_domain_config config;

    def->graphics.head.vnc = DOM_TRISTATE_ON;
    def->graphics.head.keymap = g_strdup("de");
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.num_vfbs, ==, 0);
    g_assert_cmpint(config.num_vkbs, ==, 0);
    libxl_domain_config_dispose(&config);

    dom_list_add(def->vfbs, &dom_vfb_record);
    dom_list_add(def->vfbs, &dom_vfb_record);
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.num_vfbs, ==, 2);
    g_assert_cmpint(config.num_vkbs, ==, 2);
    g_assert_null(config.vfbs[0].keymap);
    g_assert_cmpint(config.vkbs[1].devid, ==, 1);
    libxl_domain_config_dispose(&config);
}

static void
test_cdrom(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_HVM);
    DomDisk *drive = dom_list_add(def->disks, &dom_disk_record);
    DomDisk *image = dom_list_add(def->disks, &dom_disk_record);
    libxl_domain_config config;

    drive->cdrom = image->cdrom = DOM_TRISTATE_ON;
    drive->vdev = g_strdup("hdc");
    image->vdev = g_strdup("hdd");
    image->target = g_strdup("/image.iso");
    image->readonly = DOM_TRISTATE_OFF;
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.disks[0].format, ==, LIBXL_DISK_FORMAT_EMPTY);
    g_assert_cmpint(config.disks[1].format, ==, LIBXL_DISK_FORMAT_RAW);
    g_assert_cmpint(config.disks[1].readwrite, ==, 0);
    g_assert_cmpint(config.disks[1].removable, ==, 1);
    libxl_domain_config_dispose(&config);
}

static void
test_hvmloader_is_dropped(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_HVM);
    libxl_domain_config config;

    g_free(def->os.kernel);
    def->os.kernel = g_strdup("/usr/lib/xen/boot/hvmloader");
    bind_ok(def, NULL, &config);
    g_assert_null(config.b_info.kernel);
    libxl_domain_config_dispose(&config);
}

static void
test_affinity_and_numa(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_PV);
    libxl_domain_config config;

    def->cpu.cpus = g_strdup("1-2");
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.b_info.num_vcpu_hard_affinity, ==, 0);
    libxl_domain_config_dispose(&config);

    def->cpu.maxvcpus = (DomUint){ .value = 3, .set = TRUE };
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.b_info.num_vcpu_hard_affinity, ==, 3);
    g_assert_true(libxl_defbool_is_default(config.b_info.numa_placement));
    libxl_domain_config_dispose(&config);

    g_clear_pointer(&def->cpu.cpus, g_free);
    def->cpu.cpus_list = g_strsplit("0 1 2 3 nonsense", " ", -1);
    bind_ok(def, NULL, &config);
    g_assert_cmpint(config.b_info.num_vcpu_hard_affinity, ==, 3);
    g_assert_false(libxl_defbool_val(config.b_info.numa_placement));
    libxl_domain_config_dispose(&config);
}

static void
test_refused(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_PV);
    DomNic *nic;

    def->cpu.vcpus = (DomUint){ .value = 4, .set = TRUE };
    def->cpu.maxvcpus = (DomUint){ .value = 2, .set = TRUE };
    assert_refused(def, DOM_ERROR_INVALID);
    def->cpu.maxvcpus.set = FALSE;

    def->cpu.cpus = g_strdup("300");
    assert_refused(def, DOM_ERROR_INVALID);
    g_clear_pointer(&def->cpu.cpus, g_free);

    def->cpu.cpus_list = g_strsplit("0 nonsense", " ", -1);
    assert_refused(def, DOM_ERROR_INVALID);
    g_clear_pointer(&def->cpu.cpus_list, g_strfreev);

    def->general.max_grant_version = (DomUint){ .value = 1LL << 40, .set = TRUE };
    assert_refused(def, DOM_ERROR_INVALID);
    def->general.max_grant_version.set = FALSE;

    nic = dom_list_add(def->nics, &dom_nic_record);
    nic->mac = g_strdup("00:16:3e");
    assert_refused(def, DOM_ERROR_INVALID);
    g_clear_pointer(&nic->mac, g_free);

    g_clear_pointer(&def->os.kernel, g_free);
    assert_refused(def, DOM_ERROR_INVALID);
}

static void
test_refused_hvm(void)
{
    g_autoptr(DomDef) def = new_guest(DOM_TYPE_HVM);

    def->graphics.head.vnclisten = g_strdup("0.0.0.0:5");
    def->graphics.head.vncdisplay = (DomInt){ .value = 3, .set = TRUE };
    assert_refused(def, DOM_ERROR_INVALID);
    def->graphics.head.vncdisplay.value = 0;

    def->features.viridian_list = g_strsplit("base nonsense", " ", -1);
    assert_refused(def, DOM_ERROR_INVALID);
    g_clear_pointer(&def->features.viridian_list, g_strfreev);

    def->features.mmio_hole = (DomUint){ .value = 100 * 1024, .set = TRUE };
    assert_refused(def, DOM_ERROR_INVALID);
    def->features.mmio_hole.set = FALSE;

    def->video.gfx_passthru = g_strdup("7up");
    assert_refused(def, DOM_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bind/xl/defaults", test_defaults);
    g_test_add_func("/bind/xl/host-settings", test_host_settings);
    g_test_add_func("/bind/xl/pv-framebuffers", test_pv_framebuffers);
    g_test_add_func("/bind/xl/cdrom", test_cdrom);
    g_test_add_func("/bind/xl/hvmloader-is-dropped", test_hvmloader_is_dropped);
    g_test_add_func("/bind/xl/affinity-and-numa", test_affinity_and_numa);
    g_test_add_func("/bind/xl/refused", test_refused);
    g_test_add_func("/bind/xl/refused-hvm", test_refused_hvm);
    return g_test_run();
}
