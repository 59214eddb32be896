/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libxenstore's functions. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenstore.h>

#include "faults.h"
#include "store.h"
#include "world.h"

#define MAX_WATCHES 8192

typedef struct {
    int wd;     /* inotify's */
    bool fired; /* a notice is waiting */
    char *path;
    char *token;
} Watch;

struct xs_handle {
    pthread_mutex_t lock;
    int epoll_fd; /* readable when a notice is waiting */
    int inotify_fd;
    int first_fd; /* eventfd: a watch fires once when it is set */
    Watch watches[MAX_WATCHES];
    int n_watches;
};

static char *
node_folder(const char *path)
{
    return world_path("store%s%s", path[0] == '/' ? "" : "/", path);
}

static void
make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static bool
write_value(const char *file, const char *value, size_t length)
{
    char temporary[4096];
    snprintf(temporary, sizeof(temporary), "%s.%d.%lx", file, (int)getpid(),
             (unsigned long)pthread_self());
    FILE *stream = fopen(temporary, "we");
    if (!stream) {
        return false;
    }
    bool written = fwrite(value, 1, length, stream) == length;
    return fclose(stream) == 0 && written && rename(temporary, file) == 0;
}

static bool
write_node(const char *path, const char *value, size_t length)
{
    char *folder = node_folder(path);
    char *file = NULL;
    if (asprintf(&file, "%s/=", folder) < 0) {
        abort();
    }
    make_parents(file);
    bool written = write_value(file, value, length);
    free(file);
    free(folder);
    return written;
}

bool
store_write(const char *path, const char *value)
{
    return write_node(path, value, strlen(value));
}

char *
store_read(const char *path, unsigned int *ret_length)
{
    char *folder = node_folder(path);
    char *file = NULL;
    char *value = calloc(1, 4097);
    if (!value || asprintf(&file, "%s/=", folder) < 0) {
        abort();
    }
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, value, 4096);
    int saved = errno;
    if (fd >= 0) {
        close(fd);
    }
    free(file);
    free(folder);
    if (length < 0) {
        free(value);
        errno = saved;
        return NULL;
    }
    if (ret_length) {
        *ret_length = (unsigned int)length;
    }
    return value;
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    return remove(path);
}

bool
store_remove(const char *path)
{
    char *folder = node_folder(path);
    int removed = nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(folder);
    return removed == 0;
}

void
store_remove_files(const char *folder, const char *prefix)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

struct xs_handle *
xs_open(unsigned long flags)
{
    if (fault_at(NULL, "xs_open", -1) != 0) {
        errno = ECONNREFUSED;
        return NULL;
    }
    world_lock();
    world_unlock();
    struct xs_handle *handle = calloc(1, sizeof(*handle));
    struct epoll_event event = { .events = EPOLLIN };
    pthread_mutex_init(&handle->lock, NULL);
    handle->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    handle->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    handle->first_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (handle->inotify_fd < 0 ||
        epoll_ctl(handle->epoll_fd, EPOLL_CTL_ADD, handle->inotify_fd, &event) < 0 ||
        epoll_ctl(handle->epoll_fd, EPOLL_CTL_ADD, handle->first_fd, &event) < 0) {
        perror("stand-in: xs_open");
        xs_close(handle);
        return NULL;
    }
    return handle;
}

void
xs_close(struct xs_handle *handle)
{
    if (!handle) {
        return;
    }
    for (int i = 0; i < handle->n_watches; i++) {
        free(handle->watches[i].path);
        free(handle->watches[i].token);
    }
    close(handle->epoll_fd);
    close(handle->inotify_fd);
    close(handle->first_fd);
    pthread_mutex_destroy(&handle->lock);
    free(handle);
}

int
xs_fileno(struct xs_handle *handle)
{
    return handle->epoll_fd;
}

void *
xs_read(struct xs_handle *handle, xs_transaction_t transaction, const char *path,
        unsigned int *length)
{
    if (fault_at(NULL, "xs_read", -1) != 0) {
        errno = EIO;
        return NULL;
    }
    return store_read(path, length);
}

bool
xs_write(struct xs_handle *handle, xs_transaction_t transaction, const char *path, const void *data,
         unsigned int length)
{
    if (fault_at(NULL, "xs_write", -1) != 0) {
        errno = EIO;
        return false;
    }
    return write_node(path, data, length);
}

bool
xs_mkdir(struct xs_handle *handle, xs_transaction_t transaction, const char *path)
{
    char *value = store_read(path, NULL);
    bool made = value || store_write(path, "");
    free(value);
    return made;
}

bool
xs_rm(struct xs_handle *handle, xs_transaction_t transaction, const char *path)
{
    return store_remove(path);
}

/* One block from malloc, as xs_directory() promises: the pointers, then the names. */
char **
xs_directory(struct xs_handle *handle, xs_transaction_t transaction, const char *path,
             unsigned int *count)
{
    char *folder = node_folder(path);
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, NULL, alphasort);
    free(folder);
    if (n < 0) {
        return NULL;
    }
    size_t size = 1;
    for (int i = 0; i < n; i++) {
        size += sizeof(char *) + strlen(entries[i]->d_name) + 1;
    }
    char **names = malloc(size);
    char *text = (char *)(names + n);
    *count = 0;
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && entries[i]->d_name[0] != '=') {
            names[(*count)++] = text;
            text = stpcpy(text, entries[i]->d_name) + 1;
        }
        free(entries[i]);
    }
    free(entries);
    return names;
}

xs_transaction_t
xs_transaction_start(struct xs_handle *handle)
{
    return 1;
}

bool
xs_transaction_end(struct xs_handle *handle, xs_transaction_t transaction, bool abandon)
{
    return true;
}

static void
fire(struct xs_handle *handle, Watch *watch)
{
    uint64_t one = 1;
    watch->fired = true;
    if (write(handle->first_fd, &one, sizeof(one)) < 0) {
        perror("stand-in: eventfd");
    }
}

bool
xs_watch(struct xs_handle *handle, const char *path, const char *token)
{
    char *file = path[0] == '@' ? world_path("watch/%s", path) : node_folder(path);
    if (fault_at(NULL, "xs_watch", -1) != 0 || handle->n_watches == MAX_WATCHES) {
        free(file);
        errno = EIO;
        return false;
    }
    if (path[0] == '@') {
        close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    } else {
        /* what is not there yet can be watched; without a value it is still not there */
        make_parents(file);
        mkdir(file, 0700);
    }
    pthread_mutex_lock(&handle->lock);
    Watch *watch = &handle->watches[handle->n_watches++];
    watch->wd = inotify_add_watch(handle->inotify_fd, file,
                                  IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE);
    watch->path = strdup(path);
    watch->token = strdup(token);
    fire(handle, watch);
    pthread_mutex_unlock(&handle->lock);
    free(file);
    return true;
}

bool
xs_unwatch(struct xs_handle *handle, const char *path, const char *token)
{
    pthread_mutex_lock(&handle->lock);
    bool found = false;
    for (int i = 0; i < handle->n_watches && !found; i++) {
        Watch *watch = &handle->watches[i];
        if (strcmp(watch->path, path) == 0 && strcmp(watch->token, token) == 0) {
            inotify_rm_watch(handle->inotify_fd, watch->wd);
            free(watch->path);
            free(watch->token);
            *watch = handle->watches[--handle->n_watches];
            found = true;
        }
    }
    pthread_mutex_unlock(&handle->lock);
    return found;
}

/* What inotify has to say, noted at the watches. */
static void
take_events(struct xs_handle *handle)
{
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t length;
    uint64_t count;
    while ((length = read(handle->inotify_fd, buffer, sizeof(buffer))) > 0) {
        for (char *at = buffer; at < buffer + length;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            for (int i = 0; i < handle->n_watches; i++) {
                handle->watches[i].fired |= handle->watches[i].wd == event->wd;
            }
            at += sizeof(*event) + event->len;
        }
    }
    while (read(handle->first_fd, &count, sizeof(count)) > 0) {
    }
}

static char **
notice_of(const Watch *watch)
{
    size_t head = 2 * sizeof(char *), path = strlen(watch->path) + 1;
    char **notice = malloc(head + path + strlen(watch->token) + 1);
    notice[XS_WATCH_PATH] = (char *)notice + head;
    notice[XS_WATCH_TOKEN] = notice[XS_WATCH_PATH] + path;
    strcpy(notice[XS_WATCH_PATH], watch->path);
    strcpy(notice[XS_WATCH_TOKEN], watch->token);
    return notice;
}

char **
xs_check_watch(struct xs_handle *handle)
{
    char **notice = NULL;
    pthread_mutex_lock(&handle->lock);
    take_events(handle);
    for (int i = 0; i < handle->n_watches && !notice; i++) {
        if (handle->watches[i].fired) {
            handle->watches[i].fired = false;
            notice = notice_of(&handle->watches[i]);
        }
    }
    pthread_mutex_unlock(&handle->lock);
    if (!notice) {
        errno = EAGAIN;
    }
    return notice;
}
