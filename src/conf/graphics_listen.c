/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/graphics_listen.h"

#include <string.h>

#include "conf/xml.h"

gboolean
dom_listen_is_host(const char *text)
{
    return dom_xml_is_word(text, ".-") || dom_xml_is_address(text);
}

static gboolean
is_ipv6(const char *text)
{
    return strchr(text, ':') != NULL && dom_listen_is_host(text);
}

void
dom_listen_join(DomHead *head)
{
    char *joined;

    if (head->vnclisten == NULL || !is_ipv6(head->vnclisten))
        return;
    joined = g_strdup_printf("[%s]:%" G_GINT64_FORMAT, head->vnclisten,
                             head->vncdisplay.set ? head->vncdisplay.value : 0);
    g_free(head->vnclisten);
    head->vnclisten = joined;
    head->vncdisplay = (DomInt){ 0 };
}

char *
dom_listen_split(const DomHead *head, DomInt *ret_display)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *address = NULL, *number = NULL;

    *ret_display = head->vncdisplay;
    if (head->vnclisten == NULL || strchr(head->vnclisten, ':') == NULL)
        return g_strdup(head->vnclisten);
    if (head->vncdisplay.set ||
        !g_regex_match(DOM_XML_REGEX("^\\[([0-9A-Fa-f:.]+)\\]:(0|[1-9][0-9]{0,4})$"),
                       head->vnclisten, 0, &match))
        return NULL;
    address = g_match_info_fetch(match, 1);
    number = g_match_info_fetch(match, 2);
    if (!is_ipv6(address))
        return NULL;
    ret_display->value = (gint64)g_ascii_strtoull(number, NULL, 10);
    ret_display->set = ret_display->value > 0;
    return g_steal_pointer(&address);
}
