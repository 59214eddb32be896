/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PV sound cards: items "card, key=value, ...", "pcm, ..." and "stream, ..." in xl.cfg, a tree in
 * libxl. A stream belongs to the pcm before it, a pcm to its card.
 */
#pragma once

#include "driver/bind/bind.h"

/* Fills @card (initialised) from @items, which may be NULL. DOM_ERROR_INVALID for a wrong item. */
gboolean bind_vsnd_apply(char *const *items, libxl_device_vsnd *card, GError **error);

/* The items of @card (transfer full), never NULL. */
char **bind_vsnd_read(const libxl_device_vsnd *card);
