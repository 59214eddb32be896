/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/disk_network.h"

#include <string.h>

#include "conf/xml.h"

#define NBD_PORT "10809"

typedef struct {
    char *name; /* of a machine; NULL for a socket */
    char *port; /* NULL: the protocol's */
    char *transport;
    char *socket;
} Host;

typedef struct {
    char *protocol;
    char *name;
    char *query;
    char *snapshot;
    char *config;
    char *user;       /* of <auth>; its secret is for libvirt alone */
    gboolean tls;     /* which QEMU's word has no place for */
    GPtrArray *hosts; /* of Host */
} Source;

static void
host_free(gpointer data)
{
    Host *host = data;

    g_free(host->name);
    g_free(host->port);
    g_free(host->transport);
    g_free(host->socket);
    g_free(host);
}

static void
source_clear(Source *source)
{
    g_free(source->protocol);
    g_free(source->name);
    g_free(source->query);
    g_free(source->snapshot);
    g_free(source->config);
    g_free(source->user);
    g_clear_pointer(&source->hosts, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Source, source_clear)

static Source
source_new(void)
{
    return (Source){ .hosts = g_ptr_array_new_with_free_func(host_free) };
}

static Host *
add_host(Source *source)
{
    Host *host = g_new0(Host, 1);

    g_ptr_array_add(source->hosts, host);
    return host;
}

/* The machine's name as it stands in front of a port; an address of IPv6 has colons itself. */
static char *
bracketed(const char *name)
{
    return strchr(name, ':') != NULL ? g_strdup_printf("[%s]", name) : g_strdup(name);
}

static char *
without_brackets(const char *name)
{
    gsize length = strlen(name);

    return *name == '[' && length > 1 ? g_strndup(name + 1, length - 2) : g_strdup(name);
}

static gboolean
is_machine(const char *name)
{
    return dom_xml_is_word(name, ".-_:");
}

/* It is somewhere, and nothing in it begins another part of QEMU's word. */
static gboolean
is_plain(const Host *host)
{
    guint64 port;

    return (host->port == NULL || dom_xml_parse_uint(host->port, &port)) &&
           (host->name != NULL ? is_machine(host->name)
                               : host->socket != NULL && *host->socket != '\0' &&
                                     strchr(host->socket, ':') == NULL);
}

/* "host", "host:port" or "[host]:port" (transfer full). */
static char *
authority(const Host *host)
{
    g_autofree char *name = bracketed(host->name);

    return g_strconcat(name, host->port != NULL ? ":" : "", host->port, NULL);
}

/* The only host, when QEMU's word for the protocol has room for one. */
static const Host *
only_host(const Source *source)
{
    const Host *host = source->hosts->len == 1 ? source->hosts->pdata[0] : NULL;

    return host != NULL && is_plain(host) ? host : NULL;
}

/* A name that needs no escapes in a URI. A percent sign would be one. */
static gboolean
is_uri_text(const char *text, const char *also)
{
    g_autofree char *bytes = g_strconcat("-._~:/@!$&'()*+,;=", also, NULL);

    return text != NULL && dom_xml_is_word(text, bytes);
}

static gboolean
has_socket(const Host *host)
{
    return host->name == NULL;
}

/* "scheme://host:port/name?query" (transfer full). */
static char *
write_uri(const Source *source)
{
    const Host *host = only_host(source);
    gboolean gluster = g_str_equal(source->protocol, "gluster");
    g_autofree char *place = NULL, *query = NULL;
    const char *name = source->name;

    if (host == NULL || !is_uri_text(name, "") || (has_socket(host) && !gluster) ||
        (source->query != NULL && !is_uri_text(source->query, "?")) ||
        (has_socket(host) && !is_uri_text(host->socket, "")))
        return NULL;
    place = has_socket(host) ? g_strdup("") : authority(host);
    query = has_socket(host) ? g_strconcat("socket=", host->socket, NULL) : g_strdup(source->query);
    return g_strconcat(source->protocol, host->transport != NULL ? "+" : "",
                       host->transport != NULL ? host->transport : "", "://", place,
                       *name == '/' ? "" : "/", name, query != NULL ? "?" : "", query, NULL);
}

/* A target is a logical unit: of libvirt the first one when the name tells none. */
static char *
write_iscsi(const Source *source)
{
    g_autofree char *uri = write_uri(source);

    if (uri == NULL || strchr(source->name, '/') != NULL)
        return g_steal_pointer(&uri);
    return g_strconcat(uri, "/0", NULL);
}

static char *
write_nbd(const Source *source)
{
    const Host *host = only_host(source);
    g_autofree char *place = NULL, *name = NULL;

    if (host == NULL || source->tls)
        return NULL;
    name = host->name != NULL ? bracketed(host->name) : NULL;
    place = has_socket(host)
                ? g_strconcat("unix:", host->socket, NULL)
                : g_strconcat(name, ":", host->port != NULL ? host->port : NBD_PORT, NULL);
    return g_strconcat("nbd:", place, source->name != NULL ? ":exportname=" : "", source->name,
                       NULL);
}

/* Colons separate the options of Ceph, and @also has a meaning in a name. */
static void
append_escaped(GString *text, const char *value, const char *also)
{
    for (; *value != '\0'; value++) {
        if (strchr(":\\", *value) != NULL || strchr(also, *value) != NULL)
            g_string_append_c(text, '\\');
        g_string_append_c(text, *value);
    }
}

static gboolean
append_monitors(GString *text, GPtrArray *hosts)
{
    for (guint i = 0; i < hosts->len; i++) {
        const Host *host = hosts->pdata[i];
        g_autofree char *place = has_socket(host) || !is_plain(host) ? NULL : authority(host);

        if (place == NULL)
            return FALSE;
        g_string_append(text, i == 0 ? ":mon_host=" : "\\;");
        append_escaped(text, place, "");
    }
    return TRUE;
}

static char *
write_rbd(const Source *source)
{
    g_autoptr(GString) text = g_string_new("rbd:");

    if (source->name == NULL)
        return NULL;
    append_escaped(text, source->name, "@");
    if (source->snapshot != NULL) {
        g_string_append_c(text, '@');
        append_escaped(text, source->snapshot, "@");
    }
    if (source->user != NULL) {
        g_string_append(text, ":id=");
        append_escaped(text, source->user, ";");
        g_string_append(text, ":auth_supported=cephx\\;none");
    }
    if (!append_monitors(text, source->hosts))
        return NULL;
    if (source->config != NULL) {
        g_string_append(text, ":conf=");
        append_escaped(text, source->config, ";");
    }
    return g_strdup(text->str);
}

/* Takes "host:port" apart; @port may be missing. */
static gboolean
read_authority(Host *host, const char *name, const char *port)
{
    host->name = without_brackets(name);
    if (port != NULL && *port != '\0')
        host->port = g_strdup(port);
    return *name != '[' || dom_xml_is_address(host->name);
}

/* What libvirt's schema takes for one: it knows no underscore, and an address of IPv4 within one of
 * IPv6 only behind two colons. */
#define MACHINE "(\\[(?:[0-9A-Fa-f:]+|::[0-9A-Fa-f:.]+)\\]|[A-Za-z0-9.-]+)"

/* libvirt has queries for HTTP alone. */
static gboolean
read_uri(const char *target, Source *source)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *name = NULL, *port = NULL;
    Host *host;

    if (!g_regex_match(
            DOM_XML_REGEX("^(https?|iscsi|ftps?|tftp|gluster)(?:\\+(tcp|rdma))?://" MACHINE
                          "(?::([0-9]{1,5}))?/([^?#%]+)(?:\\?([^#%]+))?$"),
            target, 0, &match))
        return FALSE;
    host = add_host(source);
    name = g_match_info_fetch(match, 3);
    port = g_match_info_fetch(match, 4);
    host->transport = g_match_info_fetch(match, 2);
    source->protocol = g_match_info_fetch(match, 1);
    source->name = g_match_info_fetch(match, 5);
    source->query = g_match_info_fetch(match, 6);
    return read_authority(host, name, port) &&
           (*source->query == '\0' || g_str_has_prefix(source->protocol, "http"));
}

static gboolean
read_gluster_socket(const char *target, Source *source)
{
    g_autoptr(GMatchInfo) match = NULL;
    Host *host;

    if (!g_regex_match(DOM_XML_REGEX("^(gluster)\\+unix:///([^?#%]+)\\?socket=(/[^&#%]+)$"), target,
                       0, &match))
        return FALSE;
    host = add_host(source);
    host->transport = g_strdup("unix");
    host->socket = g_match_info_fetch(match, 3);
    source->protocol = g_match_info_fetch(match, 1);
    source->name = g_match_info_fetch(match, 2);
    return TRUE;
}

static gboolean
read_nbd(const char *target, Source *source)
{
    g_autoptr(GMatchInfo) match = NULL;
    gboolean known = TRUE;
    Host *host;

    if (!g_regex_match(DOM_XML_REGEX("^(nbd):(?:unix:(/[^:]+)|" MACHINE ":([0-9]{1,5}))"
                                     "(?::exportname=(.+))?$"),
                       target, 0, &match))
        return FALSE;
    host = add_host(source);
    host->socket = g_match_info_fetch(match, 2);
    if (*host->socket == '\0') {
        g_autofree char *name = g_match_info_fetch(match, 3);
        g_autofree char *port = g_match_info_fetch(match, 4);

        g_clear_pointer(&host->socket, g_free);
        known = read_authority(host, name, port);
    } else {
        host->transport = g_strdup("unix");
    }
    source->protocol = g_match_info_fetch(match, 1);
    source->name = g_match_info_fetch(match, 5);
    return known;
}

/* Up to the first byte of @end that is not escaped (transfer full), and *@text behind it. */
static char *
take_escaped(const char **text, const char *end)
{
    GString *part = g_string_new(NULL);

    for (; **text != '\0' && strchr(end, **text) == NULL; (*text)++) {
        if (**text == '\\' && (*text)[1] != '\0')
            (*text)++;
        g_string_append_c(part, **text);
    }
    return g_string_free(part, FALSE);
}

/* "mon1:6789;mon2", no longer escaped. */
static gboolean
read_monitors(const char *value, Source *source)
{
    g_auto(GStrv) parts = g_strsplit(value, ";", -1);

    for (char **part = parts; *part != NULL; part++) {
        g_autoptr(GMatchInfo) match = NULL;
        g_autofree char *name = NULL, *port = NULL;

        if (!g_regex_match(DOM_XML_REGEX("^" MACHINE "(?::([0-9]{1,5}))?$"), *part, 0, &match))
            return FALSE;
        name = g_match_info_fetch(match, 1);
        port = g_match_info_fetch(match, 2);
        if (!read_authority(add_host(source), name, port))
            return FALSE;
    }
    return TRUE;
}

/* An option or a text without a place in XML, as a user without libvirt's secret, is told as
 * residual. */
static gboolean
read_rbd_option(const char *option, Source *source)
{
    if (g_str_has_prefix(option, "mon_host="))
        return read_monitors(option + strlen("mon_host="), source);
    if (g_str_has_prefix(option, "conf=/") && strlen(option) > strlen("conf=/") &&
        dom_xml_is_word(option, "=/._-") && source->config == NULL)
        source->config = g_strdup(option + strlen("conf="));
    return TRUE;
}

static gboolean
read_rbd(const char *target, Source *source)
{
    const char *at = target + strlen("rbd:");

    if (!g_str_has_prefix(target, "rbd:"))
        return FALSE;
    source->protocol = g_strdup("rbd");
    source->name = take_escaped(&at, ":@");
    if (*at == '@') {
        at++;
        source->snapshot = take_escaped(&at, ":");
        if (!dom_xml_is_word(source->snapshot, "_+-"))
            g_clear_pointer(&source->snapshot, g_free);
    }
    while (*at == ':') {
        g_autofree char *option = NULL;

        at++;
        option = take_escaped(&at, ":");
        if (!read_rbd_option(option, source))
            return FALSE;
    }
    return *source->name != '\0';
}

static const struct {
    const char *protocol;
    char *(*write)(const Source *source);
} writers[] = {
    { "rbd", write_rbd },  { "nbd", write_nbd },   { "iscsi", write_iscsi },
    { "http", write_uri }, { "https", write_uri }, { "ftp", write_uri },
    { "ftps", write_uri }, { "tftp", write_uri },  { "gluster", write_uri },
};

static gboolean (*const readers[])(const char *target, Source *source) = {
    read_rbd,
    read_nbd,
    read_uri,
    read_gluster_socket,
};

static char *
write_target(const Source *source)
{
    for (guint i = 0; i < G_N_ELEMENTS(writers); i++) {
        if (g_strcmp0(source->protocol, writers[i].protocol) == 0)
            return writers[i].write(source);
    }
    return NULL;
}

/* Texts that a match left empty were not there. */
static void
drop_if_empty(char **text)
{
    if (*text != NULL && **text == '\0')
        g_clear_pointer(text, g_free);
}

static gboolean
read_target(const char *target, Source *source)
{
    for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (!readers[i](target, source)) {
            source_clear(source);
            *source = source_new();
            continue;
        }
        drop_if_empty(&source->name);
        drop_if_empty(&source->query);
        for (guint k = 0; k < source->hosts->len; k++)
            drop_if_empty(&((Host *)source->hosts->pdata[k])->transport);
        return TRUE;
    }
    return FALSE;
}

static void
read_hosts(xmlNodePtr node, Source *source)
{
    for (xmlNodePtr child = dom_xml_child(node, "host"); child != NULL;
         child = dom_xml_next(child, "host")) {
        Host *host = add_host(source);

        host->name = dom_xml_peek(child, "@name");
        host->port = dom_xml_peek(child, "@port");
        host->transport = dom_xml_peek(child, "@transport");
        host->socket = dom_xml_peek(child, "@socket");
        if (host->name == NULL && host->socket == NULL)
            host->socket = g_strdup("");
    }
}

/* libvirt once had <auth> beside <source>. */
static char *
read_user(xmlNodePtr disk, xmlNodePtr node)
{
    char *user = dom_xml_peek(node, "auth/@username");

    return user != NULL ? user : dom_xml_peek(disk, "auth/@username");
}

char *
dom_disk_network_target(xmlNodePtr disk)
{
    xmlNodePtr node = dom_xml_child(disk, "source");
    g_auto(Source) source = source_new();
    g_autofree char *tls = NULL;

    if (node == NULL)
        return NULL;
    tls = dom_xml_peek(node, "@tls");
    source.tls = g_strcmp0(tls, "yes") == 0;
    source.protocol = dom_xml_peek(node, "@protocol");
    source.name = dom_xml_peek(node, "@name");
    source.query = dom_xml_peek(node, "@query");
    source.snapshot = dom_xml_peek(node, "snapshot/@name");
    source.config = dom_xml_peek(node, "config/@file");
    source.user = read_user(disk, node);
    read_hosts(node, &source);
    return write_target(&source);
}

/* Whether QEMU's words for such a source say how its hosts are reached, see read_url(). */
static gboolean
says_transport(xmlNodePtr source)
{
    static const char *const protocols[] = { "http", "https", "ftp",     "ftps",
                                             "tftp", "iscsi", "gluster", NULL };
    g_autofree char *protocol = dom_xml_peek(source, "@protocol");

    return protocol != NULL && g_strv_contains(protocols, protocol);
}

static void
claim_host(DomXml *xml, xmlNodePtr source, xmlNodePtr host)
{
    dom_xml_claim_node(xml, host);
    dom_xml_claim(xml, host, "@name");
    dom_xml_claim(xml, host, "@port");
    dom_xml_claim(xml, host, "@socket");
    if (says_transport(source) || !dom_xml_is(host, "@transport", "rdma"))
        dom_xml_claim(xml, host, "@transport");
}

void
dom_disk_network_claim(DomXml *xml, xmlNodePtr disk)
{
    static const char *const places[] = { "@protocol", "@name", "@query", "snapshot/@name",
                                          "config/@file" };
    xmlNodePtr node = dom_xml_child(disk, "source");

    dom_xml_claim_node(xml, node);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        dom_xml_claim(xml, node, places[i]);
    for (xmlNodePtr host = dom_xml_child(node, "host"); host != NULL;
         host = dom_xml_next(host, "host"))
        claim_host(xml, node, host);
}

static void
write_element(xmlNodePtr disk, const Source *source)
{
    dom_xml_set(disk, "source/@protocol", source->protocol);
    dom_xml_set(disk, "source/@name", source->name);
    dom_xml_set(disk, "source/@query", source->query);
    for (guint i = 0; i < source->hosts->len; i++) {
        const Host *host = source->hosts->pdata[i];
        xmlNodePtr node = dom_xml_append(disk, "source/host");

        dom_xml_set(node, "@transport", host->transport);
        dom_xml_set(node, "@name", host->name);
        dom_xml_set(node, "@port", host->port);
        dom_xml_set(node, "@socket", host->socket);
    }
    dom_xml_set(disk, "source/snapshot/@name", source->snapshot);
    dom_xml_set(disk, "source/config/@file", source->config);
}

gboolean
dom_disk_network_format(xmlNodePtr disk, const char *target)
{
    g_auto(Source) source = source_new();
    g_autofree char *shown = read_target(target, &source) ? write_target(&source) : NULL;

    if (shown != NULL)
        write_element(disk, &source);
    return shown != NULL;
}

char *
dom_disk_network_shown(const char *target)
{
    g_auto(Source) source = source_new();

    return read_target(target, &source) ? write_target(&source) : NULL;
}
