/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/words.h"

#include <glib/gi18n-lib.h>

#include "conf/nearest.h"

#define WORDS(...)                                                                                 \
    {                                                                                              \
        .names = (const char *const[]){ NULL, __VA_ARGS__ },                                       \
        .count = G_N_ELEMENTS(((const char *const[]){ NULL, __VA_ARGS__ })),                       \
    }

static const DomEnum yes_no = WORDS("yes", "no");
static const DomEnum on_off = WORDS("on", "off");
static const DomEnum static_auto = WORDS("static", "auto");

static const DomEnum arches = WORDS("x86_64", "i686", "armv7l", "aarch64");
static const DomEnum machines = WORDS("xenpv", "xenpvh", "xenfv");
static const DomEnum firmwares = WORDS("bios", "efi");
static const DomEnum loader_types = WORDS("rom", "pflash");
static const DomEnum smbios_modes = WORDS("emulate", "host", "sysinfo");

static const DomEnum hyperv_modes = WORDS("custom", "passthrough", "host-model");
static const DomEnum passthrough_modes = WORDS("sync_pt", "share_pt");
static const DomEnum cpu_modes = WORDS("custom", "host-model", "host-passthrough", "maximum");
static const DomEnum cpu_matches = WORDS("minimum", "exact", "strict");
static const DomEnum cpu_checks = WORDS("none", "partial", "full");
static const DomEnum fallbacks = WORDS("allow", "forbid");
static const DomEnum policies = WORDS("force", "require", "optional", "disable", "forbid");
static const DomEnum numa_modes = WORDS("strict", "preferred", "interleave", "restrictive");

static const DomEnum clock_bases = WORDS("utc", "localtime");
static const DomEnum timer_names =
    WORDS("platform", "pit", "rtc", "hpet", "tsc", "kvmclock", "hypervclock", "armvtimer");
static const DomEnum timer_modes = WORDS("auto", "native", "emulate", "paravirt", "smpsafe");
static const DomEnum tick_policies = WORDS("delay", "catchup", "merge", "discard");
static const DomEnum timer_tracks = WORDS("boot", "guest", "wall", "realtime");

static const DomEnum chardev_types =
    WORDS("null", "vc", "pty", "dev", "file", "pipe", "stdio", "udp", "tcp", "unix", "spicevmc",
          "spiceport", "nmdm", "qemu-vdagent", "dbus");
static const DomEnum socket_modes = WORDS("connect", "bind");
static const DomEnum console_targets =
    WORDS("serial", "virtio", "xen", "uml", "lxc", "openvz", "sclp", "sclplm");
static const DomEnum serial_targets =
    WORDS("isa-serial", "usb-serial", "pci-serial", "spapr-vio-serial", "system-serial",
          "sclp-serial", "isa-debug");
static const DomEnum channel_targets = WORDS("xen", "virtio", "guestfwd");

static const DomEnum disk_types =
    WORDS("file", "block", "network", "dir", "volume", "nvme", "vhostuser", "vhostvdpa");
static const DomEnum disk_devices = WORDS("disk", "cdrom", "floppy", "lun");
static const DomEnum disk_buses =
    WORDS("xen", "ide", "scsi", "fdc", "sata", "usb", "virtio", "sd", "uml", "nvme");
static const DomEnum caches =
    WORDS("default", "none", "writethrough", "writeback", "directsync", "unsafe");
static const DomEnum disk_ios = WORDS("native", "threads", "io_uring");
static const DomEnum error_policies = WORDS("stop", "report", "ignore", "enospace");
static const DomEnum read_error_policies = WORDS("stop", "report", "ignore");
static const DomEnum discards = WORDS("ignore", "unmap");
static const DomEnum zeroes = WORDS("off", "on", "unmap");
static const DomEnum protocols = WORDS("nbd", "rbd", "iscsi", "http", "https", "ftp", "ftps",
                                       "tftp", "gluster", "sheepdog", "vxhs", "nfs", "ssh");
static const DomEnum transports = WORDS("tcp", "unix", "rdma");
static const DomEnum trays = WORDS("open", "closed");
static const DomEnum startup_policies = WORDS("mandatory", "requisite", "optional");

static const DomEnum nic_types =
    WORDS("bridge", "network", "ethernet", "direct", "hostdev", "user", "internal", "vhostuser",
          "vdpa", "vds", "server", "client", "mcast", "udp", "null");
static const DomEnum links = WORDS("up", "down");
static const DomEnum hostdev_modes = WORDS("subsystem", "capabilities");
static const DomEnum hostdev_types =
    WORDS("pci", "usb", "scsi", "scsi_host", "mdev", "storage", "misc", "net");
static const DomEnum controller_types = WORDS("ide", "fdc", "scsi", "sata", "virtio-serial", "ccid",
                                              "usb", "pci", "xenbus", "isa", "nvme");

/* Qubes' build of libvirt has a kind of its own. */
static const DomEnum graphics_types =
    WORDS("vnc", "spice", "sdl", "rdp", "desktop", "egl-headless", "dbus", "qubes");
static const DomEnum listen_types = WORDS("address", "network", "socket", "none");
static const DomEnum share_policies = WORDS("allow-exclusive", "force-shared", "ignore");
static const DomEnum compressions = WORDS("auto_glz", "auto_lz", "quic", "glz", "lz", "off");
static const DomEnum streamings = WORDS("filter", "all", "off");
static const DomEnum mouse_modes = WORDS("server", "client");
static const DomEnum input_types = WORDS("mouse", "tablet", "keyboard", "passthrough", "evdev");
static const DomEnum input_buses = WORDS("ps2", "usb", "xen", "virtio", "none");
static const DomEnum video_models = WORDS("vga", "cirrus", "qxl", "none", "xen", "vmvga", "vbox",
                                          "virtio", "gop", "bochs", "ramfb");
static const DomEnum sound_models =
    WORDS("ac97", "es1370", "ich6", "pcspk", "sb16", "ich7", "ich9", "usb", "virtio");

static const DomEnum fs_types =
    WORDS("mount", "block", "file", "template", "ram", "bind", "volume");
static const DomEnum fs_modes = WORDS("passthrough", "mapped", "squash");
static const DomEnum balloons =
    WORDS("xen", "virtio", "none", "virtio-transitional", "virtio-non-transitional");
static const DomEnum watchdogs = WORDS("i6300esb", "ib700", "diag288", "itco");
static const DomEnum watchdog_actions =
    WORDS("reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi");
static const DomEnum panics = WORDS("isa", "pseries", "hyperv", "s390", "pvpanic");
static const DomEnum tpm_models = WORDS("tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy");
static const DomEnum tpm_types = WORDS("passthrough", "emulator", "external");
static const DomEnum rng_models = WORDS("virtio", "virtio-transitional", "virtio-non-transitional");
static const DomEnum rng_backends = WORDS("random", "egd", "builtin");
static const DomEnum adjustments = WORDS("reset");

/* An attribute of each element of a name, or of its child. */
typedef struct {
    const char *attr;                            /* path from the element */
    const DomEnum *words;                        /* NULL: a number is all that it may be */
    enum { NO_NUMBER, NATURAL, INTEGER } number; /* or a number */
    gboolean read; /* a row of the model reads some of them, and judges those itself */
    guint served;  /* how many of @words, the first ones, Xen has something for; 0: nobody counts */
} Word;

#define NUMBER .number = NATURAL

static const Word os_words[] = { { "@firmware", &firmwares } };
static const Word type_words[] = { { "@arch", &arches }, { "@machine", &machines } };
static const Word loader_words[] = {
    { "@type", &loader_types },
    { "@readonly", &yes_no },
    { "@secure", &yes_no },
};
static const Word bootmenu_words[] = { { "@enable", &yes_no } };
static const Word smbios_words[] = { { "@mode", &smbios_modes } };
static const Word state_words[] = { { "@state", &on_off } };
static const Word apic_words[] = { { "@eoi", &on_off } };
static const Word hyperv_words[] = { { "@mode", &hyperv_modes } };
static const Word xen_words[] = {
    { "e820_host/@state", &on_off },
    { "passthrough/@state", &on_off },
    { "passthrough/@mode", &passthrough_modes },
};
static const Word vcpu_words[] = { { "@placement", &static_auto } };
static const Word cpu_words[] = {
    { "@mode", &cpu_modes },
    { "@match", &cpu_matches },
    { "@check", &cpu_checks },
    { "@migratable", &on_off },
};
static const Word model_words[] = { { "@fallback", &fallbacks } };
static const Word feature_words[] = { { "@policy", &policies } };
static const Word topology_words[] = {
    { "@sockets", NUMBER },
    { "@cores", NUMBER },
    { "@threads", NUMBER },
};
static const Word pin_words[] = { { "@vcpu", NUMBER } };
static const Word nodes_words[] = { { "@mode", &numa_modes }, { "@placement", &static_auto } };
static const Word node_words[] = { { "@mode", &numa_modes }, { "@cellid", NUMBER } };
static const Word clock_words[] = {
    { "@adjustment", &adjustments, .number = INTEGER },
    { "@basis", &clock_bases },
};
static const Word timer_words[] = {
    { "@name", &timer_names },   { "@present", &yes_no, .read = TRUE },
    { "@mode", &timer_modes },   { "@tickpolicy", &tick_policies },
    { "@track", &timer_tracks }, { "@frequency", NUMBER },
};
static const Word disk_words[] = {
    { "@type", &disk_types, .served = 3 },
    { "@device", &disk_devices },
    { "driver/@cache", &caches },
    { "driver/@io", &disk_ios },
    { "driver/@error_policy", &error_policies },
    { "driver/@rerror_policy", &read_error_policies },
    { "driver/@discard", &discards },
    { "driver/@detect_zeroes", &zeroes },
    { "source/@startupPolicy", &startup_policies },
    { "source/@protocol", &protocols, .served = 9 },
    { "source/host/@port", NUMBER },
    { "source/host/@transport", &transports },
    { "boot/@order", NUMBER },
    { "target/@bus", &disk_buses },
    { "target/@tray", &trays },
    { "target/@removable", &on_off },
};
static const Word nic_words[] = {
    { "@type", &nic_types, .served = 3 },
    { "@trustGuestRxFilters", &yes_no },
    { "link/@state", &links },
    { "vlan/@trunk", &yes_no },
    { "boot/@order", NUMBER },
};
static const Word console_words[] = {
    { "@type", &chardev_types },
    { "target/@type", &console_targets },
    { "target/@port", NUMBER },
};
static const Word serial_words[] = {
    { "@type", &chardev_types },
    { "source/@mode", &socket_modes },
    { "target/@type", &serial_targets },
    { "target/@port", NUMBER },
};
static const Word parallel_words[] = { { "@type", &chardev_types }, { "target/@port", NUMBER } };
static const Word channel_words[] = {
    { "@type", &chardev_types },
    { "source/@mode", &socket_modes },
    { "target/@type", &channel_targets },
};
static const Word redirdev_words[] = { { "@type", &chardev_types } };
static const Word hostdev_words[] = {
    { "@mode", &hostdev_modes },     { "@type", &hostdev_types, .served = 2 },
    { "@managed", &yes_no },         { "source/@writeFiltering", &yes_no },
    { "address/@bus", NUMBER },      { "address/@slot", NUMBER },
    { "address/@function", NUMBER }, { "boot/@order", NUMBER },
};
static const Word controller_words[] = { { "@type", &controller_types }, { "@index", NUMBER } };
static const Word graphics_words[] = {
    { "@type", &graphics_types, .served = 3 }, { "@autoport", &yes_no },
    { "listen/@type", &listen_types },         { "mouse/@mode", &mouse_modes },
    { "clipboard/@copypaste", &yes_no },       { "gl/@enable", &yes_no },
    { "@sharePolicy", &share_policies },       { "image/@compression", &compressions },
    { "streaming/@mode", &streamings },
};
static const Word input_words[] = { { "@type", &input_types, .served = 3 },
                                    { "@bus", &input_buses } };
static const Word video_words[] = {
    { "model/@type", &video_models, .served = 5 },
    { "model/@heads", NUMBER },
    { "model/@vram", NUMBER },
    { "model/@primary", &yes_no },
};
static const Word sound_words[] = { { "@model", &sound_models, .served = 5 } };
static const Word fs_words[] = { { "@type", &fs_types, .served = 1 },
                                 { "@accessmode", &fs_modes } };
static const Word balloon_words[] = { { "@model", &balloons } };
static const Word watchdog_words[] = { { "@model", &watchdogs }, { "@action", &watchdog_actions } };
static const Word panic_words[] = { { "@model", &panics } };
static const Word tpm_words[] = { { "@model", &tpm_models }, { "backend/@type", &tpm_types } };
static const Word rng_words[] = { { "@model", &rng_models }, { "backend/@model", &rng_backends } };

typedef struct {
    const char *element;
    const Word *words;
    gsize n_words;
} Element;

#define ELEMENT(element, words)                                                                    \
    {                                                                                              \
        element, words, G_N_ELEMENTS(words)                                                        \
    }

static const Element of_domain[] = {
    ELEMENT("os", os_words),
    ELEMENT("vcpu", vcpu_words),
    ELEMENT("cpu", cpu_words),
    ELEMENT("clock", clock_words),
};
static const Element of_os[] = {
    ELEMENT("type", type_words),
    ELEMENT("loader", loader_words),
    ELEMENT("bootmenu", bootmenu_words),
    ELEMENT("smbios", smbios_words),
};
static const Element of_features[] = {
    ELEMENT("pae", state_words),        ELEMENT("acpi", state_words),
    ELEMENT("pvspinlock", state_words), ELEMENT("pmu", state_words),
    ELEMENT("vmport", state_words),     ELEMENT("xen", xen_words),
    ELEMENT("apic", apic_words),        ELEMENT("hyperv", hyperv_words),
};
static const Element of_hyperv[] = {
    ELEMENT("relaxed", state_words),
    ELEMENT("vapic", state_words),
    ELEMENT("spinlocks", state_words),
    ELEMENT("vpindex", state_words),
    ELEMENT("runtime", state_words),
    ELEMENT("synic", state_words),
    ELEMENT("stimer", state_words),
    ELEMENT("reset", state_words),
    ELEMENT("vendor_id", state_words),
    ELEMENT("frequencies", state_words),
    ELEMENT("reenlightenment", state_words),
    ELEMENT("tlbflush", state_words),
    ELEMENT("ipi", state_words),
    ELEMENT("evmcs", state_words),
    ELEMENT("avic", state_words),
    ELEMENT("emsr_bitmap", state_words),
    ELEMENT("xmm_input", state_words),
};
static const Element of_cpu[] = {
    ELEMENT("model", model_words),
    ELEMENT("feature", feature_words),
    ELEMENT("topology", topology_words),
};
static const Element of_cputune[] = { ELEMENT("vcpupin", pin_words) };
static const Element of_numatune[] = {
    ELEMENT("memory", nodes_words),
    ELEMENT("memnode", node_words),
};
static const Element of_clock[] = { ELEMENT("timer", timer_words) };
static const Element of_devices[] = {
    ELEMENT("disk", disk_words),
    ELEMENT("interface", nic_words),
    ELEMENT("console", console_words),
    ELEMENT("serial", serial_words),
    ELEMENT("parallel", parallel_words),
    ELEMENT("channel", channel_words),
    ELEMENT("redirdev", redirdev_words),
    ELEMENT("hostdev", hostdev_words),
    ELEMENT("controller", controller_words),
    ELEMENT("graphics", graphics_words),
    ELEMENT("input", input_words),
    ELEMENT("video", video_words),
    ELEMENT("sound", sound_words),
    ELEMENT("filesystem", fs_words),
    ELEMENT("memballoon", balloon_words),
    ELEMENT("watchdog", watchdog_words),
    ELEMENT("panic", panic_words),
    ELEMENT("tpm", tpm_words),
    ELEMENT("rng", rng_words),
};

typedef struct {
    const char *parent; /* path below <domain>; NULL: <domain> */
    const Element *elements;
    gsize n_elements;
} Parent;

#define PARENT(parent, elements)                                                                   \
    {                                                                                              \
        parent, elements, G_N_ELEMENTS(elements)                                                   \
    }

static const Parent parents[] = {
    PARENT(NULL, of_domain),   PARENT("os", of_os),           PARENT("features", of_features),
    PARENT("cpu", of_cpu),     PARENT("cputune", of_cputune), PARENT("numatune", of_numatune),
    PARENT("clock", of_clock), PARENT("devices", of_devices), PARENT("features/hyperv", of_hyperv),
};

static gboolean
is_allowed(const Word *word, const char *text)
{
    gint64 value;
    guint64 number;

    return (word->words != NULL && dom_enum_from_name(word->words, text, FALSE) != 0) ||
           (word->number != NO_NUMBER && dom_xml_parse_number(text, &number)) ||
           (word->number == INTEGER &&
            g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL));
}

/* (transfer full) */
static char *
complain(const Word *word, const char *text)
{
    DomEnum served;

    if (word->words == NULL)
        return g_strdup_printf(_("'%s' is not a number"), text);
    if (word->number)
        return g_strdup_printf(_("'%s' is neither a number nor '%s'"), text, word->words->names[1]);
    served = *word->words;
    if (word->served > 0)
        served.count = 1 + word->served;
    return dom_enum_complaint(&served, text);
}

static const Word *
find_word(const char *element, const char *attr)
{
    for (gsize i = 0; i < G_N_ELEMENTS(of_devices); i++) {
        const Element *device = &of_devices[i];

        for (gsize w = 0; g_str_equal(device->element, element) && w < device->n_words; w++) {
            if (g_str_equal(device->words[w].attr, attr))
                return &device->words[w];
        }
    }
    return NULL;
}

gboolean
dom_words_has(xmlNodePtr device, const char *attr)
{
    const Word *word = find_word((const char *)device->name, attr);
    g_autofree char *text = dom_xml_peek(device, attr);

    return text == NULL || word == NULL || is_allowed(word, text);
}

static void
check_word(DomXml *xml, DomXmlReader *reader, const Word *word)
{
    xmlNodePtr node = reader->base;
    const char *text = dom_xml_read(reader, word->attr);
    g_autofree char *key = NULL;
    g_autofree char *complaint = NULL;

    if (text == NULL || is_allowed(word, text) ||
        (word->read && dom_xml_is_claimed((xmlNodePtr)xmlHasProp(node, BAD_CAST word->attr + 1))))
        return;
    key = g_strdup_printf("%s/%s", (const char *)node->name, word->attr);
    complaint = complain(word, text);
    dom_xml_report(xml, DOM_SEVERITY_ERROR, node, key, "%s", complaint);
}

static void
check_node(DomXml *xml, xmlNodePtr node, const Parent *parent)
{
    g_auto(DomXmlReader) reader = { .base = node };

    for (gsize i = 0; i < parent->n_elements; i++) {
        const Element *element = &parent->elements[i];

        if (!g_str_equal(element->element, (const char *)node->name))
            continue;
        for (gsize w = 0; w < element->n_words; w++)
            check_word(xml, &reader, &element->words[w]);
        return;
    }
}

void
dom_words_check(DomXml *xml, xmlNodePtr root)
{
    for (gsize i = 0; i < G_N_ELEMENTS(parents); i++) {
        xmlNodePtr parent =
            parents[i].parent != NULL ? dom_xml_find(root, parents[i].parent) : root;

        for (xmlNodePtr node = parent != NULL ? dom_xml_child(parent, NULL) : NULL; node != NULL;
             node = dom_xml_next(node, NULL))
            check_node(xml, node, &parents[i]);
    }
}
