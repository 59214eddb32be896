/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "virerror.h"
#include "virportallocator.h"
#include "viruri.h"

#include "driver/error.h"
#include "driver/migrate_socket.h"
#include "driver/poll_until.h"
#include "driver/text.h"

#define SCHEME "tcp://"

/* Seconds. A peer that does not take what is sent may be busy; one that does not answer is gone. */
#define CONNECT_WAIT 30
#define STALL_WAIT   120
#define PROBE        10
#define PROBES       3

#define LISTENERS    16

/* libvirt's usual ones for migrations, and how many are tried. */
#define PORT_MIN   49152
#define PORT_MAX   49215
#define PORT_TRIES 8

void
drv_migrate_place_clear(DrvMigratePlace *place)
{
    g_clear_pointer(&place->host, g_free);
}

/* libvirt's own reader keeps the brackets of an IPv6 address off. */
gboolean
drv_migrate_place_parse(const char *uri, DrvMigratePlace *ret_place, GError **error)
{
    g_autofree char *whole = strstr(uri, "://") ? g_strdup(uri) : g_strconcat(SCHEME, uri, NULL);
    g_autoptr(virURI) parsed = virURIParse(whole);
    virResetLastError();
    if (!parsed || g_strcmp0(parsed->scheme, "tcp") != 0 || !parsed->server || !*parsed->server ||
        parsed->port > G_MAXUINT16) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("'%s' is no place to migrate to: expected tcp://HOST or "
                          "tcp://HOST:PORT"),
                        uri);
    }
    ret_place->host = g_strdup(parsed->server);
    ret_place->port = (guint)parsed->port;
    return TRUE;
}

char *
drv_migrate_place_format(const char *host, guint port)
{
    gboolean ipv6 = strchr(host, ':') != NULL;
    return g_strdup_printf(SCHEME "%s%s%s:%u", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
}

static struct addrinfo *
resolve(const char *host, guint port, int flags, GError **error)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags };
    struct addrinfo *list = NULL;
    g_autofree char *service = g_strdup_printf("%u", port);
    int rc = getaddrinfo(host, service, &hints, &list);
    if (rc != 0) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("the host '%s' is not known here: %s"), host,
                 gai_strerror(rc));
        return NULL;
    }
    return list;
}

static int
make_socket(const struct addrinfo *address)
{
    return socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                  address->ai_protocol);
}

/* As libxl wants a descriptor: waiting; and a peer that is gone is to be noticed. */
static void
settle(int fd)
{
    const int one = 1, idle = PROBE, count = PROBES, stall = STALL_WAIT * 1000;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &idle, sizeof(idle));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall, sizeof(stall));
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

/* Waits for one of @fds, of which the first stops it. FALSE with errno: ECANCELED, ETIMEDOUT. */
static gboolean
wait_for(struct pollfd *fds, nfds_t count, gint64 patience)
{
    int ready = drv_poll_until(fds, count, g_get_monotonic_time() + patience);
    if (ready > 0 && !fds[0].revents) {
        return TRUE;
    }
    if (ready >= 0) {
        errno = ready == 0 ? ETIMEDOUT : ECANCELED;
    }
    return FALSE;
}

/* errno says why it is FALSE. */
static gboolean
connect_socket(int fd, const struct addrinfo *address, int stop_fd)
{
    int failure = 0;
    socklen_t size = sizeof(failure);
    struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN }, { .fd = fd, .events = POLLOUT } };
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
        return TRUE;
    }
    if (errno != EINPROGRESS ||
        !wait_for(fds, G_N_ELEMENTS(fds), CONNECT_WAIT * G_TIME_SPAN_SECOND)) {
        return FALSE;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0) {
        errno = failure;
    }
    return failure == 0;
}

static int
connect_one(const struct addrinfo *address, int stop_fd)
{
    int fd = make_socket(address);
    if (fd >= 0 && !connect_socket(fd, address, stop_fd)) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static int
fail_stopped(GError **error)
{
    drv_fail(error, VIR_ERR_OPERATION_ABORTED, _("aborted by the client"));
    return -1;
}

int
drv_migrate_connect(const DrvMigratePlace *place, int stop_fd, GError **error)
{
    int fd = -1;
    struct addrinfo *list = resolve(place->host, place->port, 0, error);
    if (!list) {
        return -1;
    }
    errno = 0;
    for (struct addrinfo *at = list; at && fd < 0 && errno != ECANCELED; at = at->ai_next) {
        fd = connect_one(at, stop_fd);
    }
    int reason = errno;
    freeaddrinfo(list);
    if (fd >= 0) {
        settle(fd);
    } else if (reason == ECANCELED) {
        fail_stopped(error);
    } else {
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("no connection to port %u of the destination '%s': %s; see that no firewall is "
                   "in the way"),
                 place->port, place->host, g_strerror(reason));
    }
    return fd;
}

static int
listen_one(const struct addrinfo *address)
{
    const int one = 1;
    int fd = make_socket(address);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (address->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
    }
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 1) == 0) {
        return fd;
    }
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static void
close_listener(gpointer fd)
{
    close(*(int *)fd);
}

GArray *
drv_migrate_listen(const char *host, guint port, GError **error)
{
    struct addrinfo *list = resolve(host, port, AI_PASSIVE, error);
    if (!list) {
        return NULL;
    }
    int reason = 0;
    g_autoptr(GArray) listeners = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_set_clear_func(listeners, close_listener);
    for (struct addrinfo *at = list; at && listeners->len < LISTENERS; at = at->ai_next) {
        int fd = listen_one(at);
        if (fd >= 0) {
            g_array_append_val(listeners, fd);
        } else {
            reason = errno;
        }
    }
    freeaddrinfo(list);
    if (listeners->len > 0) {
        return g_steal_pointer(&listeners);
    }
    drv_fail(error, VIR_ERR_OPERATION_FAILED,
             _("this host cannot listen at port %u of '%s' for the guest: %s"), port, host,
             g_strerror(reason));
    return NULL;
}

static gboolean
take_port(unsigned short *ret_port, GError **error)
{
    virPortAllocatorRange *range = virPortAllocatorRangeNew("migration", PORT_MIN, PORT_MAX);
    gboolean taken = range && virPortAllocatorAcquire(range, ret_port) == 0;
    virPortAllocatorRangeFree(range);
    virResetLastError();
    return taken || drv_fail(error, VIR_ERR_OPERATION_FAILED,
                             _("no port from %d to %d is free for the guest that arrives: wait "
                               "until another migration is over"),
                             PORT_MIN, PORT_MAX);
}

static void
release_port(gpointer port)
{
    virPortAllocatorRelease(*(unsigned short *)port);
}

GArray *
drv_migrate_listen_any(const char *host, guint *ret_port, GError **error)
{
    /* Another program may take a port between the allocator's look at it and its use here. It stays
     * taken until one is found, so that the allocator gives another. */
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(unsigned short));
    GArray *listeners = NULL;
    unsigned short port = 0;
    g_array_set_clear_func(lost, release_port);
    while (!listeners && lost->len < PORT_TRIES && take_port(&port, error)) {
        listeners = drv_migrate_listen(host, port, lost->len + 1 == PORT_TRIES ? error : NULL);
        if (!listeners) {
            g_array_append_val(lost, port);
        } else {
            *ret_port = port;
        }
    }
    return listeners;
}

int
drv_migrate_accept(const GArray *listeners, int stop_fd, gint64 patience, GError **error)
{
    struct pollfd fds[1 + LISTENERS] = { { .fd = stop_fd, .events = POLLIN } };
    for (guint i = 0; i < listeners->len; i++) {
        fds[1 + i] = (struct pollfd){ .fd = g_array_index(listeners, int, i), .events = POLLIN };
    }
    while (wait_for(fds, 1 + listeners->len, patience)) {
        for (guint i = 1; i <= listeners->len; i++) {
            int fd = fds[i].revents ? accept4(fds[i].fd, NULL, NULL, SOCK_CLOEXEC) : -1;
            if (fd >= 0) {
                settle(fd);
                return fd;
            }
        }
    }
    if (errno == ECANCELED) {
        return fail_stopped(error);
    }
    drv_fail(error, VIR_ERR_OPERATION_FAILED, _("the source did not call for the guest: %s"),
             g_strerror(errno));
    return -1;
}
