/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/retired.h"

#include <glib.h>
#include <glib/gi18n-lib.h>

#define CMDLINE                                                                                    \
    N_("it was for the old xm, which put it on the kernel's command line: write it into "          \
       "extra= or cmdline=")
#define GONE N_("it was for the old xm, and nothing replaces it: delete it")

/* By name: the options of xm create, keys that xl has dropped, and one that guides write. */
static const struct {
    const char *key;
    const char *instead;
} rows[] = {
    { "access_control", N_("it was for the old xm: use seclabel=") },
    { "blkif", N_("it was for the old xm: use driver_domain=") },
    { "bootargs", N_("use bootloader_args=, a list") },
    { "bootentry", GONE },
    { "cpu", N_("it was for the old xm: use cpus=") },
    { "cpu_cap", N_("it was for the old xm: use cap=") },
    { "cpuid_check", GONE },
    { "dhcp", CMDLINE },
    { "gateway", CMDLINE },
    { "guest_os_type", GONE },
    { "hostname", CMDLINE },
    { "intf", CMDLINE },
    { "ip", CMDLINE },
    { "irq", N_("it was for the old xm: use irqs=") },
    { "isa", GONE },
    { "loader", N_("it was for the old xm: use firmware_override=") },
    { "machine_address_size", GONE },
    { "monitor", GONE },
    { "netif", N_("it was for the old xm: use driver_domain=") },
    { "netmask", CMDLINE },
    { "nfs_root", CMDLINE },
    { "nfs_server", CMDLINE },
    { "nographic", N_("it was for the old xm: use nographics=") },
    { "numa", N_("nothing reads it: cpus = \"node:0\" keeps the guest on a node") },
    { "on_xend_start", N_("it was for the old xm: link the file into /etc/xen/auto") },
    { "on_xend_stop", N_("it was for the old xm: see XENDOMAINS_SAVE of xendomains") },
    { "pvh", N_("it was for Xen before 4.10: use type = \"pvh\"") },
    { "restart", N_("it was for the old xm: use on_poweroff=, on_reboot= and on_crash=") },
    { "s3_integrity", GONE },
    { "superpages", GONE },
    { "suppress_spurious_page_faults", GONE },
    { "tpmif", N_("it was for the old xm: use driver_domain=") },
    { "vcpu_avail", N_("it was for the old xm: use vcpus= beside maxvcpus=") },
    { "vhpt", GONE },
    { "vncconsole", N_("it was for the old xm: a viewer is started by xl create -V") },
    { "vscsi", GONE },
};

const char *
xlc_key_retired(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].key, name))
            return _(rows[i].instead);
    }
    return NULL;
}
