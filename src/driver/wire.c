/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "driver/error.h"
#include "driver/text.h"
#include "driver/wire.h"

#define CHUNK 4096

struct DrvWire {
    char *path;
    int fd;
    gint64 end;  /* monotonic, us */
    GString *in; /* what came after the last line */
};

static gboolean
fail_errno(const DrvWire *wire, int number, GError **error)
{
    return drv_fail(error, VIR_ERR_OPERATION_FAILED, "%s: %s", wire->path, g_strerror(number));
}

static gboolean
fail_late(const DrvWire *wire, GError **error)
{
    return drv_fail(error, VIR_ERR_OPERATION_TIMEOUT, _("%s: nobody answers in time"), wire->path);
}

/* Waits until the socket is ready for @events. */
static gboolean
wait_ready(DrvWire *wire, short events, GError **error)
{
    for (;;) {
        gint64 us = wire->end - g_get_monotonic_time();
        gint64 left = (us + G_TIME_SPAN_MILLISECOND - 1) / G_TIME_SPAN_MILLISECOND;
        struct pollfd ready = { .fd = wire->fd, .events = events };
        int n = left > 0 ? poll(&ready, 1, (int)MIN(left, G_MAXINT)) : 0;
        if (n > 0) {
            return TRUE;
        }
        if (n == 0) {
            return fail_late(wire, error);
        }
        if (errno != EINTR) {
            return fail_errno(wire, errno, error);
        }
    }
}

int
drv_wire_call(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        int number = errno;
        close(fd);
        errno = number;
        return -1;
    }
    return fd;
}

/* A unix socket whose queue is full says so at once and does not become ready later: ask again. */
#define CONNECT_PAUSE 10

static gboolean
connect_to(DrvWire *wire, const char *path, GError **error)
{
    while ((wire->fd = drv_wire_call(path)) < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            return fail_errno(wire, errno, error);
        }
        if (g_get_monotonic_time() >= wire->end) {
            return fail_late(wire, error);
        }
        poll(NULL, 0, CONNECT_PAUSE);
    }
    return TRUE;
}

void
drv_wire_renew(DrvWire *wire, gint64 patience)
{
    wire->end = g_get_monotonic_time() + patience;
}

DrvWire *
drv_wire_open(const char *path, gint64 patience, GError **error)
{
    g_autoptr(DrvWire) wire = g_new0(DrvWire, 1);
    wire->path = g_strdup(path);
    wire->fd = -1;
    wire->in = g_string_new(NULL);
    drv_wire_renew(wire, patience);
    return connect_to(wire, path, error) ? g_steal_pointer(&wire) : NULL;
}

void
drv_wire_close(DrvWire *wire)
{
    if (!wire) {
        return;
    }
    if (wire->fd >= 0) {
        close(wire->fd);
    }
    g_free(wire->path);
    g_string_free(wire->in, TRUE);
    g_free(wire);
}

static ssize_t
send_some(const DrvWire *wire, const char *bytes, gsize length, int fd)
{
    union {
        struct cmsghdr header; /* for its alignment */
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { .iov_base = (char *)bytes, .iov_len = length };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    if (fd >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof(control.room);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof(int));
    }
    return sendmsg(wire->fd, &message, MSG_NOSIGNAL);
}

gboolean
drv_wire_send_fd(DrvWire *wire, const char *bytes, gsize length, int fd, GError **error)
{
    while (length > 0) {
        ssize_t n = send_some(wire, bytes, length, fd);
        if (n >= 0) {
            bytes += n;
            length -= (gsize)n;
            fd = -1;
        } else if (errno == EAGAIN) {
            if (!wait_ready(wire, POLLOUT, error)) {
                return FALSE;
            }
        } else if (errno != EINTR) {
            return fail_errno(wire, errno, error);
        }
    }
    return TRUE;
}

gboolean
drv_wire_send(DrvWire *wire, const char *bytes, gsize length, GError **error)
{
    return drv_wire_send_fd(wire, bytes, length, -1, error);
}

/* Takes in what is there, at least one byte. */
static gboolean
fill(DrvWire *wire, GError **error)
{
    char chunk[CHUNK];
    for (;;) {
        ssize_t n = recv(wire->fd, chunk, sizeof(chunk), 0);
        if (n > 0) {
            g_string_append_len(wire->in, chunk, n);
            /* who talks without pause gets no more time than who is silent */
            return g_get_monotonic_time() < wire->end || fail_late(wire, error);
        }
        if (n == 0) {
            return drv_fail(error, VIR_ERR_OPERATION_FAILED, _("%s: the other side hung up"),
                            wire->path);
        }
        if (errno == EAGAIN) {
            if (!wait_ready(wire, POLLIN, error)) {
                return FALSE;
            }
        } else if (errno != EINTR) {
            return fail_errno(wire, errno, error);
        }
    }
}

char *
drv_wire_read(DrvWire *wire, GError **error)
{
    gsize looked = 0;
    const char *end;
    while (!(end = memchr(wire->in->str + looked, '\n', wire->in->len - looked))) {
        looked = wire->in->len;
        if (looked > DRV_WIRE_LINE_MOST) {
            drv_fail(error, VIR_ERR_OPERATION_FAILED, _("%s: an answer without end"), wire->path);
            return NULL;
        }
        if (!fill(wire, error)) {
            return NULL;
        }
    }
    gsize length = (gsize)(end - wire->in->str);
    char *line = g_strndup(wire->in->str, length);
    g_string_erase(wire->in, 0, (gssize)length + 1);
    return g_strchomp(line);
}
