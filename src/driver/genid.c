/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/genid.h"

#include <libxl.h>

void
drv_genid_make(DomDef *def)
{
    DomFeatures *features = &def->features;
    libxl_uuid uuid;
    if (dom_general_type(def) != DOM_TYPE_HVM || features->ms_vm_genid != DOM_GENID_GENERATE ||
        features->genid) {
        return;
    }
    libxl_uuid_generate(&uuid);
    features->genid = g_strdup_printf(LIBXL_UUID_FMT, LIBXL_UUID_BYTES(uuid));
}
