/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a definition says of consoles, serial ports and channels that neither the model nor libxl
 * has a word for: logs, and consoles that Xen cannot give. XML keeps these elements as they are.
 */

#include "conf/def.h"

/*
 * FALSE with CONFIG_UNSUPPORTED when @def asks for what no start could give: it would be missing
 * without a word. Any thread.
 */
gboolean drv_serials_check(const DomDef *def, GError **error);

/*
 * Gives each serial port of @def that has a log to QEMU as a character device with that log, in
 * @bound, a copy that is about to start. libxl still tells the terminal of one that has a terminal.
 * FALSE with CONFIG_UNSUPPORTED as above.
 */
gboolean drv_serials_resolve(const DomDef *def, DomDef *bound, GError **error);
