/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * fork() for libxl, in a process of many threads. The child has a copy of each lock, and those that
 * other threads held at that moment are never let go in it. libxl lets some children go on without
 * running a program: that which destroys a domain makes a hypercall, for which libxencall takes a
 * lock that all hypercalls of the process share. Such a child would wait for ever, and libxl for it.
 * So each child first shows that it can take the lock.
 */

#include <glib.h>
#include <sys/types.h>

/* Runs in the child alone, before anything else. It returns when the child can go on, or never. */
typedef void (*DrvForkTry)(gpointer data);

/*
 * As fork(), with @try (NULL: none) done in the child when that returns. A child that takes longer
 * than @patience (milliseconds) is killed, and another one made; -1 with errno EAGAIN when none of a
 * few gets through. Waits that long at most for each. Any thread.
 */
pid_t drv_fork(DrvForkTry try, gpointer data, int patience);
