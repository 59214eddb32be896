/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "datatypes.h"
#include "virfdstream.h"

#include "driver/consoles.h"
#include "driver/error.h"
#include "driver/text.h"
#include "driver/wire.h"

/* What xl console locks; it leaves when it does not get it. */
#define XL_LOCK "/var/lock/xenconsole.%d"

/* A console that somebody has. */
typedef struct {
    virStreamPtr stream; /* a reference */
    int domid;
    gboolean channel;
    gboolean opening; /* the stream is nobody's to abort yet */
} Taken;

/*
 * The lock is never held over a call of a stream: a stream holds its own lock while it says here
 * that it closes.
 */
struct DrvConsoles {
    gint refs; /* atomic: the domain's, and one for each stream that will say that it closes */
    GMutex lock;
    GHashTable *taken; /* path: Taken */
    int xl_domid;      /* whose lock of xl's is held */
    int xl_fd;         /* -1: none */
};

static void
taken_free(gpointer data)
{
    Taken *taken = data;
    virObjectUnref(taken->stream);
    g_free(taken);
}

DrvConsoles *
drv_consoles_new(void)
{
    DrvConsoles *consoles = g_new0(DrvConsoles, 1);
    consoles->refs = 1;
    consoles->xl_fd = -1;
    consoles->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, taken_free);
    g_mutex_init(&consoles->lock);
    return consoles;
}

/* As xl does it: first the name goes, so that nobody waits for a file that is no more. */
static void
let_xl(DrvConsoles *consoles)
{
    g_autofree char *path = g_strdup_printf(XL_LOCK, consoles->xl_domid);
    if (consoles->xl_fd >= 0) {
        unlink(path);
        close(consoles->xl_fd);
        consoles->xl_fd = -1;
    }
}

void
drv_consoles_free(DrvConsoles *consoles)
{
    if (!consoles || !g_atomic_int_dec_and_test(&consoles->refs)) {
        return;
    }
    let_xl(consoles);
    g_hash_table_unref(consoles->taken);
    g_mutex_clear(&consoles->lock);
    g_free(consoles);
}

/* Whether @fd is still what the name leads to. */
static gboolean
is_there(int fd, const char *path)
{
    struct stat mine, named;
    return fstat(fd, &mine) == 0 && stat(path, &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

/* FALSE: xl has it. A host without a place for such locks has nothing to keep xl away with. */
static gboolean
keep_from_xl(DrvConsoles *consoles, int domid)
{
    g_autofree char *path = g_strdup_printf(XL_LOCK, domid);
    if (consoles->xl_domid != domid) {
        let_xl(consoles);
    }
    while (consoles->xl_fd < 0) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) {
            return TRUE;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
            close(fd);
            return FALSE;
        }
        if (is_there(fd, path)) {
            consoles->xl_fd = fd;
            consoles->xl_domid = domid;
        } else {
            close(fd);
        }
    }
    return TRUE;
}

/* xl may have its turn when no console is open. */
static void
settle_xl(DrvConsoles *consoles)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, consoles->taken);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Taken *taken = value;
        if (!taken->channel && taken->domid == consoles->xl_domid) {
            return;
        }
    }
    let_xl(consoles);
}

/* What is taken of other guests than @domid, and @path, is taken no more. The streams (transfer
 * full). Call with the lock held. */
static GPtrArray *
take_back(DrvConsoles *consoles, int domid, const char *path)
{
    GPtrArray *streams = g_ptr_array_new_with_free_func(virObjectUnref);
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, consoles->taken);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Taken *taken = value;
        if (!taken->opening && (taken->domid != domid || g_str_equal(key, path))) {
            g_ptr_array_add(streams, virObjectRef(taken->stream));
            g_hash_table_iter_remove(&iter);
        }
    }
    return streams;
}

static void
abort_all(const GPtrArray *streams)
{
    for (guint i = 0; i < streams->len; i++) {
        if (virStreamAbort(streams->pdata[i]) < 0) {
            virResetLastError();
        }
    }
}

static gboolean
is_busy(const DrvConsoles *consoles, const DrvConsole *console, DrvConsolesFlags flags)
{
    const Taken *taken = g_hash_table_lookup(consoles->taken, console->path);
    return taken &&
           (taken->opening || (taken->domid == console->domid && !(flags & DRV_CONSOLES_FORCE)));
}

static gboolean
is_xls(DrvConsoles *consoles, const DrvConsole *console, DrvConsolesFlags flags)
{
    return !console->channel && !keep_from_xl(consoles, console->domid) &&
           (flags & DRV_CONSOLES_ALONE || !(flags & DRV_CONSOLES_FORCE));
}

static gboolean
fail_xls(DrvConsolesFlags flags, GError **error)
{
    if (flags & DRV_CONSOLES_FORCE) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("xl console has a console of this domain open and cannot be thrown out: "
                          "leave it there (Ctrl-]), or read beside it, without --safe"));
    }
    return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("xl console has a console of this domain open: leave it there (Ctrl-]), or "
                      "read beside it with --force"));
}

/* The place is @stream's, which is not open yet. */
static gboolean
claim(DrvConsoles *consoles, const DrvConsole *console, virStreamPtr stream, DrvConsolesFlags flags,
      GPtrArray **ret_old, GError **error)
{
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&consoles->lock);
    if (is_busy(consoles, console, flags)) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("somebody else has it open; take it over with --force"));
    }
    if (is_xls(consoles, console, flags)) {
        return fail_xls(flags, error);
    }
    *ret_old = take_back(consoles, console->domid, console->path);
    Taken *taken = g_new0(Taken, 1);
    taken->stream = virObjectRef(stream);
    taken->domid = console->domid;
    taken->channel = console->channel;
    taken->opening = TRUE;
    g_hash_table_insert(consoles->taken, g_strdup(console->path), taken);
    settle_xl(consoles);
    return TRUE;
}

/* Frees the place of @stream, if it still has one. Call with the lock held. */
static void
release(DrvConsoles *consoles, virStreamPtr stream)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, consoles->taken);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Taken *)value)->stream == stream) {
            g_hash_table_iter_remove(&iter);
        }
    }
    settle_xl(consoles);
}

static void
on_close(virStreamPtr stream, void *opaque)
{
    DrvConsoles *consoles = opaque;
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&consoles->lock);
    release(consoles, stream);
}

static void
on_closed(void *opaque)
{
    drv_consoles_free(opaque);
}

/* A terminal that passes on what comes. -1 with errno. */
static int
open_terminal(const char *path)
{
    struct termios raw;
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    if (tcgetattr(fd, &raw) == 0) {
        cfmakeraw(&raw);
        if (tcsetattr(fd, TCSANOW, &raw) == 0) {
            return fd;
        }
    }
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

static gboolean
connect_stream(const DrvConsole *console, virStreamPtr stream, GError **error)
{
    int fd = console->socket ? drv_wire_call(console->path) : open_terminal(console->path);
    if (fd < 0) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        console->socket ? _("nobody takes the call at the socket '%s': %s")
                                        : _("the terminal '%s' cannot be opened: %s"),
                        console->path, g_strerror(errno));
    }
    if (virFDStreamOpen(stream, fd) < 0) {
        close(fd);
        return drv_fail_from_libvirt(error);
    }
    return TRUE;
}

/* From now on others may take it over. */
static void
settle(DrvConsoles *consoles, const char *path, virStreamPtr stream, gboolean opened)
{
    g_autoptr(GMutexLocker) held = g_mutex_locker_new(&consoles->lock);
    Taken *taken = g_hash_table_lookup(consoles->taken, path);
    if (!opened) {
        release(consoles, stream);
    } else if (taken && taken->stream == stream) {
        taken->opening = FALSE;
    }
}

gboolean
drv_consoles_open(DrvConsoles *consoles, const DrvConsole *console, virStreamPtr stream,
                  DrvConsolesFlags flags, GError **error)
{
    GPtrArray *old = NULL;
    gboolean claimed = claim(consoles, console, stream, flags, &old, error);
    if (!claimed) {
        return FALSE;
    }
    abort_all(old);
    g_ptr_array_unref(old);
    gboolean opened = connect_stream(console, stream, error);
    if (opened) {
        g_atomic_int_inc(&consoles->refs);
        virFDStreamSetInternalCloseCb(stream, on_close, consoles, on_closed);
    }
    settle(consoles, console->path, stream, opened);
    return opened;
}
