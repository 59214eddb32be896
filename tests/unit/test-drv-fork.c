/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/fork.h"

#define PATIENCE 200

/* A lock that a thread holds, and how many children came to it: shared with them. */
typedef struct {
    pthread_mutex_t lock;
    gint *children;
} Held;

static void
set_up(Held *held, gconstpointer data)
{
    pthread_mutex_init(&held->lock, NULL);
    held->children = mmap(NULL, sizeof(gint), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    g_assert_true(held->children != MAP_FAILED);
}

static void
tear_down(Held *held, gconstpointer data)
{
    munmap(held->children, sizeof(gint));
    pthread_mutex_destroy(&held->lock);
}

static void
take_lock(gpointer data)
{
    Held *held = data;
    g_atomic_int_inc(held->children);
    pthread_mutex_lock(&held->lock);
    pthread_mutex_unlock(&held->lock);
}

/* Another thread's: lets the lock go when @held has met a child. */
static gpointer
hold(gpointer data)
{
    Held *held = data;
    pthread_mutex_lock(&held->lock);
    g_atomic_int_set(held->children, 0);
    while (g_atomic_int_get(held->children) == 0) {
        g_usleep(1000);
    }
    pthread_mutex_unlock(&held->lock);
    return NULL;
}

static void
end_well(pid_t pid)
{
    int status;
    if (pid == 0) {
        _exit(7);
    }
    g_assert_cmpint(pid, >, 0);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void
test_free(Held *held, gconstpointer data)
{
    end_well(drv_fork(take_lock, held, 60 * 1000));
    g_assert_cmpint(*held->children, ==, 1);
    end_well(drv_fork(NULL, NULL, 0));
}

/* The first child has the lock as the thread held it; a later one finds it free. */
static void
test_held(Held *held, gconstpointer data)
{
    *held->children = -1;
    GThread *thread = g_thread_new("hold", hold, held);
    while (g_atomic_int_get(held->children) < 0) {
        g_usleep(1000);
    }
    end_well(drv_fork(take_lock, held, PATIENCE));
    g_assert_cmpint(g_atomic_int_get(held->children), >, 1);
    g_thread_join(thread);
}

/* For ever: an error, and no child is left. */
static void
test_never(Held *held, gconstpointer data)
{
    pthread_mutex_lock(&held->lock);
    pid_t pid = drv_fork(take_lock, held, 1);
    if (pid == 0) {
        _exit(0);
    }
    g_assert_cmpint(pid, ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
    pthread_mutex_unlock(&held->lock);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/fork/free", Held, NULL, set_up, test_free, tear_down);
    g_test_add("/fork/held", Held, NULL, set_up, test_held, tear_down);
    g_test_add("/fork/never", Held, NULL, set_up, test_never, tear_down);
    return g_test_run();
}
