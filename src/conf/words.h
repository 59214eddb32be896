/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes whose words libvirt's schema lists, or that are numbers there. */
#pragma once

#include "conf/xml.h"

/*
 * Reports each attribute below @root (<domain>) that has a word which libvirt's schema does not know
 * there, or text where it has a number, or for the architecture and the machine one that is none of
 * Xen's: kept as it is, it would be another guest than the one that was meant. Words that the schema
 * knows and Xen has nothing for are left to the topics.
 */
void dom_words_check(DomXml *xml, xmlNodePtr root);

/* Whether the attribute at @attr below a device's element is a word that the schema knows there, or
 * is not there. FALSE: dom_words_check() reports it. */
gboolean dom_words_has(xmlNodePtr device, const char *attr);
