/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices that guests have: a node each in xenstore, below the guest's, which says what backs it.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "faults.h"
#include "store.h"

static void
path_of(char path[static 384], uint32_t domid, const char *kind, const char *name)
{
    snprintf(path, 384, "/local/domain/%u/device/%s/%s", domid, kind, name);
}

char *
devices_read(uint32_t domid, const char *kind, const char *name)
{
    char path[384];
    path_of(path, domid, kind, name);
    return store_read(path, NULL);
}

bool
devices_has(uint32_t domid, const char *kind, const char *name)
{
    char *value = devices_read(domid, kind, name);
    free(value);
    return value != NULL;
}

void
devices_put(uint32_t domid, const char *kind, const char *name, const char *backing)
{
    char path[384];
    path_of(path, domid, kind, name);
    store_write(path, backing ? backing : "");
}

/* Passes POINT:done. */
static int
done(libxl_ctx *ctx, const char *point, uint32_t domid)
{
    char full[96];
    snprintf(full, sizeof(full), "%s:done", point);
    return fault_at(ctx, full, (int)domid);
}

int
devices_add(libxl_ctx *ctx, const char *point, uint32_t domid, const char *kind, const char *name,
            const char *backing)
{
    int rc = fault_at(ctx, point, (int)domid);
    if (rc == 0 && devices_has(domid, kind, name)) {
        rc = ERROR_DEVICE_EXISTS;
    }
    if (rc == 0) {
        devices_put(domid, kind, name, backing);
        rc = done(ctx, point, domid);
    }
    return rc;
}

int
devices_take(libxl_ctx *ctx, const char *point, uint32_t domid, const char *kind, const char *name)
{
    char path[384];
    int rc = fault_at(ctx, point, (int)domid);
    path_of(path, domid, kind, name);
    if (rc == 0 && !devices_has(domid, kind, name)) {
        rc = ERROR_FAIL;
    }
    if (rc == 0) {
        store_remove(path);
        rc = done(ctx, point, domid);
    }
    return rc;
}

static void
mac_text(char text[static 18], const uint8_t *mac)
{
    snprintf(text, 18, LIBXL_MAC_FMT, LIBXL_MAC_BYTES(mac));
}

void
devices_of_config(libxl_ctx *ctx, const libxl_domain_config *config, uint32_t domid)
{
    char text[18];
    for (int i = 0; i < config->num_disks; i++) {
        devices_put(domid, "disk", config->disks[i].vdev, config->disks[i].pdev_path);
    }
    for (int i = 0; i < config->num_nics; i++) {
        mac_text(text, config->nics[i].mac);
        devices_put(domid, "nic", text, config->nics[i].bridge);
    }
    pci_of_config(config, domid);
    numbered_of_config(ctx, config, domid);
}

static bool
has_disk(const libxl_domain_config *config, const char *name)
{
    for (int i = 0; i < config->num_disks; i++) {
        if (strcmp(config->disks[i].vdev, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
has_nic(const libxl_domain_config *config, const char *name)
{
    char text[18];
    for (int i = 0; i < config->num_nics; i++) {
        mac_text(text, config->nics[i].mac);
        if (strcmp(text, name) == 0) {
            return true;
        }
    }
    return false;
}

static void
add_disk(libxl_domain_config *config, const char *name, char *backing)
{
    config->disks = realloc(config->disks, sizeof(*config->disks) * (config->num_disks + 1));
    libxl_device_disk *disk = &config->disks[config->num_disks++];
    libxl_device_disk_init(disk);
    disk->vdev = strdup(name);
    disk->pdev_path = backing;
    disk->format = LIBXL_DISK_FORMAT_RAW;
    disk->readwrite = 1;
}

static void
add_nic(libxl_domain_config *config, const char *name, char *backing)
{
    unsigned int bytes[6];
    config->nics = realloc(config->nics, sizeof(*config->nics) * (config->num_nics + 1));
    libxl_device_nic *nic = &config->nics[config->num_nics++];
    libxl_device_nic_init(nic);
    if (sscanf(name, "%x:%x:%x:%x:%x:%x", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4],
               &bytes[5]) == 6) {
        for (int i = 0; i < 6; i++) {
            nic->mac[i] = (uint8_t)bytes[i];
        }
    }
    nic->bridge = backing;
}

/* Calls @add for each device of the guest that @has does not know. */
static void
add_all(libxl_domain_config *config, uint32_t domid, const char *kind,
        bool (*has)(const libxl_domain_config *config, const char *name),
        void (*make)(libxl_domain_config *config, const char *name, char *backing))
{
    char *path = world_path("store/local/domain/%u/device/%s", domid, kind);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char node[384];
        path_of(node, domid, kind, entry->d_name);
        char *backing = entry->d_name[0] == '.' ? NULL : store_read(node, NULL);
        if (backing && !has(config, entry->d_name)) {
            make(config, entry->d_name, backing);
        } else {
            free(backing);
        }
    }
    if (dir) {
        closedir(dir);
    }
    free(path);
}

void
devices_into_config(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid)
{
    char text[18];
    int disks = 0, nics = 0;
    for (int i = 0; i < config->num_disks; i++) {
        if (devices_has(domid, "disk", config->disks[i].vdev)) {
            config->disks[disks++] = config->disks[i];
        }
    }
    config->num_disks = disks;
    for (int i = 0; i < config->num_nics; i++) {
        mac_text(text, config->nics[i].mac);
        if (devices_has(domid, "nic", text)) {
            config->nics[nics++] = config->nics[i];
        }
    }
    config->num_nics = nics;
    add_all(config, domid, "disk", has_disk, add_disk);
    add_all(config, domid, "nic", has_nic, add_nic);
    numbered_into_config(ctx, config, domid);
}

int
libxl_device_disk_add(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                      const libxl_asyncop_how *how)
{
    return devices_add(ctx, "libxl_device_disk_add", domid, "disk", disk->vdev, disk->pdev_path);
}

int
libxl_vdev_to_device_disk(libxl_ctx *ctx, uint32_t domid, const char *vdev, libxl_device_disk *disk)
{
    if (!devices_has(domid, "disk", vdev)) {
        return ERROR_INVAL;
    }
    disk->vdev = strdup(vdev);
    return 0;
}

int
libxl_device_disk_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                         const libxl_asyncop_how *how)
{
    return devices_take(ctx, "libxl_device_disk_remove", domid, "disk", disk->vdev);
}

int
libxl_cdrom_insert(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                   const libxl_asyncop_how *how)
{
    int rc = fault_at(ctx, "libxl_cdrom_insert", (int)domid);
    if (rc == 0 && !devices_has(domid, "disk", disk->vdev)) {
        rc = ERROR_FAIL;
    }
    if (rc == 0) {
        devices_put(domid, "disk", disk->vdev, disk->pdev_path);
    }
    return rc;
}

int
libxl_device_nic_add(libxl_ctx *ctx, uint32_t domid, libxl_device_nic *nic,
                     const libxl_asyncop_how *how)
{
    char text[18];
    mac_text(text, nic->mac);
    return devices_add(ctx, "libxl_device_nic_add", domid, "nic", text, nic->bridge);
}

int
libxl_mac_to_device_nic(libxl_ctx *ctx, uint32_t domid, const char *mac, libxl_device_nic *nic)
{
    unsigned int bytes[6];
    if (!devices_has(domid, "nic", mac) ||
        sscanf(mac, "%x:%x:%x:%x:%x:%x", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4],
               &bytes[5]) != 6) {
        return ERROR_INVAL;
    }
    for (int i = 0; i < 6; i++) {
        nic->mac[i] = (uint8_t)bytes[i];
    }
    return 0;
}

int
libxl_device_nic_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_nic *nic,
                        const libxl_asyncop_how *how)
{
    char text[18];
    mac_text(text, nic->mac);
    return devices_take(ctx, "libxl_device_nic_remove", domid, "nic", text);
}

/* QEMU's monitor for people. A screen is "P6". What is sent is kept in the guest's node "keys". */
int
libxl_qemu_monitor_command(libxl_ctx *ctx, uint32_t domid, const char *command, char **output,
                           const libxl_asyncop_how *how)
{
    int rc = fault_at(ctx, "libxl_qemu_monitor_command", (int)domid);
    if (rc != 0) {
        return rc;
    }
    if (strncmp(command, "screendump ", 11) == 0) {
        FILE *file = fopen(command + 11, "w");
        if (file) {
            fputs("P6 1 1 255 abc", file);
            fclose(file);
        }
        *output = strdup("");
    } else if (strncmp(command, "sendkey ", 8) == 0) {
        char path[96];
        snprintf(path, sizeof(path), "/local/domain/%u/keys", domid);
        store_write(path, command + 8);
        *output = strdup(strstr(command, "0x1c") ? "invalid parameter: 0x1c\r\n" : "");
    } else {
        *output = strdup("VM status: running\r\n");
    }
    return 0;
}
