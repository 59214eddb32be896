/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hardware that a guest is given by number: I/O ports, interrupts, memory. As xl reads them. */
#pragma once

#include <glib.h>

/* "2f8" or "2f8-2ff", hexadecimal. Behind a single port anything may follow, as in xl. */
gboolean dom_range_ioports(const char *text, guint32 *ret_first, guint32 *ret_last);

/* "10", decimal. */
gboolean dom_range_irq(const char *text, guint32 *ret_irq);

/* "a0,20" or "a0,20@c0": page frames, hexadecimal. @ret_gfn is untouched when it is not named. */
gboolean dom_range_iomem(const char *text, guint64 *ret_start, guint64 *ret_number,
                         guint64 *ret_gfn);
