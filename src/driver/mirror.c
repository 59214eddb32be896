/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "driver/mirror.h"

/* What changes more often is cheaper read than watched, and a guest may write some of it at will.
 */
#define MANY_CHANGES 16

/* There is no such node, and need not be: what counts is that xenstored answers. */
#define QUESTION "/local/domain/0/domid"

typedef enum {
    WATCH_WANTED, /* somebody is about to set it */
    WATCH_SET,
    WATCH_NONE, /* refused, or no longer worth it */
} Watching;

/* One path of xenstore. */
typedef struct {
    int id; /* the guest's */
    Watching watching;
    guint changes;  /* notices so far; setting the watch is one */
    gboolean known; /* @value is what xenstore has */
    char *value;    /* NULL: nothing */
} Node;

struct DrvMirror {
    struct xs_handle *store; /* fixed; locks itself */
    GMutex lock;             /* guards nodes */
    GHashTable *nodes;       /* path to Node */
};

static void
node_free(gpointer data)
{
    Node *node = data;
    g_free(node->value);
    g_free(node);
}

DrvMirror *
drv_mirror_new(GError **error)
{
    g_autoptr(DrvMirror) mirror = g_new0(DrvMirror, 1);
    g_mutex_init(&mirror->lock);
    mirror->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, node_free);
    mirror->store = drv_xenstore_open(error);
    return mirror->store ? g_steal_pointer(&mirror) : NULL;
}

void
drv_mirror_free(DrvMirror *mirror)
{
    if (!mirror) {
        return;
    }
    if (mirror->store) {
        xs_close(mirror->store);
    }
    g_hash_table_unref(mirror->nodes);
    g_mutex_clear(&mirror->lock);
    g_free(mirror);
}

/* Lock held. */
static void
node_changed(Node *node)
{
    node->changes++;
    node->known = FALSE;
    g_clear_pointer(&node->value, g_free);
}

/* The paths are watched no more. */
static void
unwatch(DrvMirror *mirror, GPtrArray *paths)
{
    for (guint i = 0; i < paths->len; i++) {
        xs_unwatch(mirror->store, g_ptr_array_index(paths, i), "");
    }
}

/* Locked from taking to noting, so that nobody finds no notice and reads what one is about. Returns
 * what is no longer worth watching. */
static GPtrArray *
take_notices(DrvMirror *mirror)
{
    GPtrArray *restless = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
    for (char **notice; (notice = xs_check_watch(mirror->store)); free(notice)) {
        Node *node = g_hash_table_lookup(mirror->nodes, notice[XS_WATCH_PATH]);
        if (!node) {
            continue;
        }
        node_changed(node);
        if (node->changes > MANY_CHANGES && node->watching == WATCH_SET) {
            node->watching = WATCH_NONE;
            g_ptr_array_add(restless, g_strdup(notice[XS_WATCH_PATH]));
        }
    }
    return restless;
}

void
drv_mirror_drain(DrvMirror *mirror)
{
    g_autoptr(GPtrArray) restless = take_notices(mirror);
    unwatch(mirror, restless);
}

/* Without xenstored no notice comes. */
static void
doubt_all(DrvMirror *mirror)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
    GHashTableIter iter;
    gpointer node;
    g_hash_table_iter_init(&iter, mirror->nodes);
    while (g_hash_table_iter_next(&iter, NULL, &node)) {
        node_changed(node);
    }
}

void
drv_mirror_catch_up(DrvMirror *mirror)
{
    unsigned int length;
    void *answer = xs_read(mirror->store, XBT_NULL, QUESTION, &length);
    if (!answer && errno != ENOENT) {
        doubt_all(mirror);
    }
    free(answer);
    drv_mirror_drain(mirror);
}

/* Sets the watch of a path that nobody asked for before. */
static void
watch(DrvMirror *mirror, int id, const char *path)
{
    {
        g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
        if (g_hash_table_contains(mirror->nodes, path)) {
            return;
        }
        Node *node = g_new0(Node, 1);
        node->id = id;
        g_hash_table_insert(mirror->nodes, g_strdup(path), node);
    }
    gboolean set = xs_watch(mirror->store, path, "");
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
    Node *node = g_hash_table_lookup(mirror->nodes, path);
    if (node) {
        node->watching = set ? WATCH_SET : WATCH_NONE;
    }
}

/* Whether the value is remembered; otherwise *@ret_changes is how often it has changed so far. */
static gboolean
recall(DrvMirror *mirror, const char *path, char **ret_value, guint *ret_changes)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
    const Node *node = g_hash_table_lookup(mirror->nodes, path);
    *ret_changes = node ? node->changes : 0;
    *ret_value = node && node->known ? g_strdup(node->value) : NULL;
    return node && node->known;
}

/* Remembers what was read, unless it changed meanwhile. */
static void
remember(DrvMirror *mirror, const char *path, const char *value, guint changes)
{
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
    Node *node = g_hash_table_lookup(mirror->nodes, path);
    if (node && node->watching == WATCH_SET && !node->known && node->changes == changes) {
        node->known = TRUE;
        node->value = g_strdup(value);
    }
}

char *
drv_mirror_read(DrvMirror *mirror, int id, const char *key)
{
    g_autofree char *path = g_strdup_printf("/local/domain/%d/%s", id, key);
    char *value;
    guint changes;
    unsigned int length = 0;
    if (recall(mirror, path, &value, &changes)) {
        return value;
    }
    watch(mirror, id, path);
    char *found = xs_read(mirror->store, XBT_NULL, path, &length);
    value = found ? g_strndup(found, length) : NULL;
    if (found || errno == ENOENT) {
        remember(mirror, path, value, changes);
    }
    free(found);
    return value;
}

void
drv_mirror_keep(DrvMirror *mirror, GHashTable *ids)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    {
        g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&mirror->lock);
        GHashTableIter iter;
        gpointer path, data;
        g_hash_table_iter_init(&iter, mirror->nodes);
        while (g_hash_table_iter_next(&iter, &path, &data)) {
            const Node *node = data;
            if (node->id == 0 || node->watching == WATCH_WANTED ||
                g_hash_table_contains(ids, GINT_TO_POINTER(node->id))) {
                continue;
            }
            if (node->watching == WATCH_SET) {
                g_ptr_array_add(paths, g_strdup(path));
            }
            g_hash_table_iter_remove(&iter);
        }
    }
    unwatch(mirror, paths);
}
