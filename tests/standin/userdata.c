/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Texts that are kept with a guest, and places that libxl finds for its callers. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "devices.h"
#include "faults.h"
#include "store.h"
#include "userdata.h"

#define CONFIG_WORD "libxl-json"

static bool
write_text(uint32_t domid, const char *word, const void *data, size_t length)
{
    char *path = world_path("userdata/%u.%s", domid, word);
    char *temporary = world_path("userdata/%u.%s.new", domid, word);
    FILE *stream = fopen(temporary, "we");
    bool written = stream && fwrite(data, 1, length, stream) == length;
    written = stream && fclose(stream) == 0 && written && rename(temporary, path) == 0;
    free(temporary);
    free(path);
    return written;
}

/* With a terminating zero that @ret_length does not count. */
static char *
read_text(uint32_t domid, const char *word, size_t *ret_length)
{
    char *path = world_path("userdata/%u.%s", domid, word);
    FILE *stream = fopen(path, "re");
    free(path);
    if (!stream) {
        return NULL;
    }
    fseek(stream, 0, SEEK_END);
    long size = ftell(stream);
    rewind(stream);
    char *text = calloc(1, (size_t)size + 1);
    *ret_length = fread(text, 1, (size_t)size, stream);
    fclose(stream);
    return text;
}

void
userdata_store_config(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config)
{
    char *json = libxl_domain_config_to_json(ctx, config);
    if (!json || !write_text(domid, CONFIG_WORD, json, strlen(json))) {
        context_say(ctx, errno, "Domain %u:cannot keep the configuration", domid);
    }
    free(json);
}

int
libxl_userdata_store(libxl_ctx *ctx, uint32_t domid, const char *word, const uint8_t *data,
                     int length)
{
    int rc = fault_at(ctx, "libxl_userdata_store", (int)domid);
    if (rc == 0 && length == 0) {
        return libxl_userdata_unlink(ctx, domid, word);
    }
    if (rc == 0 && !write_text(domid, word, data, (size_t)length)) {
        rc = ERROR_FAIL;
    }
    return rc;
}

int
libxl_userdata_retrieve(libxl_ctx *ctx, uint32_t domid, const char *word, uint8_t **data_r,
                        int *length_r)
{
    int rc = fault_at(ctx, "libxl_userdata_retrieve", (int)domid);
    size_t length = 0;
    char *text = rc == 0 ? read_text(domid, word, &length) : NULL;
    if (length_r) {
        *length_r = (int)length;
    }
    if (data_r) {
        *data_r = (uint8_t *)text;
    } else {
        free(text);
    }
    return rc;
}

int
libxl_userdata_unlink(libxl_ctx *ctx, uint32_t domid, const char *word)
{
    char *path = world_path("userdata/%u.%s", domid, word);
    int rc = unlink(path) == 0 || errno == ENOENT ? 0 : ERROR_FAIL;
    free(path);
    return rc;
}

typedef struct {
    uint32_t domid;
    libxl_domain_config *config;
} Retrieve;

/* As libxl: what was kept, with what the guest has now. */
static void
refresh(libxl_domain_config *config, uint32_t domid)
{
    World *world = world_lock();
    const Guest *guest = world_guest(world, domid);
    if (guest) {
        free(config->c_info.name);
        config->c_info.name = strdup(guest->name);
        config->b_info.target_memkb = guest->target_memkb;
        config->b_info.max_memkb = guest->max_memkb;
        for (uint32_t i = 0; i < guest->n_vcpus && config->b_info.avail_vcpus.size; i++) {
            (world_vcpus(world, guest)[i].online ? libxl_bitmap_set : libxl_bitmap_reset)(
                &config->b_info.avail_vcpus, (int)i);
        }
    }
    world_unlock();
}

static int
retrieve_work(libxl_ctx *ctx, void *args)
{
    const Retrieve *call = args;
    size_t length;
    char *json = read_text(call->domid, CONFIG_WORD, &length);
    if (!json) {
        context_say(ctx, 0, "Domain %u:no configuration is kept", call->domid);
        return ERROR_JSON_CONFIG_EMPTY;
    }
    int rc = libxl_domain_config_from_json(ctx, call->config, json);
    free(json);
    if (rc == 0) {
        refresh(call->config, call->domid);
        devices_into_config(ctx, call->config, call->domid);
    }
    return rc;
}

int
libxl_retrieve_domain_configuration(libxl_ctx *ctx, uint32_t domid, libxl_domain_config *config,
                                    const libxl_asyncop_how *how)
{
    Retrieve call = { domid, config };
    return context_run(ctx, "libxl_retrieve_domain_configuration", (int)domid, retrieve_work, &call,
                       sizeof(call), how);
}

static int
read_place(libxl_ctx *ctx, const char *point, uint32_t domid, const char *key, char **value)
{
    char path[96];
    int rc = fault_at(ctx, point, (int)domid);
    if (rc != 0) {
        return rc;
    }
    snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, key);
    *value = store_read(path, NULL);
    if (!*value) {
        context_say(ctx, errno, "Domain %u:unable to read %s", domid, key);
    }
    return *value ? 0 : ERROR_FAIL;
}

int
libxl_console_get_tty(libxl_ctx *ctx, uint32_t domid, int number, libxl_console_type type,
                      char **path)
{
    char key[32] = "console/tty";
    if (type == LIBXL_CONSOLE_TYPE_SERIAL) {
        snprintf(key, sizeof(key), "serial/%d/tty", number);
    }
    return read_place(ctx, "libxl_console_get_tty", domid, key, path);
}

int
libxl_primary_console_get_tty(libxl_ctx *ctx, uint32_t domid, char **path)
{
    return read_place(ctx, "libxl_primary_console_get_tty", domid, "console/tty", path);
}
