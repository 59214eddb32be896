/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver/migrate_link.h"

struct DrvLink {
    int fd;                    /* fixed */
    virNetTLSSession *session; /* owned; or NULL */
};

DrvLink *
drv_link_new(int fd)
{
    DrvLink *link = g_new0(DrvLink, 1);
    link->fd = fd;
    return link;
}

void
drv_link_free(DrvLink *link)
{
    if (link) {
        virObjectUnref(link->session);
        close(link->fd);
        g_free(link);
    }
}

void
drv_link_secure(DrvLink *link, virNetTLSSession *session)
{
    link->session = session;
}

gboolean
drv_link_is_secure(const DrvLink *link)
{
    return link->session != NULL;
}

gssize
drv_link_read(const DrvLink *link, gpointer bytes, gsize size)
{
    return link->session ? virNetTLSSessionRead(link->session, bytes, size)
                         : recv(link->fd, bytes, size, MSG_DONTWAIT);
}

gssize
drv_link_write(const DrvLink *link, gconstpointer bytes, gsize size)
{
    return link->session ? virNetTLSSessionWrite(link->session, bytes, size)
                         : send(link->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
drv_link_fd(const DrvLink *link)
{
    return link->fd;
}

/* Of Linux since 4.20 in 64 bits; TCP paces itself where the network card's queue does not. */
void
drv_link_limit(const DrvLink *link, guint64 speed)
{
    guint64 rate = speed > 0 ? speed : G_MAXUINT64;
    setsockopt(link->fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof(rate));
}

/* All zero for what is no TCP. */
static struct tcp_info
look(const DrvLink *link)
{
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    if (getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) {
        info = (struct tcp_info){ 0 };
    }
    return info;
}

guint64
drv_link_sent(const DrvLink *link)
{
    return look(link).tcpi_bytes_acked;
}

guint64
drv_link_received(const DrvLink *link)
{
    return look(link).tcpi_bytes_received;
}

/* What waits to be sent is not held up by the limit. */
void
drv_link_cut(const DrvLink *link)
{
    drv_link_limit(link, 0);
    shutdown(link->fd, SHUT_RDWR);
}

gboolean
drv_link_is_broken(const DrvLink *link)
{
    struct pollfd look = { .fd = link->fd, .events = POLLRDHUP };
    return poll(&look, 1, 0) > 0;
}
