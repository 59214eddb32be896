/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a text must not have before libxml2 reads it: more elements and attributes than any domain
 * has, which would take its memory or its time (it compares each attribute with all others of the
 * element), a document type, whose entities could read files or grow without bound, or an encoding
 * that hides them.
 *
 * Private to src/conf.
 */
#pragma once

#include <libxml/tree.h>

#include "conf/report.h"

/* FALSE and an error with its place in @report (NULL drops it) when @text is not to be read. */
gboolean dom_xml_check_bounds(const char *text, DomReport *report);

/* Whether @node has as many attributes as an element may have. */
gboolean dom_xml_is_full(xmlNodePtr node);
