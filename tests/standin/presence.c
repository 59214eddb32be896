/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Both names of open() are defined below; the headers must not make them one. */
#undef _FILE_OFFSET_BITS

/* /proc/xen/capabilities, which a kernel without Xen does not have: opening it opens the file
 * "capabilities" of the world's folder instead, and fails as on such a kernel when there is none.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "world.h"

#define CAPABILITIES "/proc/xen/capabilities"

typedef int (*Open)(const char *path, int flags, ...);

static int
open_instead(const char *name, const char *path, int flags, mode_t mode)
{
    Open next = (Open)dlsym(RTLD_NEXT, name);
    if (strcmp(path, CAPABILITIES) != 0) {
        return next(path, flags, mode);
    }
    char *file = world_path("capabilities");
    int fd = next(file, flags, mode);
    free(file);
    return fd;
}

static mode_t
mode_of(int flags, va_list args)
{
    bool has_mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    return has_mode ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);

int
open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_instead("open", path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_instead("open64", path, flags, mode);
}
