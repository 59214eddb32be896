/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tells ThreadSanitizer what glib does, which is not built for it. Preloaded after its runtime and
 * before everything else: each function here stands before glib's own and calls it. Without it
 * every field under a GMutex would be a race; and a hash table, which glib alone reads and writes,
 * would never be one.
 */

#include <dlfcn.h>
#include <glib.h>
#include <link.h>
#include <poll.h>
#include <sanitizer/tsan_interface.h>
#include <stdlib.h>
#include <string.h>

void __tsan_read_range(void *address, gsize size);
void __tsan_write_range(void *address, gsize size);

/* The function of that name behind this library. It is found anew each time: a note of it would be
 * a race. */
#define GLIBS(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* A mutex in a zeroed struct or a static one is one without g_mutex_init(). */
#define MUTEX_FLAGS __tsan_mutex_linker_init

void
g_mutex_init(GMutex *mutex)
{
    __tsan_mutex_create(mutex, 0);
    GLIBS(g_mutex_init)(mutex);
}

void
g_mutex_clear(GMutex *mutex)
{
    __tsan_mutex_destroy(mutex, 0);
    GLIBS(g_mutex_clear)(mutex);
}

void
g_mutex_lock(GMutex *mutex)
{
    __tsan_mutex_pre_lock(mutex, MUTEX_FLAGS);
    GLIBS(g_mutex_lock)(mutex);
    __tsan_mutex_post_lock(mutex, MUTEX_FLAGS, 0);
}

void
g_mutex_unlock(GMutex *mutex)
{
    __tsan_mutex_pre_unlock(mutex, 0);
    GLIBS(g_mutex_unlock)(mutex);
    __tsan_mutex_post_unlock(mutex, 0);
}

/* Waiting lets go of the mutex and takes it again; what the signal orders, the mutex orders too. */
void
g_cond_wait(GCond *cond, GMutex *mutex)
{
    __tsan_mutex_pre_unlock(mutex, 0);
    __tsan_mutex_post_unlock(mutex, 0);
    GLIBS(g_cond_wait)(cond, mutex);
    __tsan_mutex_pre_lock(mutex, 0);
    __tsan_mutex_post_lock(mutex, 0, 0);
}

gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end)
{
    __tsan_mutex_pre_unlock(mutex, 0);
    __tsan_mutex_post_unlock(mutex, 0);
    gboolean signalled = GLIBS(g_cond_wait_until)(cond, mutex, end);
    __tsan_mutex_pre_lock(mutex, 0);
    __tsan_mutex_post_lock(mutex, 0, 0);
    return signalled;
}

/* glib marks it done inside, where others may see that before we could say so. */
typedef struct {
    GOnce *once;
    GThreadFunc func;
    gpointer data;
} Once;

static gpointer
run_once(gpointer data)
{
    Once *what = data;
    gpointer value = what->func(what->data);
    __tsan_release(what->once);
    return value;
}

gpointer
g_once_impl(GOnce *once, GThreadFunc func, gpointer data)
{
    Once what = { once, func, data };
    gpointer value = GLIBS(g_once_impl)(once, run_once, &what);
    __tsan_acquire(once);
    return value;
}

gboolean(g_once_init_enter)(volatile void *location)
{
    gboolean mine = GLIBS(g_once_init_enter)(location);
    __tsan_acquire((void *)location);
    return mine;
}

void(g_once_init_leave)(volatile void *location, gsize value)
{
    __tsan_release((void *)location);
    GLIBS(g_once_init_leave)(location, value);
}

/* A pool's queue hands over what was written before the push, and its end what was written in its
 * threads. */
typedef struct {
    GFunc func;
    gpointer data;
} Work;

static char finished; /* its address stands for the end of all work */

static void
run_work(gpointer item, gpointer data)
{
    Work *work = data;
    __tsan_acquire(item);
    work->func(item, work->data);
    __tsan_release(&finished);
}

GThreadPool *
g_thread_pool_new(GFunc func, gpointer data, gint threads, gboolean exclusive, GError **error)
{
    Work *work = g_new(Work, 1); /* as long as the process: a pool ends with it */
    *work = (Work){ func, data };
    return GLIBS(g_thread_pool_new)(run_work, work, threads, exclusive, error);
}

gboolean
g_thread_pool_push(GThreadPool *pool, gpointer item, GError **error)
{
    __tsan_release(item);
    return GLIBS(g_thread_pool_push)(pool, item, error);
}

void
g_thread_pool_free(GThreadPool *pool, gboolean at_once, gboolean wait)
{
    GLIBS(g_thread_pool_free)(pool, at_once, wait);
    if (wait) {
        __tsan_acquire(&finished);
    }
}

/* What glib itself does with memory is not looked at (tsan.supp); what we have it free, is. */
void
g_free(gpointer memory)
{
    free(memory);
}

/* A signal waits for its thread's next call that the runtime sees, or comes at once in one that
 * waits. glib's own poll() is not seen (tsan.supp): a signal just before it would wait as long as
 * it does, and a daemon that is told to end would not. */
static gint
wait_for(GPollFD *fds, guint n, gint timeout)
{
    G_STATIC_ASSERT(sizeof(GPollFD) == sizeof(struct pollfd));
    return poll((struct pollfd *)fds, n, timeout);
}

__attribute__((constructor)) static void
see_waiting(void)
{
    g_main_context_set_poll_func(NULL, wait_for);
}

/* libvirt has tables too, and locks of glib around them that it takes through other libraries. */
static gboolean
is_ours(gpointer caller)
{
    struct dl_find_object object;
    return _dl_find_object(caller, &object) == 0 &&
           strstr(object.dlfo_link_map->l_name, "libvirt_driver_libxl") != NULL;
}

/* Looking into a table is reading it, and changing it is writing it: one byte stands for all. */
#define TABLE_READ(type, name, parameters, table, arguments)                                       \
    type name parameters                                                                           \
    {                                                                                              \
        if (is_ours(__builtin_return_address(0))) {                                                \
            __tsan_read_range(table, 1);                                                           \
        }                                                                                          \
        return GLIBS(name) arguments;                                                              \
    }
#define TABLE_WRITE(type, name, parameters, table, arguments)                                      \
    type name parameters                                                                           \
    {                                                                                              \
        if (is_ours(__builtin_return_address(0))) {                                                \
            __tsan_write_range(table, 1);                                                          \
        }                                                                                          \
        return GLIBS(name) arguments;                                                              \
    }

TABLE_READ(gpointer, g_hash_table_lookup, (GHashTable * table, gconstpointer key), table,
           (table, key))
TABLE_READ(gboolean, g_hash_table_contains, (GHashTable * table, gconstpointer key), table,
           (table, key))
TABLE_READ(guint, g_hash_table_size, (GHashTable * table), table, (table))
TABLE_READ(void, g_hash_table_iter_init, (GHashTableIter * iter, GHashTable *table), table,
           (iter, table))
TABLE_WRITE(gboolean, g_hash_table_add, (GHashTable * table, gpointer key), table, (table, key))
TABLE_WRITE(gboolean, g_hash_table_insert, (GHashTable * table, gpointer key, gpointer value),
            table, (table, key, value))
TABLE_WRITE(gboolean, g_hash_table_remove, (GHashTable * table, gconstpointer key), table,
            (table, key))
TABLE_WRITE(guint, g_hash_table_foreach_remove, (GHashTable * table, GHRFunc func, gpointer data),
            table, (table, func, data))
