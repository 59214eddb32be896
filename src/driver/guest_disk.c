/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "driver/guest_disk.h"

/* Whether @rest, behind the name of a disk, is the number of a partition. */
static gboolean
is_partition(const char *rest)
{
    rest += *rest == 'p' ? 1 : 0;
    return rest[strspn(rest, "0123456789")] == '\0';
}

/* Linux calls "xvda" what the definition calls so or, for old kernels' sake, "hda" or "sda". */
static gboolean
is_same(const char *target, const char *device, gboolean by_letter)
{
    static const char *const kinds[] = { "xvd", "hd", "sd" };
    for (gsize i = 0; by_letter && i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_has_prefix(target, kinds[i]) && g_str_has_prefix(device, kinds[0])) {
            return is_same(target + strlen(kinds[i]), device + strlen(kinds[0]), FALSE);
        }
    }
    return *target && g_str_has_prefix(device, target) && is_partition(device + strlen(target));
}

const char *
drv_guest_disk_target(const DomDef *def, const char *device)
{
    static const char folder[] = "/dev/";
    device += g_str_has_prefix(device, folder) ? strlen(folder) : 0;
    for (int by_letter = FALSE; by_letter <= TRUE; by_letter++) {
        for (guint i = 0; i < def->disks->len; i++) {
            const DomDisk *disk = def->disks->pdata[i];
            if (disk->vdev && is_same(disk->vdev, device, by_letter)) {
                return disk->vdev;
            }
        }
    }
    return NULL;
}

const char *
drv_guest_disk_of(const DomDef *def, virJSONValue *address, const char *name)
{
    const char *device = address ? virJSONValueObjectGetString(address, "dev") : NULL;
    return drv_guest_disk_target(def, device ? device : name);
}
