/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree as text. libxml2's own buffers grow by what is added to them, a few KiB at a time, so that
 * a text of many MiB is copied hundreds of times; a GString doubles.
 */
#pragma once

#include <glib.h>
#include <libxml/xmlsave.h>

/* The text of @node, an element or a document, in UTF-8 (transfer full). @options: xmlSaveOption.
 */
char *dom_xml_text(xmlNodePtr node, int options);
