/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stdlib.h>

#include <libxl_utils.h>

#include "driver/error.h"
#include "driver/retrieve.h"
#include "driver/text.h"

char *
drv_retrieve_userdata(DrvXen *xen, uint32_t domid, const char *word)
{
    uint8_t *data = NULL;
    int length = 0;
    gboolean found =
        libxl_userdata_retrieve(xen->ctx, domid, word, &data, &length) == 0 && length > 0;
    char *text = found ? g_strndup((const char *)data, (gsize)length) : NULL;
    free(data);
    return text;
}

/* The elements are libxl's, which frees them with free(). */
static void
reserve(void **array, int count, size_t size)
{
    *array = reallocarray(*array, (size_t)MAX(count, 1), size);
    if (!*array) {
        g_error("out of memory");
    }
}

/* libxl 4.17 holds USB devices against a list without addresses, and takes them all for gone. */
static void
list_usbdevs(DrvXen *xen, uint32_t domid, libxl_domain_config *config)
{
    int count = 0;
    libxl_device_usbdev *devices = libxl_device_usbdev_list(xen->ctx, domid, &count);
    for (int i = 0; i < config->num_usbdevs; i++) {
        libxl_device_usbdev_dispose(&config->usbdevs[i]);
    }
    reserve((void **)&config->usbdevs, count, sizeof(*config->usbdevs));
    for (int i = 0; i < count; i++) {
        libxl_device_usbdev_init(&config->usbdevs[i]);
        libxl_device_usbdev_copy(xen->ctx, &config->usbdevs[i], &devices[i]);
    }
    config->num_usbdevs = count;
    libxl_device_usbdev_list_free(devices, count);
}

/* Adds those that libxl lists and has not kept: a controller that it made for a device, a keyboard
 * that came later. The keyboards that libxl makes by itself have no id. */
#define ADD_LISTED(word, is_wanted)                                                                \
    static void add_##word##s(DrvXen *xen, uint32_t domid, libxl_domain_config *config)            \
    {                                                                                              \
        int count = 0;                                                                             \
        libxl_device_##word *listed = libxl_device_##word##_list(xen->ctx, domid, &count);         \
        for (int i = 0; i < count; i++) {                                                          \
            int j = 0;                                                                             \
            while (j < config->num_##word##s && config->word##s[j].devid != listed[i].devid) {     \
                j++;                                                                               \
            }                                                                                      \
            if (j < config->num_##word##s || !(is_wanted)) {                                       \
                continue;                                                                          \
            }                                                                                      \
            reserve((void **)&config->word##s, j + 1, sizeof(config->word##s[0]));                 \
            libxl_device_##word##_init(&config->word##s[j]);                                       \
            libxl_device_##word##_copy(xen->ctx, &config->word##s[j], &listed[i]);                 \
            config->num_##word##s++;                                                               \
        }                                                                                          \
        libxl_device_##word##_list_free(listed, count);                                            \
    }

ADD_LISTED(usbctrl, TRUE)
ADD_LISTED(vkb, listed[i].unique_id)

/* libxl keeps keyboards that are gone. */
static void
drop_vkbs(DrvXen *xen, uint32_t domid, libxl_domain_config *config)
{
    int kept = 0;
    for (int i = 0; i < config->num_vkbs; i++) {
        libxl_device_vkb found;
        if (!config->vkbs[i].unique_id ||
            libxl_devid_to_device_vkb(xen->ctx, domid, config->vkbs[i].devid, &found) == 0) {
            config->vkbs[kept++] = config->vkbs[i];
        } else {
            libxl_device_vkb_dispose(&config->vkbs[i]);
        }
    }
    config->num_vkbs = kept;
}

gboolean
drv_retrieve_config(DrvXen *xen, uint32_t domid, libxl_domain_config *ret_config, GError **error)
{
    libxl_domain_config_init(ret_config);
    if (libxl_retrieve_domain_configuration(xen->ctx, domid, ret_config, NULL) != 0) {
        libxl_domain_config_dispose(ret_config);
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("libxl does not tell the configuration of domain %u"), domid);
    }
    list_usbdevs(xen, domid, ret_config);
    add_usbctrls(xen, domid, ret_config);
    drop_vkbs(xen, domid, ret_config);
    add_vkbs(xen, domid, ret_config);
    return TRUE;
}
