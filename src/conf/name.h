/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What tells a device of a list from its like: a disk's target, a card's MAC address, the place of
 * a USB device on the host. By it a device is found again, and of it the alias is made.
 *
 * A kind without such a member is told by its place in the list, as USB controllers are, and so is
 * a device whose members are absent.
 */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_DEVICE_DISK,
    DOM_DEVICE_NIC,
    DOM_DEVICE_PCI,
    DOM_DEVICE_USBDEV,
    DOM_DEVICE_USBCTRL,
    DOM_DEVICE_VTPM,
    DOM_DEVICE_VKB,
    DOM_DEVICE_VSND,
    DOM_DEVICE_VDISPL,
    DOM_DEVICE_VFB,
    DOM_DEVICE_P9,
    DOM_DEVICE_CHANNEL,
    DOM_DEVICE_PVCALLS,
    DOM_DEVICE_VIRTIO,
    DOM_DEVICE_LAST = DOM_DEVICE_VIRTIO,
} DomDeviceKind;

typedef struct {
    const DomRecord *record;
    const char *word;              /* for messages; translatable */
    const char *alias;             /* begins the aliases */
    const char *const names[2][2]; /* members; the first pair that is set as a whole counts */
    gboolean needed;               /* there is no such device without one */
} DomName;

/* By DomDeviceKind. */
extern const DomName dom_names[];

/* The row of @record, or NULL. */
const DomName *dom_name_of(const DomRecord *record);

/* The name of @data with @separator between its members (transfer full); NULL: it has none. */
char *dom_name_text(const DomName *name, gconstpointer data, const char *separator);

/* Whether both have the same name: by the first members that both have. */
gboolean dom_name_same(const DomName *name, gconstpointer a, gconstpointer b);
