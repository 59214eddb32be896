/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a screen is listened for. libxl takes the text behind a colon in vnclisten for the display,
 * and then does not look at vncdisplay, so an IPv6 address of VNC brings its own: "[::1]:5".
 *
 * Private to src/conf.
 */
#pragma once

#include "conf/graphics.h"

/* Whether XML has a place for the address; it has none for that of one link. */
gboolean dom_listen_is_host(const char *text);
/* Puts an IPv6 address and the display of @head together. Another address stays as it is. */
void dom_listen_join(DomHead *head);
/* The address and the display that libxl takes of @head, also of "10.0.0.1:5"; display 0 of an IPv6
 * address is as good as none. Returns the address (transfer full), or NULL for one that has no
 * place in XML, as a display in any other spelling has none ("::1:5"). */
char *dom_listen_split(const DomHead *head, DomInt *ret_display);

/* libvirt's schema has a VNC element's socket beside nothing that is about ports: of each such element
 * of @root the attribute goes, where the element below says it, too, or what is said of ports. */
void dom_listen_settle(DomXmlNode *root);
