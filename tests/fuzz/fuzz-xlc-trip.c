/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as an xl.cfg file: what is accepted goes through XML and through xl.cfg without loss,
 * and a second time round changes nothing.
 */

#include <stdint.h>

#include "trip.h"
#include "xlconv/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(DomDef) def = xlc_def_from_cfg((const char *)data, size, NULL, NULL);
    g_autoptr(DomDef) xml = NULL;
    g_autoptr(DomDef) cfg = NULL;

    if (def == NULL)
        return 0;
    xml = trip_xml(def);
    cfg = trip_cfg(xml != NULL ? xml : def);
    return 0;
}
