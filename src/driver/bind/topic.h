/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A topic of the binding: its rows, a pair of hooks for what rows cannot say, and its device list
 * where it has one. The list of all topics is in bind.c.
 */
#pragma once

#include "driver/bind/row.h"

/* What a walk knows beside the row. */
typedef struct {
    const DomDef *def;
    const BindHost *host;
    DomType type;        /* never absent */
    DomComplaint *wrong; /* gets the device that cannot be bound; NULL: nobody asks */
} BindContext;

/*
 * A list of devices: a GPtrArray of records in DomDef, an array with a count in
 * libxl_domain_config. Hooks run after the device's rows and may be NULL.
 *
 * libxl numbers the devices of a kind; a number that the model does not give is the place in the
 * list.
 */
typedef struct {
    gsize list;  /* of the GPtrArray in DomDef */
    gsize array; /* of the array's pointer in libxl_domain_config */
    gsize count; /* of its count, an int */
    gsize size;  /* of one of libxl's devices */
    gsize devid; /* offset of the device's number; 0: it has none */
    void (*init)(gpointer device);
    void (*dispose)(gpointer device);
    const DomRecord *record;
    const BindRow *rows;
    guint n_rows;
    gboolean (*apply)(const BindContext *context, gconstpointer record, gpointer device,
                      GError **error);
    void (*read)(gconstpointer device, gpointer record);
    /* How many of the first devices come from elsewhere in the model. NULL: none. */
    guint (*implied)(const libxl_domain_config *config);
} BindList;

/* Offsets of a list, checked: @devices is the array member, its count is num_@devices. */
#define BIND_LIST_OF(devices_in_def, devices, type)                                                \
    .list = DOM_TYPED_OFFSET(DomDef, devices_in_def, GPtrArray *),                                 \
    .array = DOM_TYPED_OFFSET(libxl_domain_config, devices, type *),                               \
    .count = DOM_TYPED_OFFSET(libxl_domain_config, num_##devices, int), .size = sizeof(type),      \
    .init = type##_init_any, .dispose = type##_dispose_any

/* libxl's functions for @type in the form that a BindList has them. */
#define BIND_DEVICE_TYPE(type)                                                                     \
    static void type##_init_any(gpointer device)                                                   \
    {                                                                                              \
        type##_init(device);                                                                       \
    }                                                                                              \
    static void type##_dispose_any(gpointer device)                                                \
    {                                                                                              \
        type##_dispose(device);                                                                    \
    }                                                                                              \
    G_STATIC_ASSERT(sizeof(type) > 0)

#define BIND_DEVID(type) .devid = DOM_TYPED_OFFSET(type, devid, libxl_devid)

typedef struct {
    const char *name; /* the topic's word */
    const BindRow *rows;
    guint n_rows;
    const BindList *const *lists; /* NULL-terminated; NULL: none */
    /* Run after the rows and the lists, in both directions. */
    gboolean (*apply)(const BindContext *context, libxl_domain_config *config, GError **error);
    void (*read)(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def);
} BindTopic;

extern const BindTopic bind_topic_general;
extern const BindTopic bind_topic_os;
extern const BindTopic bind_topic_memory;
extern const BindTopic bind_topic_numa;
extern const BindTopic bind_topic_cpu;
extern const BindTopic bind_topic_clock;
extern const BindTopic bind_topic_features;
extern const BindTopic bind_topic_events;
extern const BindTopic bind_topic_sched;
extern const BindTopic bind_topic_disk;
extern const BindTopic bind_topic_nic;
extern const BindTopic bind_topic_chardev;
extern const BindTopic bind_topic_graphics;
extern const BindTopic bind_topic_video;
extern const BindTopic bind_topic_input;
extern const BindTopic bind_topic_hostdev;
extern const BindTopic bind_topic_usb;
extern const BindTopic bind_topic_tpm;
extern const BindTopic bind_topic_fs;

/* All of them, in the order they are applied: type before what depends on it. */
extern const BindTopic *const bind_topics[];
extern const guint bind_n_topics;

/*
 * What @def becomes in libxl's config, read back (transfer full). A topic that xl refuses is left
 * out and added to @refused, of BindTopic.
 */
DomDef *bind_and_read(const DomDef *def, GPtrArray *refused);

/*
 * Appends a device to @config's array at @array with its count at @count, and returns it, zeroed;
 * the caller initialises it. Memory is libc's, as libxl frees it.
 */
gpointer bind_array_add(gpointer *array, int *count, gsize size);
/* A copy that free() takes; NULL for NULL. */
char *bind_strdup(const char *text);
/* A uuid in its text form; NULL, which leaves it nil, is fine. */
gboolean bind_uuid_apply(const char *text, libxl_uuid *uuid, GError **error);
/* Its text (transfer full); NULL when it is nil. */
char *bind_uuid_read(const libxl_uuid *uuid);
/* Six pairs of hexadecimal digits with colons; NULL, which leaves @mac as it is, is fine. */
gboolean bind_mac_apply(const char *text, libxl_mac mac, GError **error);
/* An empty bitmap that holds @n_bits, for libxl_bitmap_dispose. */
void bind_bitmap_alloc(libxl_bitmap *bitmap, guint n_bits);
