/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "internal.h"
#include "virlog.h"

#include "driver/device_models.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.device_models");

struct DrvDeviceModels {
    int epoll_fd;
    GHashTable *fds; /* domid: the pidfd of its device model */
};

static void
close_fd(gpointer fd)
{
    close(GPOINTER_TO_INT(fd));
}

DrvDeviceModels *
drv_device_models_new(GError **error)
{
    g_autoptr(DrvDeviceModels) models = g_new0(DrvDeviceModels, 1);
    models->fds = g_hash_table_new_full(NULL, NULL, NULL, close_fd);
    models->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (models->epoll_fd < 0) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot watch device models: %s"),
                 g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&models);
}

void
drv_device_models_free(DrvDeviceModels *models)
{
    if (!models) {
        return;
    }
    if (models->epoll_fd >= 0) {
        close(models->epoll_fd);
    }
    g_hash_table_unref(models->fds);
    g_free(models);
}

int
drv_device_models_fd(const DrvDeviceModels *models)
{
    return models->epoll_fd;
}

/* 0: the guest has none, or one in a domain of its own. */
static pid_t
read_pid(DrvDriver *driver, int id)
{
    g_autofree char *text = drv_hypervisor_read(
        driver->hypervisor, "/local/domain/%d/image/device-model-pid", id);
    return text ? (pid_t)g_ascii_strtoll(text, NULL, 10) : 0;
}

void
drv_device_models_begin(DrvDeviceModels *models, DrvDriver *driver, int id)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.u32 = (guint32)id };
    if (g_hash_table_contains(models->fds, GINT_TO_POINTER(id))) {
        return;
    }
    pid_t pid = read_pid(driver, id);
    if (pid <= 0) {
        return;
    }
    int fd = pidfd_open(pid, 0);
    if (fd < 0) {
        VIR_WARN("the device model %d of the domain with id %d cannot be watched: %s", (int)pid, id,
                 g_strerror(errno));
        return;
    }
    g_hash_table_insert(models->fds, GINT_TO_POINTER(id), GINT_TO_POINTER(fd));
    if (epoll_ctl(models->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        VIR_WARN("device model %d: %s", (int)pid, g_strerror(errno));
    }
}

void
drv_device_models_end(DrvDeviceModels *models, int id)
{
    g_hash_table_remove(models->fds, GINT_TO_POINTER(id));
}

void
drv_device_models_note_ended(DrvDeviceModels *models, DrvDriver *driver)
{
    struct epoll_event event;
    while (epoll_wait(models->epoll_fd, &event, 1, 0) > 0) {
        g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, (int)event.data.u32);
        if (domain) {
            DRV_DOMAIN_LOCKED(domain);
            domain->model = DRV_MODEL_ENDED;
        }
    }
}

gboolean
drv_device_models_missed(DrvDriver *driver, int id)
{
    g_autofree char *state =
        drv_hypervisor_read(driver->hypervisor, "/local/domain/0/device-model/%d/state", id);
    return state != NULL;
}
