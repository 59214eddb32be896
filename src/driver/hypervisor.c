/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenstore.h>
#include <xentoollog.h>

#include "driver/fork.h"
#include "driver/hypervisor.h"
#include "driver/text.h"

/* Idle contexts kept open; each holds about five file descriptors. */
#define IDLE_SESSIONS 4
/* libxl repeats a failure on each level it passes; the first messages name the cause. */
#define KEPT_MESSAGES     4
#define CAPABILITIES_FILE "/proc/xen/capabilities"
/* Milliseconds that a child of libxl's may take to show that it got no lock of another thread's. */
#define FORK_PATIENCE 2000

typedef struct {
    xentoollog_logger table; /* first: libxl hands this back to us */
    DrvHypervisor *hypervisor;
    GString *words;
    guint messages;
    gboolean forked; /* the child's: no other thread is there to let a lock go */
    gboolean silent; /* the log is not the child's to write */
} Logger;

typedef struct {
    DrvXen xen; /* first: what callers see */
    DrvHypervisor *hypervisor;
    Logger logger;
} Session;

struct DrvHypervisor {
    GMutex lock;             /* guards idle and log */
    GPtrArray *idle;         /* Session, closed and ready */
    FILE *log;               /* libxl-driver.log, or NULL */
    struct xs_handle *store; /* fixed; locks itself */
    xc_interface *control;   /* fixed; for hypercall buffers alone; NULL: none to be had */
    char *guest_kinds;       /* fixed once made */
    char *command_line;      /* fixed once made */
    unsigned long version;
};

/* "libxl_dm.c:2865:libxl__spawn_fn: Domain 5:text" is "text" to a user. */
static const char *
without_position(const char *message)
{
    static gsize ready;
    static GRegex *position;
    if (g_once_init_enter(&ready)) {
        position =
            g_regex_new("^(?:[\\w.-]+\\.c:\\d+:[\\w.]+: ?)?(?:Domain \\d+:)?\\s*", 0, 0, NULL);
        g_once_init_leave(&ready, 1);
    }
    g_autoptr(GMatchInfo) match = NULL;
    int end = 0;
    if (g_regex_match(position, message, 0, &match)) {
        g_match_info_fetch_pos(match, 0, NULL, &end);
    }
    return message + end;
}

static void
keep_words(Logger *logger, int errnoval, const char *message)
{
    const char *text = without_position(message);
    if (logger->messages >= KEPT_MESSAGES || !*text || strstr(logger->words->str, text)) {
        return;
    }
    logger->messages++;
    g_string_append_printf(logger->words, "%s%s", logger->words->len ? "; " : "", text);
    if (errnoval > 0) {
        g_string_append_printf(logger->words, ": %s", g_strerror(errnoval));
    }
    while (logger->words->len && g_ascii_isspace(logger->words->str[logger->words->len - 1])) {
        g_string_truncate(logger->words, logger->words->len - 1);
    }
}

static gboolean
lock_log(const Logger *logger)
{
    if (logger->forked) {
        return g_mutex_trylock(&logger->hypervisor->lock);
    }
    g_mutex_lock(&logger->hypervisor->lock);
    return TRUE;
}

static void
write_log(const Logger *logger, xentoollog_level level, int errnoval, const char *context,
          const char *message)
{
    DrvHypervisor *hypervisor = logger->hypervisor;
    if (logger->silent || !lock_log(logger)) {
        return;
    }
    if (hypervisor->log) {
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *stamp = g_date_time_format(now, "%F %T.%f%z");
        fprintf(hypervisor->log, "%s: %s: %s: %s%s%s\n", stamp, xtl_level_to_string(level),
                context ? context : "libxl", message, errnoval > 0 ? ": " : "",
                errnoval > 0 ? g_strerror(errnoval) : "");
        fflush(hypervisor->log);
    }
    g_mutex_unlock(&hypervisor->lock);
}

static void G_GNUC_PRINTF(5, 0)
    logger_vmessage(xentoollog_logger *table, xentoollog_level level, int errnoval,
                    const char *context, const char *format, va_list args)
{
    Logger *logger = (Logger *)table;
    if (level < XTL_INFO) {
        return;
    }
    g_autofree char *message = g_strdup_vprintf(format, args);
    g_strchomp(message);
    if (level >= XTL_ERROR) {
        keep_words(logger, errnoval, message);
    }
    write_log(logger, level, errnoval, context, message);
}

static void
logger_destroy(xentoollog_logger *table)
{
    /* part of its session, which frees it */
}

static void
session_free(Session *session)
{
    libxl_ctx_free(session->xen.ctx);
    g_string_free(session->logger.words, TRUE);
    g_free(session);
}

/* Takes libxencall's lock, which is around the buffers that hypercalls use again. */
static void
take_buffer(gpointer data)
{
    DECLARE_HYPERCALL_BUFFER(char, buffer);
    buffer = xc_hypercall_buffer_alloc((xc_interface *)data, buffer, 1);
    ignore_value(buffer);
}

/* What the child of a program with threads does here is a system call, and no more. */
static pid_t
fork_session(void *data)
{
    Session *session = data;
    gboolean gives_way = session->xen.gives_way;
    xc_interface *control = session->hypervisor->control;
    pid_t pid = drv_fork(control ? take_buffer : NULL, control, FORK_PATIENCE);
    if (pid != 0) {
        return pid;
    }
    session->logger.forked = TRUE;
    if (gives_way) {
        ignore_value(setpriority(PRIO_PROCESS, 0, DRV_NICE));
    }
    return 0;
}

/* libxl reaps the children it made itself, and leaves those of libvirt's other threads alone. */
static const libxl_childproc_hooks childproc_hooks = {
    .chldowner = libxl_sigchld_owner_libxl_always_selective_reap,
    .fork_replacement = fork_session,
};

static Session *
session_new(DrvHypervisor *hypervisor, gboolean silent, GError **error)
{
    Session *session = g_new0(Session, 1);
    session->hypervisor = hypervisor;
    session->logger.silent = silent;
    session->logger.table.vmessage = logger_vmessage;
    session->logger.table.destroy = logger_destroy;
    session->logger.hypervisor = hypervisor;
    session->logger.words = g_string_new(NULL);
    if (libxl_ctx_alloc(&session->xen.ctx, LIBXL_VERSION, 0, &session->logger.table) != 0) {
        drv_xen_fail(&session->xen, VIR_ERR_OPERATION_FAILED, error,
                     _("cannot talk to Xen; check that xenstored runs (systemctl status "
                       "xenstored, or /etc/init.d/xen status) and try again"));
        session_free(session);
        return NULL;
    }
    libxl_childproc_setmode(session->xen.ctx, &childproc_hooks, session);
    return session;
}

gboolean
drv_xen_present(GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(CAPABILITIES_FILE, &text, NULL, NULL)) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("this machine does not run on Xen (%s cannot be read): boot it with the "
                          "Xen hypervisor (Debian: package xen-system-amd64), or mount xenfs on "
                          "/proc/xen if it runs on Xen already"),
                        CAPABILITIES_FILE);
    }
    if (!strstr(text, "control_d")) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("this machine is a Xen guest and not the control domain (%s has no "
                          "\"control_d\"): connect to its dom0 instead"),
                        CAPABILITIES_FILE);
    }
    return TRUE;
}

/* 4, 17, ".7-pre" is 4017007. */
static unsigned long
version_number(const libxl_version_info *info)
{
    guint64 micro = 0;
    if (info->xen_version_extra && info->xen_version_extra[0] == '.') {
        micro = g_ascii_strtoull(info->xen_version_extra + 1, NULL, 10);
    }
    return info->xen_version_major * 1000000ul + info->xen_version_minor * 1000ul + MIN(micro, 999);
}

static gboolean
read_version(DrvHypervisor *hypervisor, GError **error)
{
    g_autoptr(DrvXen) xen = drv_xen_open(hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    const libxl_version_info *info = libxl_get_version_info(xen->ctx);
    if (!info) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("cannot read Xen's version"));
    }
    hypervisor->version = version_number(info);
    hypervisor->guest_kinds = g_strdup(info->capabilities ? info->capabilities : "");
    hypervisor->command_line = g_strdup(info->commandline ? info->commandline : "");
    return TRUE;
}

struct xs_handle *
drv_xenstore_open(GError **error)
{
    struct xs_handle *store = xs_open(0);
    if (!store) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("xenstore does not answer: %s; check that xenstored runs (systemctl status "
                   "xenstored, or /etc/init.d/xen status) and try again"),
                 g_strerror(errno));
    }
    return store;
}

DrvHypervisor *
drv_hypervisor_new(const char *log_path, GError **error)
{
    if (!drv_xen_present(error)) {
        return NULL;
    }
    g_autoptr(DrvHypervisor) hypervisor = g_new0(DrvHypervisor, 1);
    g_mutex_init(&hypervisor->lock);
    hypervisor->idle = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    hypervisor->log = log_path ? fopen(log_path, "ae") : NULL;
    hypervisor->control = xc_interface_open(NULL, NULL, 0);
    hypervisor->store = drv_xenstore_open(error);
    if (!hypervisor->store || !read_version(hypervisor, error)) {
        return NULL;
    }
    return g_steal_pointer(&hypervisor);
}

void
drv_hypervisor_free(DrvHypervisor *hypervisor)
{
    if (!hypervisor) {
        return;
    }
    /* ending a context may log, which takes the lock and the file */
    g_ptr_array_unref(hypervisor->idle);
    if (hypervisor->store) {
        xs_close(hypervisor->store);
    }
    if (hypervisor->control) {
        xc_interface_close(hypervisor->control);
    }
    if (hypervisor->log) {
        fclose(hypervisor->log);
    }
    g_mutex_clear(&hypervisor->lock);
    g_free(hypervisor->guest_kinds);
    g_free(hypervisor->command_line);
    g_free(hypervisor);
}

unsigned long
drv_hypervisor_version(const DrvHypervisor *hypervisor)
{
    return hypervisor->version;
}

const char *
drv_hypervisor_command_line(const DrvHypervisor *hypervisor)
{
    return hypervisor->command_line;
}

const char *
drv_hypervisor_guest_kinds(const DrvHypervisor *hypervisor)
{
    return hypervisor->guest_kinds;
}

struct xs_handle *
drv_hypervisor_store(DrvHypervisor *hypervisor)
{
    return hypervisor->store;
}

char *
drv_hypervisor_read(DrvHypervisor *hypervisor, const char *path_format, ...)
{
    va_list args;
    va_start(args, path_format);
    g_autofree char *path = g_strdup_vprintf(path_format, args);
    va_end(args);
    unsigned int length = 0;
    char *value = xs_read(hypervisor->store, XBT_NULL, path, &length);
    char *copy = value ? g_strndup(value, length) : NULL;
    free(value);
    return copy;
}

DrvXen *
drv_xen_open(DrvHypervisor *hypervisor, GError **error)
{
    Session *session = NULL;
    g_mutex_lock(&hypervisor->lock);
    if (hypervisor->idle->len > 0) {
        session = g_ptr_array_steal_index_fast(hypervisor->idle, hypervisor->idle->len - 1);
    }
    g_mutex_unlock(&hypervisor->lock);
    if (!session) {
        session = session_new(hypervisor, FALSE, error);
    }
    return session ? &session->xen : NULL;
}

DrvXen *
drv_xen_open_in_child(DrvHypervisor *hypervisor)
{
    Session *session = session_new(hypervisor, TRUE, NULL);
    return session ? &session->xen : NULL;
}

void
drv_xen_close(DrvXen *xen)
{
    if (!xen) {
        return;
    }
    Session *session = (Session *)xen;
    DrvHypervisor *hypervisor = session->hypervisor;
    g_string_truncate(session->logger.words, 0);
    session->logger.messages = 0;
    xen->gives_way = FALSE;
    g_mutex_lock(&hypervisor->lock);
    if (hypervisor->idle->len < IDLE_SESSIONS) {
        g_ptr_array_add(hypervisor->idle, g_steal_pointer(&session));
    }
    g_mutex_unlock(&hypervisor->lock);
    if (session) {
        session_free(session);
    }
}

const char *
drv_xen_words(const DrvXen *xen)
{
    return ((const Session *)xen)->logger.words->str;
}

gboolean
drv_xen_fail(const DrvXen *xen, virErrorNumber code, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    const char *words = drv_xen_words(xen);
    return drv_fail(error, code, "%s%s%s", text, *words ? ": " : "", words);
}
