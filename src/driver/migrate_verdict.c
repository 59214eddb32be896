/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <sys/socket.h>

#include "internal.h"

#include "driver/migrate_verdict.h"
#include "driver/poll_until.h"

/* What stands for a verdict on the wire. */
static const char letters[] = {
    [DRV_VERDICT_UNKNOWN] = '?',
    [DRV_VERDICT_SOURCE] = 'S',
    [DRV_VERDICT_TARGET] = 'T',
};

void
drv_verdict_tell(const DrvLink *link, DrvVerdict verdict)
{
    ignore_value(drv_link_write(link, &letters[verdict], 1));
}

static gboolean
wait_readable(const DrvLink *link, gint64 end)
{
    struct pollfd look = { .fd = drv_link_fd(link), .events = POLLIN };
    return drv_poll_until(&look, 1, end) > 0;
}

/* A connection that is reset is closed: a destination that ended before it told has not let the
 * guest run. One that is lost says nothing. TLS takes an end without farewell, which is what a
 * killed daemon leaves, for a failure: the socket knows. */
static gboolean
is_closed(const DrvLink *link, gssize n)
{
    char letter;
    gssize rest = n < 0 && drv_link_is_secure(link) && errno != EAGAIN
                      ? recv(drv_link_fd(link), &letter, 1, MSG_PEEK | MSG_DONTWAIT)
                      : n;
    return rest == 0 || (rest < 0 && errno == ECONNRESET);
}

DrvVerdict
drv_verdict_hear(const DrvLink *link, gint64 patience)
{
    DrvVerdict verdict = DRV_VERDICT_SOURCE;
    gint64 end = g_get_monotonic_time() + patience;
    do {
        char letter = 0;
        gssize n = drv_link_read(link, &letter, 1);
        if (n > 0) {
            verdict =
                letter == letters[DRV_VERDICT_TARGET] ? DRV_VERDICT_TARGET : DRV_VERDICT_SOURCE;
            continue;
        }
        if (is_closed(link, n)) {
            return verdict;
        }
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            break;
        }
    } while (wait_readable(link, end));
    return DRV_VERDICT_UNKNOWN;
}
