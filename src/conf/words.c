/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/words.h"

#include "conf/nearest.h"

#define WORDS(...)                                                                                 \
    {                                                                                              \
        .names = (const char *const[]){ NULL, __VA_ARGS__ },                                       \
        .count = G_N_ELEMENTS(((const char *const[]){ NULL, __VA_ARGS__ })),                       \
    }

static const DomEnum chardev_types =
    WORDS("null", "vc", "pty", "dev", "file", "pipe", "stdio", "udp", "tcp", "unix", "spicevmc",
          "spiceport", "nmdm", "qemu-vdagent", "dbus");
static const DomEnum arches = WORDS("x86_64", "i686", "armv7l", "aarch64");
static const DomEnum machines = WORDS("xenpv", "xenpvh", "xenfv");
static const DomEnum disk_types =
    WORDS("file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa");
static const DomEnum disk_devices = WORDS("disk", "cdrom", "floppy", "lun");
static const DomEnum disk_buses =
    WORDS("xen", "ide", "scsi", "fdc", "sata", "usb", "virtio", "sd", "uml", "nvme");
static const DomEnum nic_types =
    WORDS("bridge", "network", "ethernet", "direct", "hostdev", "user", "internal", "vhostuser",
          "vdpa", "vds", "server", "client", "mcast", "udp", "null");
static const DomEnum input_types = WORDS("mouse", "tablet", "keyboard", "passthrough", "evdev");
static const DomEnum input_buses = WORDS("ps2", "usb", "xen", "virtio", "none");
static const DomEnum video_models = WORDS("vga", "cirrus", "vmvga", "xen", "vbox", "virtio", "qxl",
                                          "gop", "bochs", "ramfb", "none");
static const DomEnum sound_models =
    WORDS("sb16", "es1370", "pcspk", "ac97", "ich6", "ich7", "ich9", "usb", "virtio");

static const DomEnum yes_no = WORDS("yes", "no");
static const DomEnum on_off = WORDS("on", "off");

/* An attribute of each element of a name, or of its child. */
typedef struct {
    const char *parent; /* of the element, below <domain> */
    const char *element;
    const char *attr; /* path from the element */
    const DomEnum *words;
} Row;

static const Row rows[] = {
    { "os", "type", "@arch", &arches },
    { "os", "type", "@machine", &machines },
    { "features", "pae", "@state", &on_off },
    { "features", "acpi", "@state", &on_off },
    { "devices", "disk", "@type", &disk_types },
    { "devices", "disk", "@device", &disk_devices },
    { "devices", "disk", "target/@bus", &disk_buses },
    { "devices", "interface", "@type", &nic_types },
    { "devices", "console", "@type", &chardev_types },
    { "devices", "serial", "@type", &chardev_types },
    { "devices", "parallel", "@type", &chardev_types },
    { "devices", "channel", "@type", &chardev_types },
    { "devices", "input", "@type", &input_types },
    { "devices", "input", "@bus", &input_buses },
    { "devices", "graphics", "@autoport", &yes_no },
    { "devices", "video", "model/@type", &video_models },
    { "devices", "sound", "@model", &sound_models },
};

static void
check_word(DomXml *xml, xmlNodePtr node, const Row *row)
{
    g_autofree char *word = dom_xml_peek(node, row->attr);
    g_autofree char *key = NULL;
    g_autofree char *complaint = NULL;

    if (word == NULL || dom_enum_from_name(row->words, word, FALSE) != 0)
        return;
    key = g_strdup_printf("%s/%s", row->element, row->attr);
    complaint = dom_enum_complaint(row->words, word);
    dom_xml_report(xml, DOM_SEVERITY_ERROR, node, key, "%s", complaint);
}

void
dom_words_check(DomXml *xml, xmlNodePtr root)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        xmlNodePtr parent = dom_xml_child(root, rows[i].parent);

        for (xmlNodePtr node = parent != NULL ? dom_xml_child(parent, rows[i].element) : NULL;
             node != NULL; node = dom_xml_next(node, rows[i].element))
            check_word(xml, node, &rows[i]);
    }
}
