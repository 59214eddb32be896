/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an HVM guest boots from, one after the other: <boot dev='...'/> of <os>, or the
 * <boot order='N'/> of its devices where letters can say that, too. libvirt takes one of the two; the
 * elements of devices are kept as unknown XML, and then <os> has none.
 *
 * Private to src/conf.
 */
#pragma once

#include "conf/def.h"

void dom_os_boot_parse(DomXml *xml, DomXmlNode *root, DomOs *os, const DomDef *def);
/* Letters that XML has no word for stay with the residual. */
void dom_os_boot_format(DomXmlNode *root, const char *letters);
/* Takes out of @root what its devices say by themselves. */
void dom_os_boot_settle(DomXmlNode *root);
