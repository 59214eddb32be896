/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* USB devices that SPICE brings from the viewer: xl's number of them is libvirt's number of elements. */
#pragma once

#include "conf/input.h"
#include "conf/xml.h"

/* spiceusbredirection= from the <redirdev> of @root. libxl starts no guest that has emulated USB
 * devices as well: beside those they stay unknown XML, and a note says why. */
void dom_redirdev_parse(DomXml *xml, xmlNodePtr root, DomInt *number);

/* The same the other way. Beside the USB devices of @input none is written, as none would be read. */
void dom_redirdev_format(xmlNodePtr root, const DomInt *number, const DomInput *input);
