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

/* "[::1]:5" or "10.0.0.1:5"; QEMU takes what stands behind "unix:" for a path. */
#define WITH_DISPLAY "^(?|\\[([0-9A-Fa-f:.]+)\\]|(?!unix:)([^][:]+)):(0|[1-9][0-9]{0,4})$"

/* The address in front of the colon (transfer full) and the display behind it; NULL for a text that
 * is not of that form. */
static char *
split_text(const char *listen, DomInt *ret_display)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *address = NULL, *number = NULL;
    gint64 display;

    if (!g_regex_match(DOM_XML_REGEX(WITH_DISPLAY), listen, 0, &match))
        return NULL;
    address = g_match_info_fetch(match, 1);
    number = g_match_info_fetch(match, 2);
    display = (gint64)g_ascii_strtoull(number, NULL, 10);
    if (display > DOM_VNC_LAST_DISPLAY || !dom_listen_is_host(address) ||
        is_ipv6(address) != (*listen == '['))
        return NULL;
    /* an IPv6 address gets 0 back without being told */
    *ret_display = (DomInt){ .value = display, .set = display > 0 || !is_ipv6(address) };
    return g_steal_pointer(&address);
}

char *
dom_listen_split(const DomHead *head, DomInt *ret_display)
{
    *ret_display = head->vncdisplay;
    if (head->vnclisten == NULL || strchr(head->vnclisten, ':') == NULL)
        return g_strdup(head->vnclisten);
    return split_text(head->vnclisten, ret_display);
}

static gboolean
says_of_ports(xmlNodePtr node)
{
    static const char *const attributes[] = { "websocket", "sharePolicy", "powerControl" };

    for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (xmlHasProp(node, BAD_CAST attributes[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}

void
dom_listen_settle(xmlNodePtr root)
{
    xmlNodePtr devices = dom_xml_child(root, "devices");

    for (xmlNodePtr node = devices != NULL ? dom_xml_child(devices, "graphics") : NULL;
         node != NULL; node = dom_xml_next(node, "graphics")) {
        if (!dom_xml_is(node, "@type", "vnc") || xmlHasProp(node, BAD_CAST "socket") == NULL)
            continue;
        if (!says_of_ports(node))
            xmlUnsetProp(node, BAD_CAST "autoport");
        else if (dom_xml_find(node, "listen[@type='socket']/@socket") != NULL)
            xmlUnsetProp(node, BAD_CAST "socket");
    }
}
