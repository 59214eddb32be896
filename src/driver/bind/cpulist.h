/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl.cfg's CPU list language (cpus, cpus_soft): "0-3,^2", "all", "nodes:0-1,^node:1". */
#pragma once

#include "driver/bind/bind.h"

/*
 * Evaluates @text from left to right into @bitmap (to be disposed of with libxl_bitmap_dispose),
 * which starts empty and gets @host's size. CPUs and nodes that the host lacks are passed over. A
 * node is all of its CPUs, as xl.cfg(5) has it; xl 4.17 sees only the first eight CPUs of a host
 * with up to eight nodes there.
 * FALSE with DOM_ERROR_INVALID, and @bitmap untouched, when the text is no CPU list.
 */
gboolean bind_cpulist_parse(const char *text, const BindHost *host, libxl_bitmap *bitmap,
                            GError **error);

/* The shortest list of ranges (transfer full); "all" when all of the first @ncpus bits are set. */
char *bind_cpulist_format(const libxl_bitmap *bitmap, guint ncpus);
