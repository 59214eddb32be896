/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks that QEMU reaches over a network: libvirt's <source protocol='...'>, and the one word that
 * a disk of xl.cfg has for it as its target.
 *
 *     <source protocol='rbd' name='pool/image'>    rbd:pool/image:mon_host=mon1.example
 *     <source protocol='nbd' name='export'>        nbd:192.0.2.1:10809:exportname=export
 *     <source protocol='iscsi' name='iqn.../1'>    iscsi://192.0.2.1/iqn.../1
 *     <source protocol='http' name='a.iso'>        http://www.example/a.iso; https, ftp, ftps, tftp
 *     <source protocol='gluster' name='vol/img'>   gluster://server.example/vol/img
 *
 * The targets are those of qemu(1), to which xl hands them through.
 */
#pragma once

#include "conf/record.h"

/* What stands for the protocols in messages. */
#define DOM_DISK_PROTOCOLS "rbd, nbd, iscsi, http, https, ftp, ftps, tftp, gluster"

/* The target of the <disk> at @node (transfer full); NULL for a source that has no such word. */
char *dom_disk_network_target(DomXmlNode *node);
/* Marks what that was made of as understood. */
void dom_disk_network_claim(DomXml *xml, DomXmlNode *node);
/* Writes the <source> that @target is; FALSE when it is none of a network, or none that reads back
 * from XML that libvirt's schema allows. */
gboolean dom_disk_network_format(DomXmlNode *node, const char *target);

/* What of @target its XML shows, as a target again (transfer full); NULL when it has no such XML. */
char *dom_disk_network_shown(const char *target);
