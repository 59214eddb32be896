/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "internal.h"

#include "driver/room.h"
#include "driver/text.h"

/* xl's own lock file (xl.c). */
#define LOCK_FILE "/run/lock/xl"

/* xl's: three times ten seconds for memory to become free, one for Domain-0 to move at all. */
#define TRIES                3
#define FREE_SECONDS         10
#define TARGET_STILL_SECONDS 1

/* An open file description's lock: one of the process would be shared by all its threads. */
static gboolean
take_lock(DrvRoom *room, GError **error)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    room->lock_fd = open(LOCK_FILE, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int rc = room->lock_fd < 0 ? -1 : 0;
    while (rc == 0 && (rc = fcntl(room->lock_fd, F_OFD_SETLKW, &lock)) < 0 && errno == EINTR) {
        rc = 0;
    }
    return rc == 0 || drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot lock %s: %s"), LOCK_FILE,
                               g_strerror(errno));
}

/* In KiB. libxl fills in defaults of what it is asked about: it gets a copy. */
static gboolean
read_need(DrvXen *xen, const libxl_domain_config *config, uint64_t *ret_need, GError **error)
{
    libxl_domain_config copy;
    libxl_domain_config_init(&copy);
    libxl_domain_config_copy(xen->ctx, &copy, config);
    int rc = libxl_domain_need_memory(xen->ctx, &copy, INVALID_DOMID, ret_need);
    libxl_domain_config_dispose(&copy);
    return rc == 0 || drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                   _("Xen cannot tell how much memory the guest needs"));
}

/* One step towards @need; TRUE when there is enough. */
static gboolean
try_once(DrvXen *xen, uint64_t need, uint64_t *ret_free)
{
    if (libxl_get_free_memory(xen->ctx, ret_free) != 0) {
        return FALSE;
    }
    if (*ret_free >= need) {
        return TRUE;
    }
    if (libxl_set_memory_target(xen->ctx, 0, (int64_t)*ret_free - (int64_t)need, 1, 0) != 0) {
        return FALSE;
    }
    if (libxl_wait_for_free_memory(xen->ctx, INVALID_DOMID, need, FREE_SECONDS) == 0) {
        return TRUE;
    }
    libxl_wait_for_memory_target(xen->ctx, 0, TARGET_STILL_SECONDS);
    return FALSE;
}

gboolean
drv_room_make(DrvRoom *room, DrvDriver *driver, DrvXen *xen, const libxl_domain_config *config,
              GError **error)
{
    uint64_t need = 0, available = 0;
    if (!driver->settings->autoballoon) {
        return TRUE;
    }
    if (!read_need(xen, config, &need, error) || !take_lock(room, error)) {
        return FALSE;
    }
    for (int i = 0; i < TRIES; i++) {
        if (try_once(xen, need, &available)) {
            return TRUE;
        }
    }
    return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("the guest needs %llu MiB, of which %llu MiB are free, and Domain-0 "
                          "does not give enough of its own: stop a guest, or give this one less "
                          "memory"),
                        (unsigned long long)need / 1024, (unsigned long long)available / 1024);
}

void
drv_room_clear(DrvRoom *room)
{
    if (room->lock_fd >= 0) {
        close(room->lock_fd);
        room->lock_fd = -1;
    }
}
