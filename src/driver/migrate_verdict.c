/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "internal.h"

#include "driver/migrate_verdict.h"

/* What stands for a verdict on the wire. */
static const char letters[] = {
    [DRV_VERDICT_UNKNOWN] = '?',
    [DRV_VERDICT_SOURCE] = 'S',
    [DRV_VERDICT_TARGET] = 'T',
};

void
drv_verdict_tell(int fd, DrvVerdict verdict)
{
    ignore_value(send(fd, &letters[verdict], 1, MSG_NOSIGNAL));
}

static gboolean
wait_readable(int fd, gint64 end)
{
    struct pollfd look = { .fd = fd, .events = POLLIN };
    int ready;
    do {
        gint64 left = MAX(end - g_get_monotonic_time(), 0);
        ready = poll(&look, 1, (int)(left / 1000) + 1);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* A connection that is reset is closed: a destination that ended before it told has not let the
 * guest run. One that is lost says nothing. */
DrvVerdict
drv_verdict_hear(int fd, gint64 patience)
{
    DrvVerdict verdict = DRV_VERDICT_SOURCE;
    gint64 end = g_get_monotonic_time() + patience;
    while (wait_readable(fd, end)) {
        char letter = 0;
        ssize_t n = recv(fd, &letter, 1, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno == ECONNRESET)) {
            return verdict;
        }
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            break;
        }
        if (n > 0) {
            verdict =
                letter == letters[DRV_VERDICT_TARGET] ? DRV_VERDICT_TARGET : DRV_VERDICT_SOURCE;
        }
    }
    return DRV_VERDICT_UNKNOWN;
}
