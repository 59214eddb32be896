/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Serial ports that lead over sockets, in the words that the in-tree driver gives QEMU:
 * "tcp:HOST:PORT" or "telnet:", "udp:HOST:PORT@HOST:PORT", "unix:PATH"; a server does not wait for
 * its client.
 *
 * Private to src/conf.
 */
#pragma once

#include "conf/record.h"

/* The word for the <serial> at @node (transfer full), which is claimed; NULL: @type is none of a
 * socket. */
char *dom_chardev_socket_parse(DomXml *xml, DomXmlNode *node, const char *type);
/* The type (borrowed) of the element that says @serial, NULL when there is none; what else the
 * element has is put into @node (may be NULL). @odd: also where libvirt's schema takes it not. */
const char *dom_chardev_socket_format(const char *serial, gboolean odd, DomXmlNode *node);
