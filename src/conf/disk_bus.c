/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/disk_bus.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/disk_number.h"
#include "conf/xml.h"

#define BUS "target/@bus"

/* What a device name implies. */
static const char *
bus_of(const char *vdev)
{
    static const struct {
        const char *prefix;
        const char *bus;
    } rows[] = { { "xvd", "xen" }, { "hd", "ide" }, { "sd", "scsi" }, { "fd", "fdc" } };

    for (guint i = 0; vdev != NULL && i < G_N_ELEMENTS(rows); i++) {
        if (g_str_has_prefix(vdev, rows[i].prefix))
            return rows[i].bus;
    }
    return "xen";
}

/* One of those that hdtype is about; QEMU has CD-ROM drives on IDE in any case. */
static gboolean
is_hard_disk(const DomDisk *disk)
{
    return disk->cdrom != DOM_TRISTATE_ON && disk->specification != DOM_DISK_SPECIFICATION_VIRTIO &&
           g_str_equal(bus_of(disk->vdev), "ide");
}

/* A disk without a number has no bus at all, see dom_disk_number(). */
static gboolean
can_be_virtio(const DomDisk *disk)
{
    return disk->vdev != NULL && dom_disk_number(disk->vdev, NULL);
}

const char *
dom_disk_bus(const DomDisk *disk, const DomDef *def)
{
    if (disk->specification == DOM_DISK_SPECIFICATION_VIRTIO && can_be_virtio(disk))
        return "virtio";
    if (def->input.hdtype == DOM_HDTYPE_AHCI && dom_general_type(def) == DOM_TYPE_HVM &&
        is_hard_disk(disk))
        return "sata";
    return bus_of(disk->vdev);
}

void
dom_disk_bus_parse(DomXml *xml, xmlNodePtr node, DomDisk *disk)
{
    gboolean virtio = dom_xml_is(node, BUS, "virtio") && can_be_virtio(disk);

    if (virtio)
        disk->specification = DOM_DISK_SPECIFICATION_VIRTIO;
    if (virtio || dom_xml_is(node, BUS, bus_of(disk->vdev)))
        dom_xml_claim(xml, node, BUS);
}

/* The next element from @node on that has become a disk of the model. */
static xmlNodePtr
next_of_model(xmlNodePtr node)
{
    while (node != NULL && !dom_xml_is_owned(node))
        node = dom_xml_next(node, "disk");
    return node;
}

static void
report_sata(DomXml *xml, xmlNodePtr node, const DomDisk *disk)
{
    const char *text = NULL;

    if (disk->cdrom == DOM_TRISTATE_ON)
        text = _("the guest finds this drive on an IDE controller, where Xen has all CD-ROM "
                 "drives: write bus='ide'");
    else if (is_hard_disk(disk))
        text = _("the guest finds this disk on an IDE controller: Xen has one kind for all of hda "
                 "to hdd, and SATA when each of them that is no CD-ROM drive has bus='sata'");
    else if (g_str_equal(bus_of(disk->vdev), "scsi"))
        text = _("the guest finds this disk on a SCSI controller, where Xen has sda to sdp: for "
                 "SATA name it hda to hdd, otherwise write bus='scsi'");
    if (text != NULL)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "disk/" BUS, "%s", text);
}

typedef struct {
    guint all;
    guint sata;
} Count;

static Count
count_hard_disks(xmlNodePtr devices, const DomDef *def)
{
    xmlNodePtr node = dom_xml_child(devices, "disk");
    Count count = { 0, 0 };

    for (guint i = 0; i < def->disks->len; i++, node = dom_xml_next(node, "disk")) {
        node = next_of_model(node);
        if (!is_hard_disk(def->disks->pdata[i]))
            continue;
        count.all++;
        count.sata += dom_xml_is(node, BUS, "sata") ? 1 : 0;
    }
    return count;
}

DomHdtype
dom_disk_bus_parse_hdtype(DomXml *xml, xmlNodePtr devices, const DomDef *def)
{
    Count count = count_hard_disks(devices, def);
    gboolean ahci = count.all > 0 && count.sata == count.all;
    xmlNodePtr node = dom_xml_child(devices, "disk");

    for (guint i = 0; i < def->disks->len; i++, node = dom_xml_next(node, "disk")) {
        const DomDisk *disk = def->disks->pdata[i];

        node = next_of_model(node);
        if (!dom_xml_is(node, BUS, "sata"))
            continue;
        if (ahci && is_hard_disk(disk))
            dom_xml_claim(xml, node, BUS);
        else
            report_sata(xml, node, disk);
    }
    return ahci ? DOM_HDTYPE_AHCI : DOM_HDTYPE_ABSENT;
}

void
dom_disk_bus_check(DomXml *xml, xmlNodePtr node, const DomDisk *disk)
{
    if (disk->specification == DOM_DISK_SPECIFICATION_VIRTIO && !dom_disk_is_block(disk) &&
        disk->backend_domain == NULL)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "disk/" BUS,
                       _("this guest cannot start: Xen has virtio disks on block devices alone, "
                         "and for guests on Arm: otherwise write bus='xen'"));
}
