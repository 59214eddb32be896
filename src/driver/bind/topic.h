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
    DomType type; /* never absent */
} BindContext;

/*
 * A list of devices: a GPtrArray of records in DomDef, an array with a count in
 * libxl_domain_config. Hooks run after the device's rows and may be NULL.
 */
typedef struct {
    gsize list;  /* of the GPtrArray in DomDef */
    gsize array; /* of the array's pointer in libxl_domain_config */
    gsize count; /* of its count, an int */
    gsize size;  /* of one of libxl's devices */
    void (*init)(gpointer device);
    void (*dispose)(gpointer device);
    const DomRecord *record;
    const BindRow *rows;
    guint n_rows;
    gboolean (*apply)(const BindContext *context, gconstpointer record, guint index,
                      gpointer device, GError **error);
    void (*read)(gconstpointer device, guint index, gpointer record);
} BindList;

/* Offsets of a list, checked: @devices is the array member, its count is num_@devices. */
#define BIND_LIST_OF(devices_in_def, devices, type)                                                \
    .list = DOM_TYPED_OFFSET(DomDef, devices_in_def, GPtrArray *),                                 \
    .array = DOM_TYPED_OFFSET(libxl_domain_config, devices, type *),                               \
    .count = DOM_TYPED_OFFSET(libxl_domain_config, num_##devices, int), .size = sizeof(type)

typedef struct {
    const char *name; /* the topic's word */
    const BindRow *rows;
    guint n_rows;
    const BindList *list;
    /* Run after the rows and the list, in both directions. */
    gboolean (*apply)(const BindContext *context, libxl_domain_config *config, GError **error);
    void (*read)(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def);
} BindTopic;

extern const BindTopic bind_topic_general;
extern const BindTopic bind_topic_os;
extern const BindTopic bind_topic_memory;
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

/* All of them, in the order they are applied: type before what depends on it. */
extern const BindTopic *const bind_topics[];
extern const guint bind_n_topics;

/*
 * Appends a device to @config's array at @array with its count at @count, and returns it, zeroed;
 * the caller initialises it. Memory is libc's, as libxl frees it.
 */
gpointer bind_array_add(gpointer *array, int *count, gsize size);
/* A copy that free() takes; NULL for NULL. */
char *bind_strdup(const char *text);
/* An empty bitmap that holds @n_bits, for libxl_bitmap_dispose. */
void bind_bitmap_alloc(libxl_bitmap *bitmap, guint n_bits);
