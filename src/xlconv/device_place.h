/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the devices of a list stand in XML, for what is brought back to them (see conf/carried.h):
 * by a name, where they have one of their own, or by their number.
 *
 *     g_auto(XlcDevicePlaces) places = { 0 };
 *
 *     xlc_device_places_init(&places, def, section);
 *     for each device of the list, in order: xlc_device_places_next(...)
 */
#pragma once

#include "conf/def.h"

typedef struct {
    const DomDef *def;         /* borrowed */
    const DomSection *section; /* borrowed; a list with a path */
    GHashTable *alone;         /* the names that a device has alone, each with it */
    guint index;               /* of the next device */
    guint number;              /* of the last element before it, among those of its name */
} XlcDevicePlaces;

void xlc_device_places_init(XlcDevicePlaces *places, const DomDef *def, const DomSection *section);
/*
 * Goes to the next device, which is there. TRUE: it has an element, and @ret_shown is set to its
 * place as a user would count it, @ret_base to the one that finds it again (both transfer full).
 */
gboolean xlc_device_places_next(XlcDevicePlaces *places, char **ret_shown, char **ret_base);
void xlc_device_places_clear(XlcDevicePlaces *places);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XlcDevicePlaces, xlc_device_places_clear)
