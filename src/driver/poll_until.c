/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>

#include "driver/poll_until.h"

int
drv_poll_until(struct pollfd *fds, nfds_t count, gint64 end)
{
    int ready;
    do {
        gint64 left = MAX(end - g_get_monotonic_time(), 0);
        gint64 ms = (left + G_TIME_SPAN_MILLISECOND - 1) / G_TIME_SPAN_MILLISECOND;
        ready = poll(fds, count, (int)MIN(ms, G_MAXINT));
    } while (ready < 0 && errno == EINTR);
    return ready;
}
