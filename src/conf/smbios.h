/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SMBIOS strings (smbios= of xl.cfg, "key=value") and <sysinfo type='smbios'> with
 * <os><smbios mode='sysinfo'/>. Facts: xl.cfg(5), libxl_smbios_type.
 *
 * Reading and writing is private to src/conf.
 */
#pragma once

#include "conf/record.h"

/* The list (transfer full), or NULL when there is no <sysinfo> that the guest is shown. */
char **dom_smbios_parse(DomXml *xml, DomXmlNode *root);
/* Writes all of @list, or nothing when one of the strings has no entry. */
void dom_smbios_format(DomXmlNode *root, char *const *list);

/* The name of the string at @index, in the order of the rows; NULL behind the last one. */
const char *dom_smbios_key(guint index);

/* Whether libxl has a string called @text, @length bytes of it. */
gboolean dom_smbios_is_key(const char *text, gsize length);
