/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VLANs of an interface: libvirt's <vlan>, and the two spellings that Xen's scripts have for it.
 *
 *     <vlan><tag id='10'/></vlan>                       vlan=10, or bridge=ovsbr0.10
 *     <vlan trunk='yes'><tag id='10' nativeMode='untagged'/><tag id='20'/></vlan>
 *                                                       vlan=10p/20, or bridge=ovsbr0.10:20
 *
 * The option vlan= is for bridges of Linux that filter VLANs, since Xen 4.19; its terms are those
 * of xl-network-configuration(5). The script for Open vSwitch takes tags behind the bridge's name.
 */
#pragma once

#include "conf/nic.h"
#include "conf/xml.h"

/* <virtualport> and <vlan> of an interface, into @nic. What Xen has no spelling for stays unknown
 * XML, with a warning. */
void dom_nic_parse_vlan(DomXml *xml, xmlNodePtr node, DomNic *nic);
void dom_nic_format_vlan(xmlNodePtr node, const DomNic *nic);
