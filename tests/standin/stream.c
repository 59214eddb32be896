/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Save, restore and core dump. The stream is a header and then the guest's memory, a few pages of a
 * pattern that a restore checks: a stream that lost or gained a byte is refused.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "context.h"
#include "faults.h"
#include "store.h"
#include "world.h"

#define MAGIC      "stand-in stream\n"
#define PAGES      64 /* or what the node says */
#define PAGES_NODE "/standin/pages"
#define PAGE       4096

typedef struct {
    char magic[16];
    uint8_t uuid[16];
    char name[WORLD_NAME];
    uint32_t pages;
} Header;

static void
fill_page(uint8_t *page, uint32_t number)
{
    for (uint32_t i = 0; i < PAGE; i++) {
        page[i] = (uint8_t)(number * 31 + i * 7);
    }
}

static int
write_all(libxl_ctx *ctx, int fd, const void *data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, data, length);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            context_say(ctx, errno, "write to the save stream");
            return ERROR_FAIL;
        }
        data = (const char *)data + n;
        length -= (size_t)n;
    }
    return 0;
}

static int
read_all(libxl_ctx *ctx, int fd, void *data, size_t length)
{
    while (length > 0) {
        ssize_t n = read(fd, data, length);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            context_say(ctx, n < 0 ? errno : 0, "read from the save stream: it ends early");
            return ERROR_FAIL;
        }
        data = (char *)data + n;
        length -= (size_t)n;
    }
    return 0;
}

typedef struct {
    uint32_t domid;
    int fd;
} Save;

static int
write_pages(libxl_ctx *ctx, const char *point, uint32_t domid, uint32_t pages, int fd)
{
    uint8_t page[PAGE];
    int rc = 0;
    for (uint32_t number = 0; number < pages && rc == 0; number++) {
        fill_page(page, number);
        rc = write_all(ctx, fd, page, sizeof(page));
        if (rc == 0 && number == pages / 2) {
            rc = fault_at(ctx, point, (int)domid);
        }
        if (rc == 0 && context_aborted(ctx)) {
            rc = ERROR_ABORTED;
        }
    }
    return rc;
}

static int
suspend(libxl_ctx *ctx, uint32_t domid, Header *header)
{
    World *world = world_lock();
    Guest *guest = world_guest(world, domid);
    int rc = guest ? 0 : ERROR_DOMAIN_NOTFOUND;
    if (guest && guest->manner == MANNER_IGNORES) {
        rc = ERROR_GUEST_TIMEDOUT;
    } else if (guest) {
        memcpy(header->uuid, guest->uuid, sizeof(header->uuid));
        memcpy(header->name, guest->name, sizeof(header->name));
        guest->suspended = true;
        world_stop_guest(world, guest, LIBXL_SHUTDOWN_REASON_SUSPEND);
    }
    world_unlock();
    if (rc == ERROR_GUEST_TIMEDOUT) {
        context_say(ctx, 0, "Domain %u:guest did not suspend, timed out", domid);
    }
    return rc;
}

/* As libxl: a guest whose image could not be written stays suspended, for its caller to resume. */
static void
tell_nice(libxl_ctx *ctx)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", context_helper_nice(ctx));
    store_write("/standin/helper-nice", text);
}

static uint32_t
pages(void)
{
    unsigned int length;
    char *text = store_read(PAGES_NODE, &length);
    uint32_t number = text ? (uint32_t)strtoul(text, NULL, 10) : PAGES;
    free(text);
    return number;
}

static int
save_work(libxl_ctx *ctx, void *args)
{
    const Save *call = args;
    Header header = { .magic = MAGIC, .pages = pages() };
    tell_nice(ctx);
    memcpy(header.magic, MAGIC, sizeof(header.magic));
    int rc = suspend(ctx, call->domid, &header);
    if (rc == 0) {
        rc = write_all(ctx, call->fd, &header, sizeof(header));
    }
    if (rc == 0) {
        rc = write_pages(ctx, "libxl_domain_suspend:pages", call->domid, header.pages, call->fd);
    }
    return rc;
}

int
libxl_domain_suspend(libxl_ctx *ctx, uint32_t domid, int fd, int flags,
                     const libxl_asyncop_how *how)
{
    Save call = { domid, fd };
    return context_run(ctx, "libxl_domain_suspend", (int)domid, save_work, &call, sizeof(call),
                       how);
}

static int
suspend_only_work(libxl_ctx *ctx, void *args)
{
    Header header;
    return suspend(ctx, ((const Save *)args)->domid, &header);
}

int
libxl_domain_suspend_only(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    Save call = { domid, -1 };
    return context_run(ctx, "libxl_domain_suspend_only", (int)domid, suspend_only_work, &call,
                       sizeof(call), how);
}

static int
resume_work(libxl_ctx *ctx, void *args)
{
    uint32_t domid;
    memcpy(&domid, args, sizeof(domid));
    Guest *guest = world_guest(world_lock(), domid);
    int rc = !guest ? ERROR_DOMAIN_NOTFOUND : guest->suspended ? 0 : ERROR_INVAL;
    if (rc == 0) {
        guest->suspended = guest->shutdown = false;
    }
    world_unlock();
    return rc;
}

int
libxl_domain_resume(libxl_ctx *ctx, uint32_t domid, int suspend_cancel,
                    const libxl_asyncop_how *how)
{
    return context_run(ctx, "libxl_domain_resume", (int)domid, resume_work, &domid, sizeof(domid),
                       how);
}

static int
check_pages(libxl_ctx *ctx, int fd, uint32_t domid, uint32_t pages)
{
    uint8_t wanted[PAGE], found[PAGE];
    int rc = 0;
    for (uint32_t number = 0; number < pages && rc == 0; number++) {
        fill_page(wanted, number);
        rc = read_all(ctx, fd, found, sizeof(found));
        if (rc == 0 && memcmp(wanted, found, sizeof(found)) != 0) {
            context_say(ctx, 0, "page %u of the save stream is damaged", number);
            rc = ERROR_FAIL;
        }
        if (rc == 0 && number == pages / 2) {
            rc = fault_at(ctx, "libxl_domain_create_restore:pages", (int)domid);
        }
    }
    return rc;
}

typedef struct {
    libxl_domain_config *config;
    uint32_t *domid;
    int fd;
} Restore;

static int
restore_work(libxl_ctx *ctx, void *args)
{
    const Restore *call = args;
    Header header;
    int rc = read_all(ctx, call->fd, &header, sizeof(header));
    if (rc == 0 && memcmp(header.magic, MAGIC, sizeof(header.magic)) != 0) {
        context_say(ctx, 0, "Invalid ident: this is no save stream");
        rc = ERROR_FAIL;
    }
    if (rc == 0) {
        rc = build_guest(ctx, call->config, "libxl_domain_create_restore", call->domid);
    }
    if (rc != 0) {
        return rc;
    }
    rc = check_pages(ctx, call->fd, *call->domid, header.pages);
    if (rc != 0) {
        World *world = world_lock();
        Guest *guest = world_guest(world, *call->domid);
        if (guest) {
            world_remove_guest(world, guest);
        }
        world_unlock();
        *call->domid = (uint32_t)INVALID_DOMID;
    }
    return rc;
}

int
libxl_domain_create_restore(libxl_ctx *ctx, libxl_domain_config *config, uint32_t *domid,
                            int restore_fd, int send_back_fd,
                            const libxl_domain_restore_params *params,
                            const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    Restore call = { config, domid, restore_fd };
    *domid = (uint32_t)INVALID_DOMID;
    return context_run(ctx, "libxl_domain_create_restore", -1, restore_work, &call, sizeof(call),
                       ao_how);
}

typedef struct {
    uint32_t domid;
    char path[4096];
} Dump;

static int
dump_work(libxl_ctx *ctx, void *args)
{
    const Dump *call = args;
    bool there = world_guest(world_lock(), call->domid) != NULL;
    world_unlock();
    int fd = there ? open(call->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd < 0) {
        context_say(ctx, errno, "Domain %u:core dumping domain", call->domid);
        return there ? ERROR_FAIL : ERROR_DOMAIN_NOTFOUND;
    }
    int rc = write_pages(ctx, "libxl_domain_core_dump:pages", call->domid, PAGES, fd);
    return close(fd) == 0 ? rc : ERROR_FAIL;
}

int
libxl_domain_core_dump(libxl_ctx *ctx, uint32_t domid, const char *path,
                       const libxl_asyncop_how *how)
{
    Dump call = { .domid = domid };
    snprintf(call.path, sizeof(call.path), "%s", path);
    return context_run(ctx, "libxl_domain_core_dump", (int)domid, dump_work, &call, sizeof(call),
                       how);
}
