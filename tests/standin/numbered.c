/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices that libxl numbers, and USB devices behind those of them that are controllers: each is
 * kept as libxl's JSON of it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_utils.h>

#include "devices.h"
#include "faults.h"

#define MOST 64

static void
number_text(char text[static 16], int number)
{
    snprintf(text, 16, "%d", number);
}

static int
free_number(uint32_t domid, const char *kind)
{
    char name[16];
    int number = 0;
    for (number_text(name, 0); devices_has(domid, kind, name); number_text(name, number)) {
        number++;
    }
    return number;
}

static bool
is_hvm(uint32_t domid)
{
    const Guest *guest = world_guest(world_lock(), domid);
    bool hvm = guest && guest->type == LIBXL_DOMAIN_TYPE_HVM;
    world_unlock();
    return hvm;
}

/* QEMU has a controller for each version of USB, each with ports of its own. */
static void
choose_controller(uint32_t domid, libxl_device_usbctrl *device)
{
    static const int emulated_ports[] = { 6, 2, 6, 8 };
    if (device->type == LIBXL_USBCTRL_TYPE_AUTO) {
        device->type = is_hvm(domid) ? LIBXL_USBCTRL_TYPE_DEVICEMODEL : LIBXL_USBCTRL_TYPE_QUSB;
    }
    if (device->ports == 0) {
        device->ports = device->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL
                            ? emulated_ports[device->version & 3]
                            : 8;
    }
}

#define NUMBERED_AS(word, prepare)                                                                 \
    int libxl_devid_to_device_##word(libxl_ctx *ctx, uint32_t domid, int devid,                    \
                                     libxl_device_##word *device)                                  \
    {                                                                                              \
        char name[16];                                                                             \
        number_text(name, devid);                                                                  \
        char *json = devices_read(domid, #word, name);                                             \
        libxl_device_##word##_init(device);                                                        \
        int rc = json ? libxl_device_##word##_from_json(ctx, device, json) : ERROR_NOTFOUND;       \
        free(json);                                                                                \
        return rc;                                                                                 \
    }                                                                                              \
    int libxl_device_##word##_add(libxl_ctx *ctx, uint32_t domid, libxl_device_##word *device,     \
                                  const libxl_asyncop_how *how)                                    \
    {                                                                                              \
        char name[16];                                                                             \
        prepare;                                                                                   \
        if (device->devid == -1) {                                                                 \
            device->devid = free_number(domid, #word);                                             \
        }                                                                                          \
        number_text(name, device->devid);                                                          \
        char *json = libxl_device_##word##_to_json(ctx, device);                                   \
        int rc = devices_add(ctx, "libxl_device_" #word "_add", domid, #word, name, json);         \
        free(json);                                                                                \
        return rc;                                                                                 \
    }                                                                                              \
    static void put_##word(libxl_ctx *ctx, uint32_t domid, libxl_device_##word *device)            \
    {                                                                                              \
        char name[16];                                                                             \
        prepare;                                                                                   \
        number_text(name, device->devid);                                                          \
        char *json = libxl_device_##word##_to_json(ctx, device);                                   \
        devices_put(domid, #word, name, json);                                                     \
        free(json);                                                                                \
    }

#define NUMBERED(word) NUMBERED_AS(word, (void)0)

#define REMOVED(word)                                                                              \
    int libxl_device_##word##_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_##word *device,  \
                                     const libxl_asyncop_how *how)                                 \
    {                                                                                              \
        char name[16];                                                                             \
        number_text(name, device->devid);                                                          \
        return devices_take(ctx, "libxl_device_" #word "_remove", domid, #word, name);             \
    }

#define LISTED(word)                                                                               \
    libxl_device_##word *libxl_device_##word##_list(libxl_ctx *ctx, uint32_t domid, int *count)    \
    {                                                                                              \
        libxl_device_##word *list = calloc(MOST, sizeof(*list));                                   \
        *count = 0;                                                                                \
        for (int i = 0; list && i < MOST; i++) {                                                   \
            *count += libxl_devid_to_device_##word(ctx, domid, i, &list[*count]) == 0 ? 1 : 0;     \
        }                                                                                          \
        return list;                                                                               \
    }                                                                                              \
    void libxl_device_##word##_list_free(libxl_device_##word *list, int count)                     \
    {                                                                                              \
        for (int i = 0; i < count; i++) {                                                          \
            libxl_device_##word##_dispose(&list[i]);                                               \
        }                                                                                          \
        free(list);                                                                                \
    }

/* libxl keeps these with the guest, and knows which are there. */
#define KEPT(word)                                                                                 \
    static void tell_##word(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid)           \
    {                                                                                              \
        for (int i = 0; i < config->num_##word##s; i++) {                                          \
            libxl_device_##word##_dispose(&config->word##s[i]);                                    \
        }                                                                                          \
        free(config->word##s);                                                                     \
        config->word##s = libxl_device_##word##_list(ctx, domid, &config->num_##word##s);          \
    }

NUMBERED_AS(usbctrl, choose_controller(domid, device))
LISTED(usbctrl)
KEPT(usbctrl)
NUMBERED(vtpm)
REMOVED(vtpm)
LISTED(vtpm)
KEPT(vtpm)
NUMBERED(vsnd)
REMOVED(vsnd)
LISTED(vsnd)
KEPT(vsnd)
NUMBERED(vdispl)
REMOVED(vdispl)
LISTED(vdispl)
KEPT(vdispl)
NUMBERED(vkb)
REMOVED(vkb)
LISTED(vkb)

static void
usb_text(char text[static 16], const libxl_device_usbdev *device)
{
    snprintf(text, 16, "%u.%u", device->u.hostdev.hostbus, device->u.hostdev.hostaddr);
}

libxl_device_usbdev *
libxl_device_usbdev_list(libxl_ctx *ctx, uint32_t domid, int *count)
{
    libxl_device_usbdev *list = calloc(MOST, sizeof(*list));
    *count = 0;
    for (unsigned int i = 0; list && i < MOST; i++) {
        char name[16];
        libxl_device_usbdev place = { .u.hostdev = { .hostbus = i / 8, .hostaddr = i % 8 } };
        usb_text(name, &place);
        char *json = devices_read(domid, "usbdev", name);
        if (json) {
            libxl_device_usbdev_init(&list[*count]);
            libxl_device_usbdev_from_json(ctx, &list[*count], json);
            (*count)++;
        }
        free(json);
    }
    return list;
}

void
libxl_device_usbdev_list_free(libxl_device_usbdev *list, int count)
{
    for (int i = 0; i < count; i++) {
        libxl_device_usbdev_dispose(&list[i]);
    }
    free(list);
}

/* One without a controller gets the first one, which is made where there is none: for an HVM guest
 * in libxl's books alone, so that QEMU does not find it. */
static int
choose_port(libxl_ctx *ctx, uint32_t domid, libxl_device_usbdev *device)
{
    char name[16];
    device->type = LIBXL_USBDEV_TYPE_HOSTDEV;
    number_text(name, device->ctrl == -1 ? 0 : device->ctrl);
    if (!devices_has(domid, "usbctrl", name)) {
        libxl_device_usbctrl made;
        if (device->ctrl != -1) {
            return ERROR_FAIL;
        }
        libxl_device_usbctrl_init(&made);
        made.devid = 0;
        put_usbctrl(ctx, domid, &made);
        libxl_device_usbctrl_dispose(&made);
        if (is_hvm(domid)) {
            return ERROR_FAIL;
        }
    }
    if (device->ctrl == -1) {
        device->ctrl = 0;
    }
    if (device->port == 0) {
        int count;
        libxl_device_usbdev *list = libxl_device_usbdev_list(ctx, domid, &count);
        libxl_device_usbdev_list_free(list, count);
        device->port = count + 1;
    }
    return 0;
}

int
libxl_device_usbdev_add(libxl_ctx *ctx, uint32_t domid, libxl_device_usbdev *device,
                        const libxl_asyncop_how *how)
{
    char name[16];
    usb_text(name, device);
    int rc = choose_port(ctx, domid, device);
    if (rc == 0) {
        char *json = libxl_device_usbdev_to_json(ctx, device);
        rc = devices_add(ctx, "libxl_device_usbdev_add", domid, "usbdev", name, json);
        free(json);
    }
    return rc;
}

int
libxl_device_usbdev_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_usbdev *device,
                           const libxl_asyncop_how *how)
{
    char name[16];
    usb_text(name, device);
    return device->ctrl < 0 || device->port < 1
               ? ERROR_FAIL
               : devices_take(ctx, "libxl_device_usbdev_remove", domid, "usbdev", name);
}

/* What is behind it goes with it. */
int
libxl_device_usbctrl_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_usbctrl *device,
                            const libxl_asyncop_how *how)
{
    char name[16];
    int count;
    libxl_device_usbdev *behind = libxl_device_usbdev_list(ctx, domid, &count);
    for (int i = 0; i < count; i++) {
        if (behind[i].ctrl == device->devid) {
            libxl_device_usbdev_remove(ctx, domid, &behind[i], NULL);
        }
    }
    libxl_device_usbdev_list_free(behind, count);
    number_text(name, device->devid);
    return devices_take(ctx, "libxl_device_usbctrl_remove", domid, "usbctrl", name);
}

#define PUT_ALL(word)                                                                              \
    for (int i = 0; i < config->num_##word##s; i++) {                                              \
        put_##word(ctx, domid, &config->word##s[i]);                                               \
    }

void
numbered_of_config(libxl_ctx *ctx, const libxl_domain_config *config, uint32_t domid)
{
    PUT_ALL(usbctrl)
    PUT_ALL(vtpm)
    PUT_ALL(vsnd)
    PUT_ALL(vdispl)
    PUT_ALL(vkb)
    for (int i = 0; i < config->num_usbdevs; i++) {
        char name[16];
        libxl_device_usbdev device = config->usbdevs[i];
        choose_port(ctx, domid, &device);
        usb_text(name, &device);
        char *json = libxl_device_usbdev_to_json(ctx, &device);
        devices_put(domid, "usbdev", name, json);
        free(json);
    }
}

/* Keyboards are those that the guest began with, and USB devices none, as in libxl 4.17. */
void
numbered_into_config(libxl_ctx *ctx, libxl_domain_config *config, uint32_t domid)
{
    tell_usbctrl(ctx, config, domid);
    tell_vtpm(ctx, config, domid);
    tell_vsnd(ctx, config, domid);
    tell_vdispl(ctx, config, domid);
    for (int i = 0; i < config->num_usbdevs; i++) {
        libxl_device_usbdev_dispose(&config->usbdevs[i]);
    }
    config->num_usbdevs = 0;
}
