/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "context.h"
#include "faults.h"

/* An operation on its way. */
typedef struct Operation {
    struct Operation *next;
    libxl_ctx *ctx;
    const char *name;
    int domid;
    ContextWork work;
    void *args;
    bool async;
    libxl_asyncop_how how;
    bool aborted; /* under the context's lock */
} Operation;

typedef struct EventItem {
    struct EventItem *next;
    libxl_event event;
} EventItem;

/*
 * Functions of libxl that are left real are given this as their context. They read the members that
 * libxl's own begins with, and find all the rest empty. What they allocate for their caller they
 * would write down, and keep the list as long as the context, did it not say with -1 that nobody
 * frees it.
 */
typedef struct {
    xentoollog_logger *logger;
    void *control;
    void *store;
    int kept; /* libxl's nogc_gc.alloc_maxsize */
    char empty[16384];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Operation *operations;
    EventItem *events;
    libxl_event_hooks hooks;
    void *hooks_data;
    const libxl_childproc_hooks *childproc;
    void *childproc_user;
} Context;

static __thread Operation *current;

static Context *
context_of(libxl_ctx *ctx)
{
    return (Context *)ctx;
}

static pid_t daemon_pid; /* atomic */

pid_t
context_daemon(void)
{
    return __atomic_load_n(&daemon_pid, __ATOMIC_ACQUIRE);
}

int
libxl_ctx_alloc(libxl_ctx **pctx, int version, unsigned flags, xentoollog_logger *lg)
{
    Context *context = calloc(1, sizeof(*context));
    pid_t nobody = 0;
    __atomic_compare_exchange_n(&daemon_pid, &nobody, getpid(), false, __ATOMIC_ACQ_REL,
                                __ATOMIC_ACQUIRE);
    context->logger = lg;
    context->kept = -1;
    pthread_mutex_init(&context->lock, NULL);
    pthread_cond_init(&context->changed, NULL);
    int rc = fault_at((libxl_ctx *)context, "libxl_ctx_alloc", -1);
    if (rc != 0) {
        libxl_ctx_free((libxl_ctx *)context);
        return rc;
    }
    *pctx = (libxl_ctx *)context;
    return 0;
}

int
libxl_ctx_free(libxl_ctx *ctx)
{
    Context *context = context_of(ctx);
    if (!context) {
        return 0;
    }
    while (context->events) {
        EventItem *item = context->events;
        context->events = item->next;
        free(item);
    }
    pthread_cond_destroy(&context->changed);
    pthread_mutex_destroy(&context->lock);
    free(context);
    return 0;
}

void
libxl_childproc_setmode(libxl_ctx *ctx, const libxl_childproc_hooks *hooks, void *user)
{
    context_of(ctx)->childproc = hooks;
    context_of(ctx)->childproc_user = user;
}

int
context_helper_nice(libxl_ctx *ctx)
{
    const Context *context = context_of(ctx);
    int status = 0;
    pid_t pid = context->childproc && context->childproc->fork_replacement
                    ? context->childproc->fork_replacement(context->childproc_user)
                    : fork();
    if (pid == 0) {
        _exit(getpriority(PRIO_PROCESS, 0));
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : -1;
}

void
context_say(libxl_ctx *ctx, int errnoval, const char *format, ...)
{
    if (!ctx || !context_of(ctx)->logger) {
        return;
    }
    va_list args;
    va_start(args, format);
    xtl_logv(context_of(ctx)->logger, XTL_ERROR, errnoval, "libxl", format, args);
    va_end(args);
}

bool
context_aborted(libxl_ctx *ctx)
{
    if (!ctx || !current) {
        return false;
    }
    pthread_mutex_lock(&context_of(ctx)->lock);
    bool aborted = current->aborted;
    pthread_mutex_unlock(&context_of(ctx)->lock);
    return aborted;
}

static void
enter(Operation *operation)
{
    Context *context = context_of(operation->ctx);
    pthread_mutex_lock(&context->lock);
    operation->next = context->operations;
    context->operations = operation;
    pthread_mutex_unlock(&context->lock);
}

static void
leave(Operation *operation)
{
    Context *context = context_of(operation->ctx);
    pthread_mutex_lock(&context->lock);
    Operation **at = &context->operations;
    while (*at != operation) {
        at = &(*at)->next;
    }
    *at = operation->next;
    pthread_mutex_unlock(&context->lock);
}

static int
perform(Operation *operation)
{
    Operation *outer = current;
    current = operation;
    int rc = fault_at(operation->ctx, operation->name, operation->domid);
    if (rc == 0) {
        rc = operation->work(operation->ctx, operation->args);
    }
    current = outer;
    leave(operation);
    return rc;
}

static void
tell(Operation *operation, int rc)
{
    Context *context = context_of(operation->ctx);
    if (operation->how.callback) {
        operation->how.callback(operation->ctx, rc, operation->how.u.for_callback);
        return;
    }
    EventItem *item = calloc(1, sizeof(*item));
    libxl_event_init(&item->event);
    libxl_event_init_type(&item->event, LIBXL_EVENT_TYPE_OPERATION_COMPLETE);
    item->event.domid = (uint32_t)operation->domid;
    item->event.for_user = operation->how.u.for_event;
    item->event.u.operation_complete.rc = rc;
    pthread_mutex_lock(&context->lock);
    EventItem **end = &context->events;
    while (*end) {
        end = &(*end)->next;
    }
    *end = item;
    pthread_cond_broadcast(&context->changed);
    pthread_mutex_unlock(&context->lock);
}

static void *
perform_aside(void *data)
{
    Operation *operation = data;
    int rc = perform(operation);
    tell(operation, rc);
    free(operation->args);
    free(operation);
    return NULL;
}

int
context_run(libxl_ctx *ctx, const char *name, int domid, ContextWork work, const void *args,
            size_t size, const libxl_asyncop_how *how)
{
    Operation *operation = calloc(1, sizeof(*operation));
    operation->ctx = ctx;
    operation->name = name;
    operation->domid = domid;
    operation->work = work;
    operation->args = malloc(size);
    memcpy(operation->args, args, size);
    operation->async = how != NULL;
    enter(operation);
    if (!how) {
        int rc = perform(operation);
        free(operation->args);
        free(operation);
        return rc;
    }
    operation->how = *how;
    pthread_t thread;
    if (pthread_create(&thread, NULL, perform_aside, operation) != 0) {
        abort();
    }
    pthread_detach(thread);
    return 0;
}

static bool
same_how(const Operation *operation, const libxl_asyncop_how *how)
{
    if (!how || !operation->async) {
        return !how && !operation->async;
    }
    return operation->how.callback == how->callback &&
           (how->callback ? operation->how.u.for_callback == how->u.for_callback
                          : operation->how.u.for_event == how->u.for_event);
}

int
libxl_ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how)
{
    Context *context = context_of(ctx);
    int rc = ERROR_NOTFOUND;
    pthread_mutex_lock(&context->lock);
    for (Operation *operation = context->operations; operation; operation = operation->next) {
        if (same_how(operation, how)) {
            rc = operation->aborted ? ERROR_ABORTED : 0;
            operation->aborted = true;
            break;
        }
    }
    pthread_mutex_unlock(&context->lock);
    return rc;
}

static int
take_event(Context *context, libxl_event **event_r, uint64_t typemask,
           libxl_event_predicate *predicate, void *user)
{
    for (EventItem **at = &context->events; *at; at = &(*at)->next) {
        EventItem *item = *at;
        if ((typemask & (1ull << item->event.type)) &&
            (!predicate || predicate(&item->event, user))) {
            *at = item->next;
            *event_r = malloc(sizeof(libxl_event));
            **event_r = item->event;
            free(item);
            return 0;
        }
    }
    return ERROR_NOT_READY;
}

int
libxl_event_check(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                  libxl_event_predicate *predicate, void *user)
{
    Context *context = context_of(ctx);
    pthread_mutex_lock(&context->lock);
    int rc = take_event(context, event_r, typemask, predicate, user);
    pthread_mutex_unlock(&context->lock);
    return rc;
}

int
libxl_event_wait(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                 libxl_event_predicate *predicate, void *user)
{
    Context *context = context_of(ctx);
    pthread_mutex_lock(&context->lock);
    while (take_event(context, event_r, typemask, predicate, user) != 0) {
        pthread_cond_wait(&context->changed, &context->lock);
    }
    pthread_mutex_unlock(&context->lock);
    return 0;
}

void
libxl_event_free(libxl_ctx *ctx, libxl_event *event)
{
    libxl_event_dispose(event);
    free(event);
}

/* Nothing but the ends of operations is an event here, and their callers wait for them. */
void
libxl_event_register_callbacks(libxl_ctx *ctx, const libxl_event_hooks *hooks, void *user)
{
    context_of(ctx)->hooks = *hooks;
    context_of(ctx)->hooks_data = user;
}

void
libxl_osevent_register_hooks(libxl_ctx *ctx, const libxl_osevent_hooks *hooks, void *user)
{
}

/* Those below need a real context's allocator. */

int
libxl_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *bitmap, int n_bits)
{
    bitmap->size = ((uint32_t)n_bits + 7) / 8;
    bitmap->map = calloc(bitmap->size ? bitmap->size : 1, 1);
    return 0;
}

int
libxl_cpu_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *cpumap, int max_cpus)
{
    int n = max_cpus > 0 ? max_cpus : libxl_get_max_cpus(ctx);
    return n < 0 ? n : libxl_bitmap_alloc(ctx, cpumap, n);
}

int
libxl_node_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *nodemap, int max_nodes)
{
    int n = max_nodes > 0 ? max_nodes : libxl_get_max_nodes(ctx);
    return n < 0 ? n : libxl_bitmap_alloc(ctx, nodemap, n);
}

void
libxl_bitmap_copy_alloc(libxl_ctx *ctx, libxl_bitmap *dptr, const libxl_bitmap *sptr)
{
    libxl_bitmap_alloc(ctx, dptr, (int)sptr->size * 8);
    memcpy(dptr->map, sptr->map, sptr->size);
}

void
libxl_string_copy(libxl_ctx *ctx, char **dst, char *const *src)
{
    *dst = *src ? strdup(*src) : NULL;
}
