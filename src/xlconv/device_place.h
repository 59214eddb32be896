/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the devices of a list stand in XML, for what is brought back to them (see conf/carried.h):
 * by a name, where they have one of their own, or by their number.
 *
 *     g_auto(XlcDevicePlaces) places = { 0 };
 *
 *     xlc_device_places_init(&places, def, section);
 *     for each device of the list, in order: xlc_device_places_next(&places)
 *
 * Most devices have nothing to be brought back, so a place is spelled where it is asked for.
 */
#pragma once

#include "conf/def.h"

typedef struct {
    const DomDef *def;         /* borrowed */
    const DomSection *section; /* borrowed; a list with a path */
    GHashTable *alone;         /* the names that a device has alone, each with it; NULL: not yet */
    guint index;               /* of the next device */
    guint number;              /* of the first element of the one before, from 1 */
    guint behind;              /* of the first element behind that */
} XlcDevicePlaces;

void xlc_device_places_init(XlcDevicePlaces *places, const DomDef *def, const DomSection *section);
/* Goes to the next device, which is there. TRUE: it has an element. */
gboolean xlc_device_places_next(XlcDevicePlaces *places);
/* The place of the device that it went to, which has an element: as a user would count it, and the
 * one that finds it again (transfer full). */
char *xlc_device_places_shown(const XlcDevicePlaces *places);
char *xlc_device_places_base(XlcDevicePlaces *places);
void xlc_device_places_clear(XlcDevicePlaces *places);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XlcDevicePlaces, xlc_device_places_clear)
