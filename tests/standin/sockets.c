/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A port that another program takes between a look at it and its use: with the file port-lost in
 * the stand-in's folder, which goes with it, the next bind() of a migration's port fails. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "world.h"

#define PORT_MIN 49152
#define PORT_MAX 49215

typedef int (*Bind)(int fd, const struct sockaddr *address, socklen_t length);

/* A look is for any address of the host. */
static bool
is_use(const struct sockaddr *address)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
    return address->sa_family == AF_INET && in->sin_addr.s_addr != INADDR_ANY &&
           ntohs(in->sin_port) >= PORT_MIN && ntohs(in->sin_port) <= PORT_MAX;
}

static bool
is_lost(void)
{
    char *file = world_path("port-lost");
    bool lost = unlink(file) == 0;
    free(file);
    return lost;
}

int
bind(int fd, const struct sockaddr *address, socklen_t length)
{
    if (is_use(address) && is_lost()) {
        errno = EADDRINUSE;
        return -1;
    }
    return ((Bind)dlsym(RTLD_NEXT, "bind"))(fd, address, length);
}
