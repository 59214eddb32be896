/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <poll.h>

/* As poll(), until @end of g_get_monotonic_time(), and over signals: looks once when that is past.
 * Any thread; in the child of a fork, too. */
int drv_poll_until(struct pollfd *fds, nfds_t count, gint64 end);
