/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/disk_number.h"

#include <string.h>

/* Major and minor are Linux's, of the time when a disk had a fixed place in them. */
static guint
xvd_number(guint disk, guint partition)
{
    gboolean old = disk < 16 && partition < 16;

    return old ? 202 << 8 | disk << 4 | partition : 1 << 28 | disk << 8 | partition;
}

static guint
hd_number(guint disk, guint partition)
{
    return (disk < 2 ? 3U : 22U) << 8 | (disk & 1) << 6 | partition;
}

static guint
sd_number(guint disk, guint partition)
{
    return 8 << 8 | disk << 4 | partition;
}

typedef struct {
    const char *prefix;
    guint most_disk;
    guint most_partition;
    guint (*number)(guint disk, guint partition);
} Family;

static const Family families[] = {
    { "xvd", (1 << 20) - 1, 255, xvd_number },
    { "hd", 3, 63, hd_number },
    { "sd", 15, 15, sd_number },
};

/* "a" is 0, "z" 25, "aa" 26. */
static gboolean
take_letters(const char **text, guint most, guint *ret_disk)
{
    guint next = 0;

    for (; g_ascii_islower(**text); (*text)++) {
        next = next * 26 + (guint)(**text - 'a') + 1;
        if (next > most + 1)
            return FALSE;
    }
    *ret_disk = next - 1;
    return next > 0;
}

/* Nothing is the whole disk, 0. */
static gboolean
take_partition(const char *text, guint most, guint *ret_partition)
{
    guint64 value = 0;

    if (*text != '\0' &&
        (*text == '0' || !g_ascii_string_to_unsigned(text, 10, 1, most, &value, NULL)))
        return FALSE;
    *ret_partition = (guint)value;
    return TRUE;
}

static gboolean
parse_letters(const char *vdev, guint *ret_number, guint *ret_disk)
{
    guint partition;

    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        const Family *family = &families[i];
        const char *rest = vdev + strlen(family->prefix);

        if (!g_str_has_prefix(vdev, family->prefix))
            continue;
        if (!take_letters(&rest, family->most_disk, ret_disk) ||
            !take_partition(rest, family->most_partition, &partition))
            return FALSE;
        *ret_number = family->number(*ret_disk, partition);
        return TRUE;
    }
    return FALSE;
}

/* Decimal, hexadecimal after 0x, octal after 0. */
static gboolean
take_number(const char **text, guint64 most, guint *ret_value)
{
    char *end = NULL;
    guint64 value = g_ascii_isdigit(**text) ? g_ascii_strtoull(*text, &end, 0) : most + 1;

    if (value > most)
        return FALSE;
    *text = end;
    *ret_value = (guint)value;
    return TRUE;
}

/* "d2p1" */
static gboolean
parse_pair(const char *vdev, guint *ret_number, guint *ret_disk)
{
    guint partition;
    const char *rest = vdev + 1;

    if (*vdev != 'd' || !take_number(&rest, families[0].most_disk, ret_disk) || *rest++ != 'p' ||
        !take_number(&rest, families[0].most_partition, &partition) || *rest != '\0')
        return FALSE;
    *ret_number = xvd_number(*ret_disk, partition);
    return TRUE;
}

gboolean
dom_disk_number(const char *vdev, guint *ret_number)
{
    guint number, disk;
    const char *rest = vdev;

    if (!parse_pair(vdev, &number, &disk) && !parse_letters(vdev, &number, &disk) &&
        !(take_number(&rest, G_MAXINT, &number) && *rest == '\0'))
        return FALSE;
    if (ret_number != NULL)
        *ret_number = number;
    return TRUE;
}

gboolean
dom_disk_letter(const char *vdev, guint *ret_disk)
{
    guint number, disk;

    if (!parse_pair(vdev, &number, &disk) && !parse_letters(vdev, &number, &disk))
        return FALSE;
    *ret_disk = disk;
    return TRUE;
}
