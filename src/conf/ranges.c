/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/ranges.h"

#include <errno.h>
#include <stdlib.h>

/* Of ports and interrupts: xl refuses all bits. */
#define MOST (G_MAXUINT32 - 1)

/* A number in @base at @text, which moves behind it. libc's reader is xl's. */
static gboolean
take_number(const char **text, int base, guint64 max, guint64 *ret_number)
{
    char *end;
    guint64 number;

    errno = 0;
    number = strtoull(*text, &end, base);
    if (end == *text || errno != 0 || number > max)
        return FALSE;
    *text = end;
    *ret_number = number;
    return TRUE;
}

static gboolean
take_char(const char **text, char wanted)
{
    if (**text != wanted)
        return FALSE;
    (*text)++;
    return TRUE;
}

gboolean
dom_range_ioports(const char *text, guint32 *ret_first, guint32 *ret_last)
{
    guint64 first, last;

    if (!take_number(&text, 16, MOST, &first))
        return FALSE;
    last = first;
    if (take_char(&text, '-') && (!take_number(&text, 16, MOST, &last) || *text != '\0'))
        return FALSE;
    *ret_first = (guint32)first;
    *ret_last = (guint32)last;
    return TRUE;
}

gboolean
dom_range_irq(const char *text, guint32 *ret_irq)
{
    guint64 number;

    if (!take_number(&text, 10, MOST, &number) || *text != '\0')
        return FALSE;
    *ret_irq = (guint32)number;
    return TRUE;
}

gboolean
dom_range_iomem(const char *text, guint64 *ret_start, guint64 *ret_number, guint64 *ret_gfn)
{
    return take_number(&text, 16, G_MAXUINT64, ret_start) && take_char(&text, ',') &&
           take_number(&text, 16, G_MAXUINT64, ret_number) &&
           (!take_char(&text, '@') || take_number(&text, 16, G_MAXUINT64, ret_gfn)) &&
           *text == '\0';
}
