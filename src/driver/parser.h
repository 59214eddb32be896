/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * libvirt's own parser, asked for a second opinion.
 *
 * The model keeps what it does not know, elements and values alike, so that nothing is lost in
 * conversions. A daemon that stores a definition should do more: a value that libvirt's parser
 * refuses in every other driver (<cpu mode='foo'/>, <vcpu placement='bogus'>) is a slip of whoever
 * wrote it, and is refused here too, in libvirt's words.
 */

#include <glib.h>

/* TRUE when libvirt could read the domain @xml. FALSE with VIR_ERR_XML_ERROR and libvirt's words.
 * Any thread; nothing is kept. */
gboolean drv_parser_accepts(const char *xml, GError **error);
