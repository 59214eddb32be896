/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/cpulist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static gboolean
skip_prefix(const char **text, const char *prefix)
{
    if (!g_str_has_prefix(*text, prefix))
        return FALSE;
    *text += strlen(prefix);
    return TRUE;
}

/* strtoul, as xl has it: leading blanks and a sign are fine, a number too large is not. */
static gboolean
parse_number(const char **text, gulong *number)
{
    char *end;

    errno = 0;
    *number = strtoul(*text, &end, 10);
    if (end == *text || *number == G_MAXULONG)
        return FALSE;
    *text = end;
    return TRUE;
}

static gboolean
parse_numbers(const char *text, gulong *first, gulong *last)
{
    if (!parse_number(&text, first))
        return FALSE;
    *last = *first;
    if (skip_prefix(&text, "-") && !parse_number(&text, last))
        return FALSE;
    return *text == '\0' && *first <= *last;
}

gboolean
dom_cpu_range_parse(const char *item, DomCpuRange *ret_range)
{
    DomCpuRange range = { 0 };

    range.off = skip_prefix(&item, "^");
    range.nodes = skip_prefix(&item, "node:") || skip_prefix(&item, "nodes:");
    range.all = !range.off && g_str_equal(item, "all");
    if (!range.all && !parse_numbers(item, &range.first, &range.last))
        return FALSE;
    *ret_range = range;
    return TRUE;
}

char *
dom_cpulist_wrong_item(const char *text)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    DomCpuRange range;

    for (char **item = items; *item != NULL; item++) {
        if (**item != '\0' && !dom_cpu_range_parse(*item, &range))
            return g_strdup(*item);
    }
    return NULL;
}
