/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/name.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"

#define ROW(rec, text, prefix, ...)                                                                \
    {                                                                                              \
        .record = &dom_##rec##_record, .word = (text), .alias = (prefix), __VA_ARGS__              \
    }

const DomName dom_names[] = {
    [DOM_DEVICE_DISK] = ROW(disk, N_("disk"), "disk-", .names = { { "vdev" } }, .needed = TRUE),
    [DOM_DEVICE_NIC] = ROW(nic, N_("interface"), "net-", .names = { { "mac" } }, .needed = TRUE),
    [DOM_DEVICE_PCI] =
        ROW(pci, N_("PCI device"), "hostdev-", .names = { { "bdf" }, { "name" } }, .needed = TRUE),
    [DOM_DEVICE_USBDEV] = ROW(usbdev, N_("USB device"), "hostdev-usb-",
                              .names = { { "hostbus", "hostaddr" } }, .needed = TRUE),
    [DOM_DEVICE_USBCTRL] = ROW(usbctrl, N_("USB controller"), "usb-"),
    [DOM_DEVICE_VTPM] = ROW(vtpm, N_("TPM"), "tpm-", .names = { { "uuid" }, { "backend" } }),
    [DOM_DEVICE_VKB] = ROW(vkb, N_("PV keyboard"), "vkb-", .names = { { "unique_id" } }),
    [DOM_DEVICE_VSND] = ROW(vsnd, N_("PV sound card"), "vsnd-", .names = { { "items" } }),
    [DOM_DEVICE_VDISPL] = ROW(vdispl, N_("PV display"), "vdispl-", .names = { { "connectors" } }),
    [DOM_DEVICE_VFB] = ROW(vfb, N_("framebuffer"), "graphics-"),
    [DOM_DEVICE_P9] = ROW(p9, N_("filesystem"), "fs-", .names = { { "tag" } }, .needed = TRUE),
    [DOM_DEVICE_CHANNEL] = ROW(channel, N_("channel"), "channel-", .names = { { "name" } }),
    [DOM_DEVICE_PVCALLS] = ROW(pvcalls, N_("PV calls"), "pvcalls-", .names = { { "backend" } }),
    [DOM_DEVICE_VIRTIO] = ROW(virtio, N_("virtio device"), "virtio-", .names = { { "type" } }),
};

const DomName *
dom_name_of(const DomRecord *record)
{
    for (guint i = 0; i < G_N_ELEMENTS(dom_names); i++) {
        if (dom_names[i].record == record)
            return &dom_names[i];
    }
    return NULL;
}

/* (transfer full) */
static char *
member_text(const DomField *field, gconstpointer data)
{
    switch (field->kind) {
    case DOM_KIND_UINT:
        return g_strdup_printf("%" G_GUINT64_FORMAT, DOM_CONST_MEMBER(data, field, DomUint)->value);
    case DOM_KIND_STRV:
        return g_strjoinv(",", *DOM_CONST_MEMBER(data, field, char **));
    default:
        return g_strdup(*DOM_CONST_MEMBER(data, field, char *));
    }
}

static const DomField *
member(const DomName *name, guint row, guint column)
{
    const char *word = column < G_N_ELEMENTS(name->names[row]) ? name->names[row][column] : NULL;

    return word != NULL ? dom_record_find(name->record, word) : NULL;
}

/* Whether all members of the row, which has some, are set. */
static gboolean
is_set(const DomName *name, guint row, gconstpointer data)
{
    const DomField *field;

    for (guint i = 0; (field = member(name, row, i)) != NULL; i++) {
        if (!dom_field_is_set(field, data))
            return FALSE;
    }
    return name->names[row][0] != NULL;
}

char *
dom_name_text(const DomName *name, gconstpointer data, const char *separator)
{
    for (guint row = 0; row < G_N_ELEMENTS(name->names); row++) {
        g_autofree char *first = NULL;
        g_autofree char *second = NULL;

        if (!is_set(name, row, data))
            continue;
        first = member_text(member(name, row, 0), data);
        if (member(name, row, 1) == NULL)
            return g_steal_pointer(&first);
        second = member_text(member(name, row, 1), data);
        return g_strconcat(first, separator, second, NULL);
    }
    return NULL;
}

gboolean
dom_name_same(const DomName *name, gconstpointer a, gconstpointer b)
{
    for (guint row = 0; row < G_N_ELEMENTS(name->names); row++) {
        gboolean same = TRUE;
        const DomField *field;

        if (!is_set(name, row, a) || !is_set(name, row, b))
            continue;
        for (guint i = 0; (field = member(name, row, i)) != NULL; i++)
            same = same && dom_field_equal(field, a, b);
        return same;
    }
    return FALSE;
}
