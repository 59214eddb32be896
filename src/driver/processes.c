/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "internal.h"
#include "virlog.h"

#include "driver/error.h"
#include "driver/processes.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.processes");

struct DrvProcesses {
    const char *what;
    int epoll_fd;
    GHashTable *fds; /* domid: pidfd */
};

static void
close_fd(gpointer fd)
{
    close(GPOINTER_TO_INT(fd));
}

DrvProcesses *
drv_processes_new(const char *what, GError **error)
{
    g_autoptr(DrvProcesses) processes = g_new0(DrvProcesses, 1);
    processes->what = what;
    processes->fds = g_hash_table_new_full(NULL, NULL, NULL, close_fd);
    processes->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (processes->epoll_fd < 0) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot watch processes of guests: %s"),
                 g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&processes);
}

void
drv_processes_free(DrvProcesses *processes)
{
    if (!processes) {
        return;
    }
    if (processes->epoll_fd >= 0) {
        close(processes->epoll_fd);
    }
    g_hash_table_unref(processes->fds);
    g_free(processes);
}

int
drv_processes_fd(const DrvProcesses *processes)
{
    return processes->epoll_fd;
}

gboolean
drv_processes_has(const DrvProcesses *processes, int id)
{
    return g_hash_table_contains(processes->fds, GINT_TO_POINTER(id));
}

void
drv_processes_add(DrvProcesses *processes, int id, pid_t pid)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.u32 = (guint32)id };
    int fd = pidfd_open(pid, 0);
    if (fd < 0) {
        VIR_WARN("%s %d of the domain with id %d cannot be watched: %s", processes->what, (int)pid,
                 id, g_strerror(errno));
        return;
    }
    g_hash_table_insert(processes->fds, GINT_TO_POINTER(id), GINT_TO_POINTER(fd));
    if (epoll_ctl(processes->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        VIR_WARN("%s %d: %s", processes->what, (int)pid, g_strerror(errno));
    }
}

void
drv_processes_remove(DrvProcesses *processes, int id)
{
    g_hash_table_remove(processes->fds, GINT_TO_POINTER(id));
}

int
drv_processes_next_ended(DrvProcesses *processes)
{
    struct epoll_event event;
    return epoll_wait(processes->epoll_fd, &event, 1, 0) > 0 ? (int)event.data.u32 : -1;
}
