/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes to CPUID as <cpu mode='host-passthrough'> with features, as the in-tree driver reads and
 * writes them: force and require set a bit, disable and forbid clear it, optional leaves it; of two
 * words for the same the one that was said is kept. Its features vmx and svm, of which a host has
 * one, are nested virtualization: on when either is set, otherwise off when either is cleared.
 * migratable='off' offers what cannot be migrated, which is xl's nomigrate=1. Any other mode has no
 * counterpart in Xen.
 *
 * Private to src/conf.
 */
#pragma once

#include "conf/def.h"

void dom_cpuid_parse(DomXml *xml, DomXmlNode *root, DomDef *def);
void dom_cpuid_format(DomXmlNode *root, const DomDef *def);
