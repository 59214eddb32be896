/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#include "driver/dumper.h"
#include "driver/fork.h"
#include "driver/poll_until.h"
#include "driver/text.h"

/* How often Xen is asked whether the guest is still there. */
#define LOOK_TIME G_TIME_SPAN_SECOND
/* Milliseconds that it may take to get ready. */
#define PATIENCE 10000
/* libxl's words, at most. */
#define MOST_WORDS 4096

struct DrvDumper {
    DrvXen *xen; /* not the process's; fixed */
    int id;      /* fixed */
    int fd;      /* what the process says; closed when it has ended; fixed */
    GMutex lock; /* guards what is below; under no other */
    pid_t pid;   /* 0 once it is reaped */
    gboolean stopped;
};

/* --- the process --- */

/* Of the child, and made there. */
typedef struct {
    DrvHypervisor *hypervisor;
    GArray *files; /* int; those of the daemon's */
    DrvXen *xen;   /* NULL: libxl gives none */
} Child;

static GArray *
list_files(void)
{
    GArray *files = g_array_new(FALSE, FALSE, sizeof(int));
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        int fd = atoi(entry->d_name);
        if (fd > STDERR_FILENO && fd != dirfd(folder)) {
            g_array_append_val(files, fd);
        }
    }
    if (folder) {
        closedir(folder);
    }
    return files;
}

/* A session of its own, since those of the daemon's are about its files. Asks Xen once, so that all
 * locks on the way have been had (fork.h). */
static void
prepare(gpointer data)
{
    Child *child = data;
    child->files = list_files();
    child->xen = drv_xen_open_in_child(child->hypervisor);
    if (child->xen) {
        ignore_value(libxl_get_version_info(child->xen->ctx));
    }
}

/* What the daemon closes must be closed for who is at the other end, and what it unlocks unlocked.
 */
static void
drop_files(const GArray *files, int fd, int words_fd)
{
    for (guint i = 0; i < files->len; i++) {
        int each = g_array_index(files, int, i);
        if (each != fd && each != words_fd) {
            close(each);
        }
    }
}

/* Handlers of the daemon's would write into its pipes. */
static void
drop_handlers(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* libxl opens the pipe by its name, for reading too, so that it never breaks: output.c drains it.
 */
static void G_GNUC_NORETURN
dump(const Child *child, int id, int fd, int words_fd, pid_t daemon)
{
    char path[64];
    drop_handlers();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!child->xen || getppid() != daemon) {
        _exit(EXIT_FAILURE); /* it was killed before */
    }
    drop_files(child->files, fd, words_fd);
    g_snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (libxl_domain_core_dump(child->xen->ctx, (uint32_t)id, path, NULL) != 0) {
        const char *words = drv_xen_words(child->xen);
        ignore_value(write(words_fd, words, MIN(strlen(words), MOST_WORDS)));
        _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}

/* --- the daemon's side --- */

static pid_t
start(DrvHypervisor *hypervisor, int id, int fd, int ends[2], GError **error)
{
    Child child = { .hypervisor = hypervisor };
    pid_t daemon = getpid();
    if (pipe2(ends, O_CLOEXEC) < 0) {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make a pipe: %s"), g_strerror(errno));
        return -1;
    }
    pid_t pid = drv_fork(prepare, &child, PATIENCE);
    if (pid == 0) {
        dump(&child, id, fd, ends[1], daemon);
    }
    close(ends[1]);
    if (pid < 0) {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make a process for the dump: %s"),
                 g_strerror(errno));
        close(ends[0]);
    }
    return pid;
}

DrvDumper *
drv_dumper_begin(DrvHypervisor *hypervisor, int id, int fd, GError **error)
{
    int ends[2];
    g_autoptr(DrvXen) xen = drv_xen_open(hypervisor, error);
    pid_t pid = xen ? start(hypervisor, id, fd, ends, error) : -1;
    if (pid < 0) {
        return NULL;
    }
    DrvDumper *dumper = g_new0(DrvDumper, 1);
    g_mutex_init(&dumper->lock);
    dumper->xen = g_steal_pointer(&xen);
    dumper->id = id;
    dumper->fd = ends[0];
    dumper->pid = pid;
    return dumper;
}

static void
end(DrvDumper *dumper)
{
    if (dumper->pid > 0) {
        kill(dumper->pid, SIGKILL);
    }
}

void
drv_dumper_stop(gpointer data)
{
    DrvDumper *dumper = data;
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&dumper->lock);
    dumper->stopped = TRUE;
    end(dumper);
}

/* One that is being destroyed is still known. */
static gboolean
has_gone(DrvDumper *dumper)
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    int rc = libxl_domain_info(dumper->xen->ctx, &info, (uint32_t)dumper->id);
    gboolean gone = rc == ERROR_DOMAIN_NOTFOUND || (rc == 0 && info.dying);
    libxl_dominfo_dispose(&info);
    return gone;
}

/* What the process says, until it ends. */
static char *
listen_to(DrvDumper *dumper)
{
    GString *words = g_string_new(NULL);
    struct pollfd look = { .fd = dumper->fd, .events = POLLIN };
    for (;;) {
        char text[256];
        if (drv_poll_until(&look, 1, g_get_monotonic_time() + LOOK_TIME) == 0) {
            if (has_gone(dumper)) {
                g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&dumper->lock);
                end(dumper);
            }
            continue;
        }
        ssize_t n = read(dumper->fd, text, sizeof(text));
        if (n <= 0) {
            return g_string_free(words, FALSE);
        }
        g_string_append_len(words, text, n);
    }
}

/* Its pipe has ended, so this is soon. Returns its status, and whether it was stopped until then.
 */
static int
reap(DrvDumper *dumper, gboolean *ret_stopped)
{
    int status = -1;
    pid_t pid;
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&dumper->lock);
    do {
        pid = waitpid(dumper->pid, &status, 0);
    } while (pid < 0 && errno == EINTR);
    dumper->pid = 0;
    *ret_stopped = dumper->stopped;
    return pid > 0 ? status : -1;
}

gboolean
drv_dumper_wait(DrvDumper *dumper, GError **error)
{
    gboolean stopped;
    g_autofree char *words = listen_to(dumper);
    if (reap(dumper, &stopped) == 0) {
        return TRUE;
    }
    return stopped ? drv_fail(error, VIR_ERR_OPERATION_ABORTED, _("the dump was aborted"))
                   : drv_fail(error, VIR_ERR_OPERATION_FAILED,
                              _("Xen cannot dump the domain with id %d: %s"), dumper->id,
                              *words ? words : _("it has ended"));
}

void
drv_dumper_free(DrvDumper *dumper)
{
    if (!dumper) {
        return;
    }
    drv_xen_close(dumper->xen);
    close(dumper->fd);
    g_mutex_clear(&dumper->lock);
    g_free(dumper);
}
