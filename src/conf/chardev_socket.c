/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/chardev_socket.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/xml.h"

#define SERVER ",server,nowait"
#define HOST   "(\\[[0-9a-fA-F:.]+\\]|[^][:,@]*)"
#define PORT   "([a-zA-Z0-9-]+)"

static char *
text_or_blank(char *text)
{
    return text != NULL ? text : g_strdup("");
}

/* A colon would end the host's name and a comma begin an option. */
static char *
take_end(DomXml *xml, xmlNodePtr node, const char *path, const char *pattern)
{
    char *text = text_or_blank(dom_xml_take(xml, node, path));
    g_autofree char *key = g_strconcat("serial/", path, NULL);

    if (*text != '\0' && !g_regex_match_simple(pattern, text, G_REGEX_DOLLAR_ENDONLY, 0))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, key,
                       _("'%s': expected a name or an address of a host, and a number or name of a "
                         "port"),
                       text);
    return text;
}

/* An address of IPv6 stands in brackets. */
static char *
take_host(DomXml *xml, xmlNodePtr node, const char *path)
{
    g_autofree char *text = dom_xml_peek(node, path);

    if (text == NULL || strchr(text, ':') == NULL || !dom_xml_is_address(text))
        return take_end(xml, node, path, "^" HOST "$");
    dom_xml_claim(xml, node, path);
    return g_strdup_printf("[%s]", text);
}

static char *
parse_tcp(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *mode = dom_xml_take(xml, node, "source/@mode");
    g_autofree char *host = take_host(xml, node, "source/@host");
    g_autofree char *service = take_end(xml, node, "source/@service", "^" PORT "$");
    g_autofree char *protocol = dom_xml_peek(node, "protocol/@type");
    gboolean telnet = g_strcmp0(protocol, "telnet") == 0;

    if (telnet || g_strcmp0(protocol, "raw") == 0)
        dom_xml_claim(xml, node, "protocol/@type");
    else if (protocol == NULL)
        dom_xml_claim(xml, node, "protocol");
    return g_strconcat(telnet ? "telnet:" : "tcp:", host, ":", service,
                       g_strcmp0(mode, "bind") == 0 ? SERVER : "", NULL);
}

static char *
parse_unix(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *mode = dom_xml_take(xml, node, "source/@mode");
    g_autofree char *path = text_or_blank(dom_xml_take(xml, node, "source/@path"));
    g_autoptr(GString) quoted = g_string_new(path);

    g_string_replace(quoted, ",", ",,", 0);
    return g_strconcat("unix:", quoted->str, g_strcmp0(mode, "bind") == 0 ? SERVER : "", NULL);
}

static char *
parse_udp(DomXml *xml, xmlNodePtr node)
{
    static const char *const ends[] = { "source[@mode='connect']", "source[@mode='bind']" };
    GString *text = g_string_new("udp:");

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *host_path = g_strconcat(ends[i], "/@host", NULL);
        g_autofree char *service_path = g_strconcat(ends[i], "/@service", NULL);
        g_autofree char *host = take_host(xml, node, host_path);
        g_autofree char *service = take_end(xml, node, service_path, "^" PORT "$");

        if (dom_xml_find(node, ends[i]) == NULL)
            continue;
        dom_xml_claim(xml, node, ends[i]);
        /* that the end which listens has any free port needs no word */
        g_string_append_printf(text, "%s%s:%s", i > 0 ? "@" : "", host,
                               i > 0 && *service == '\0' ? "0" : service);
    }
    return g_string_free(text, FALSE);
}

static void
set_end(xmlNodePtr node, const char *mode, GMatchInfo *match, int group)
{
    g_autofree char *path = g_strdup_printf("source[@mode='%s']", mode);
    g_autofree char *host = g_match_info_fetch(match, group);
    g_autofree char *bare =
        host != NULL && *host == '[' ? g_strndup(host + 1, strlen(host) - 2) : g_strdup(host);
    g_autofree char *service = g_match_info_fetch(match, group + 1);
    xmlNodePtr source;

    if (service == NULL || *service == '\0')
        return;
    source = dom_xml_ensure(node, path);
    if (bare != NULL && *bare != '\0')
        dom_xml_set(source, "@host", bare);
    dom_xml_set(source, "@service", service);
}

static void
format_tcp(xmlNodePtr node, GMatchInfo *match)
{
    g_autofree char *protocol = g_match_info_fetch(match, 1);
    g_autofree char *server = g_match_info_fetch(match, 4);

    set_end(node, server != NULL && *server != '\0' ? "bind" : "connect", match, 2);
    dom_xml_set(node, "protocol/@type", g_str_equal(protocol, "telnet") ? "telnet" : "raw");
}

static void
format_udp(xmlNodePtr node, GMatchInfo *match)
{
    set_end(node, "connect", match, 1);
    set_end(node, "bind", match, 3);
}

static void
format_unix(xmlNodePtr node, GMatchInfo *match)
{
    g_autofree char *path = g_match_info_fetch(match, 1);
    g_autofree char *server = g_match_info_fetch(match, 2);
    g_autoptr(GString) plain = g_string_new(path);

    g_string_replace(plain, ",,", ",", 0);
    dom_xml_set(node, "source/@mode", server != NULL && *server != '\0' ? "bind" : "connect");
    dom_xml_set(node, "source/@path", plain->str);
}

static const struct {
    const char *type;
    const char *pattern;
    const char *odd; /* all that parse makes; NULL: no more than the former */
    char *(*parse)(DomXml *xml, xmlNodePtr node);
    void (*format)(xmlNodePtr node, GMatchInfo *match);
} sockets[] = {
    { "tcp", "^(tcp|telnet):" HOST ":" PORT "(" SERVER ")?$", NULL, parse_tcp, format_tcp },
    { "udp", "^udp:" HOST ":" PORT "(?:@" HOST ":" PORT ")?$", NULL, parse_udp, format_udp },
    { "unix", "^unix:(/(?:[^,]|,,)+?)(" SERVER ")?$", "^unix:((?:[^,]|,,)+?)(" SERVER ")?$",
      parse_unix, format_unix },
};

char *
dom_chardev_socket_parse(DomXml *xml, DomXmlNode *node, const char *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(sockets); i++) {
        if (!g_str_equal(sockets[i].type, type))
            continue;
        dom_xml_claim(xml, node, "@type");
        return sockets[i].parse(xml, node);
    }
    return NULL;
}

const char *
dom_chardev_socket_format(const char *serial, gboolean odd, DomXmlNode *node)
{
    for (guint i = 0; i < G_N_ELEMENTS(sockets); i++) {
        const char *text = odd && sockets[i].odd != NULL ? sockets[i].odd : sockets[i].pattern;
        g_autoptr(GRegex) pattern = g_regex_new(text, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;

        if (!g_regex_match(pattern, serial, 0, &match))
            continue;
        if (node != NULL)
            sockets[i].format(node, match);
        return sockets[i].type;
    }
    return NULL;
}
