/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#include "driver/fork.h"
#include "driver/poll_until.h"

/* The lock is held for microseconds at a time, so that two in a row that meet it are rare. */
#define CHILDREN 8

/* Whether the child at the other end has said that it goes on. */
static gboolean
hear(int fd, int patience)
{
    gint64 end = g_get_monotonic_time() + (gint64)patience * 1000;
    struct pollfd look = { .fd = fd, .events = POLLIN };
    char said = 0;
    return drv_poll_until(&look, 1, end) > 0 && read(fd, &said, 1) == 1;
}

static void
end_child(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* The child has only what it may do after fork(): system calls, and @try. */
static pid_t
become_child(const int ends[2], DrvForkTry try, gpointer data)
{
    close(ends[0]);
    try(data);
    ignore_value(write(ends[1], "", 1));
    close(ends[1]);
    return 0;
}

/* A child; -1 with errno EAGAIN for one that did not get through. */
static pid_t
fork_once(DrvForkTry try, gpointer data, int patience)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        return become_child(ends, try, data);
    }
    int error = errno;
    close(ends[1]);
    if (pid > 0 && !hear(ends[0], patience)) {
        end_child(pid);
        pid = -1;
        error = EAGAIN;
    }
    close(ends[0]);
    errno = error;
    return pid;
}

pid_t
drv_fork(DrvForkTry try, gpointer data, int patience)
{
    pid_t pid = -1;
    if (!try) {
        return fork();
    }
    for (int i = 0; i < CHILDREN; i++) {
        pid = fork_once(try, data, patience);
        if (pid >= 0 || errno != EAGAIN) {
            break;
        }
    }
    return pid;
}
