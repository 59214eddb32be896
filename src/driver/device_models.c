/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/device_models.h"

/* 0: the guest has none, or one in a domain of its own. */
static pid_t
read_pid(DrvDriver *driver, int id)
{
    g_autofree char *text = drv_hypervisor_read(
        driver->hypervisor, "/local/domain/%d/image/device-model-pid", id);
    return text ? (pid_t)g_ascii_strtoll(text, NULL, 10) : 0;
}

void
drv_device_models_begin(DrvProcesses *models, DrvDriver *driver, int id)
{
    pid_t pid = drv_processes_has(models, id) ? 0 : read_pid(driver, id);
    if (pid > 0) {
        drv_processes_add(models, id, pid);
    }
}

void
drv_device_models_note_ended(DrvProcesses *models, DrvDriver *driver)
{
    int id;
    while ((id = drv_processes_next_ended(models)) >= 0) {
        g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
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
