/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bus that a guest finds a disk on. Its name decides (hda is on IDE, sda on SCSI, xvda on Xen's
 * own), but for two things:
 *
 *     hdtype = "ahci"         <target dev='hda' bus='sata'/>, on each emulated hard disk hda to hdd
 *     specification=virtio    <target dev='xvda' bus='virtio'/>
 *
 * A bus that cannot be had is kept as unknown XML.
 */
#pragma once

#include "conf/disk.h"
#include "conf/input.h"

const char *dom_disk_bus(const DomDisk *disk, const DomDef *def);
/* Marks the bus of the disk at @node as understood where the name implies it, or takes virtio. */
void dom_disk_bus_parse(DomXml *xml, DomXmlNode *node, DomDisk *disk);
/* The controller of an HVM guest's hard disks, all of which are in @def by now: one for all. */
DomHdtype dom_disk_bus_parse_hdtype(DomXml *xml, DomXmlNode *devices, const DomDef *def);
/* Reports a bus that no backend of libxl's serves the disk on. */
void dom_disk_bus_check(DomXml *xml, DomXmlNode *node, const DomDisk *disk);
