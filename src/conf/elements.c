/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/elements.h"

#include <libxml/tree.h>

#include "conf/nearest.h"

/* Those of libvirt 9.0 to 11.3. */
static const char *const of_domain[] = {
    "name",
    "uuid",
    "hwuuid",
    "genid",
    "title",
    "description",
    "metadata",
    "memory",
    "currentMemory",
    "maxMemory",
    "memoryBacking",
    "memtune",
    "vcpu",
    "vcpus",
    "iothreads",
    "iothreadids",
    "cputune",
    "numatune",
    "resource",
    "sysinfo",
    "bootloader",
    "bootloader_args",
    "os",
    "idmap",
    "features",
    "cpu",
    "clock",
    "pm",
    "perf",
    "on_poweroff",
    "on_reboot",
    "on_crash",
    "on_lockfailure",
    "devices",
    "seclabel",
    "keywrap",
    "launchSecurity",
    "blkiotune",
    "throttlegroups",
    "defaultiothread",
    NULL,
};
static const char *const of_os[] = {
    "type", "loader",  "nvram",   "firmware", "kernel",   "initrd",    "cmdline",
    "dtb",  "shim",    "boot",    "bootmenu", "smbios",   "bios",      "acpi",
    "init", "initarg", "initenv", "initdir",  "inituser", "initgroup", NULL,
};
static const char *const of_features[] = {
    "acpi",    "apic",           "pae",  "hap",       "viridian",
    "privnet", "hyperv",         "kvm",  "xen",       "pvspinlock",
    "pmu",     "vmport",         "gic",  "smm",       "ioapic",
    "hpt",     "vmcoreinfo",     "htm",  "nested-hv", "ccf-assist",
    "msrs",    "capabilities",   "cfpc", "sbbc",      "ibs",
    "tcg",     "async-teardown", "ras",  "ps2",       "aia",
    NULL,
};
static const char *const of_hyperv[] = {
    "relaxed", "vapic", "spinlocks", "vpindex",     "runtime",         "synic",
    "stimer",  "reset", "vendor_id", "frequencies", "reenlightenment", "tlbflush",
    "ipi",     "evmcs", "avic",      "emsr_bitmap", "xmm_input",       NULL,
};
static const char *const of_cpu[] = {
    "model", "vendor", "topology", "cache", "maxphysaddr", "feature", "numa", NULL,
};
static const char *const of_clock[] = { "timer", NULL };
static const char *const of_devices[] = {
    "emulator",   "disk",     "lease",   "filesystem", "controller", "interface", "console",
    "serial",     "parallel", "channel", "smartcard",  "hub",        "input",     "tpm",
    "graphics",   "video",    "sound",   "audio",      "hostdev",    "redirdev",  "redirfilter",
    "memballoon", "rng",      "panic",   "watchdog",   "shmem",      "memory",    "nvram",
    "iommu",      "vsock",    "crypto",  "pstore",     NULL,
};
static const char *const of_disk[] = {
    "auth",    "driver",          "source",   "backingStore", "backenddomain", "mirror",
    "target",  "iotune",          "readonly", "shareable",    "transient",     "serial",
    "wwn",     "vendor",          "product",  "encryption",   "boot",          "geometry",
    "blockio", "throttlefilters", "alias",    "address",      "acpi",          NULL,
};
static const char *const of_interface[] = {
    "mac",     "source",        "target",   "guest",      "model",       "driver",
    "backend", "backenddomain", "boot",     "bandwidth",  "virtualport", "vlan",
    "ip",      "route",         "script",   "downscript", "filterref",   "tune",
    "link",    "mtu",           "coalesce", "rom",        "port",        "portForward",
    "teaming", "alias",         "address",  "acpi",       NULL,
};

static const struct {
    const char *parent;
    const char *const *names;
} rows[] = {
    { "domain", of_domain },   { "os", of_os },     { "features", of_features },
    { "hyperv", of_hyperv },   { "cpu", of_cpu },   { "clock", of_clock },
    { "devices", of_devices }, { "disk", of_disk }, { "interface", of_interface },
};

/* What Xen's drivers of disks are called. */
static const char *const disk_drivers[] = { "qemu", "phy", "file", "tap", "tap2", NULL };

/* Values that the model takes some of, and the schema any. */
static const struct {
    const char *parent;
    const char *element;
    const char *attr;
    const char *const *words;
} values[] = {
    { "disk", "driver", "name", disk_drivers },
};

static gboolean
is_named(xmlNodePtr node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE &&
           g_str_equal((const char *)node->name, name);
}

static char *
hint(const char *typed, const char *const *words)
{
    DomNearest nearest = DOM_NEAREST(typed);

    if (g_strv_contains(words, typed))
        return g_strdup("");
    for (; *words != NULL; words++)
        dom_nearest_try(&nearest, *words);
    return dom_nearest_hint(&nearest);
}

char *
dom_element_hint(xmlNodePtr node)
{
    for (gsize i = 0; node->ns == NULL && i < G_N_ELEMENTS(rows); i++) {
        if (is_named(node->parent, rows[i].parent))
            return hint((const char *)node->name, rows[i].names);
    }
    return g_strdup("");
}

char *
dom_attribute_hint(xmlNodePtr node, xmlAttrPtr attr)
{
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        if (is_named(node, values[i].element) && is_named(node->parent, values[i].parent) &&
            g_str_equal((const char *)attr->name, values[i].attr)) {
            g_autofree char *path = g_strconcat("@", values[i].attr, NULL);
            g_autofree char *value = dom_xml_peek(node, path);

            return hint(value, values[i].words);
        }
    }
    return g_strdup("");
}
