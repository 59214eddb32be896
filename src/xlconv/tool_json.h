/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tool's json verbs. The one file here that needs libxl; built where libxenlight is there. */
#pragma once

#include "conf/def.h"

/*
 * The libxl_domain_config that the driver would hand to Xen for @def, as the JSON that `xl list -l`
 * prints (transfer full). CPU lists are taken for a host of 256 CPUs in 8 nodes. Fails as
 * bind_domain_config does.
 */
char *xlc_json_from_def(const DomDef *def, GError **error);
