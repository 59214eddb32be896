/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <malloc.h>
#include <string.h>

const BindHost bind_host_any = {
    .ncpus = 256,
    .nnodes = 8,
    .claim_mode = TRUE,
    .run_hotplug_scripts = TRUE,
    .max_grant_frames = LIBXL_MAX_GRANT_DEFAULT,
    .max_maptrack_frames = LIBXL_MAX_GRANT_DEFAULT,
    .max_grant_version = -1,
};

/* numa counts the vCPUs that cpu pins; input's keyboards come after those of graphics. */
const BindTopic *const bind_topics[] = {
    &bind_topic_general,  &bind_topic_os,      &bind_topic_memory, &bind_topic_numa,
    &bind_topic_cpu,      &bind_topic_sched,   &bind_topic_clock,  &bind_topic_events,
    &bind_topic_features, &bind_topic_disk,    &bind_topic_nic,    &bind_topic_video,
    &bind_topic_graphics, &bind_topic_chardev, &bind_topic_input,  &bind_topic_hostdev,
    &bind_topic_usb,      &bind_topic_tpm,     &bind_topic_fs,
};
const guint bind_n_topics = G_N_ELEMENTS(bind_topics);

static const libxl_domain_type libxl_types[] = {
    [DOM_TYPE_PV] = LIBXL_DOMAIN_TYPE_PV,
    [DOM_TYPE_PVH] = LIBXL_DOMAIN_TYPE_PVH,
    [DOM_TYPE_HVM] = LIBXL_DOMAIN_TYPE_HVM,
};

static gpointer
no_memory(gpointer memory)
{
    if (memory == NULL)
        g_error("out of memory");
    return memory;
}

char *
bind_strdup(const char *text)
{
    return text != NULL ? no_memory(strdup(text)) : NULL;
}

gpointer
bind_array_add(gpointer *array, int *count, gsize size)
{
    gsize wanted = (gsize)*count + 1;
    char *device;

    /* libxl keeps no size beside the count; twice as much each time makes a long list linear */
    if (*array == NULL || malloc_usable_size(*array) / size < wanted)
        *array = no_memory(reallocarray(*array, wanted > 1 ? 2 * wanted : 1, size));
    device = (char *)*array + (gsize)*count * size;
    memset(device, 0, size);
    (*count)++;
    return device;
}

void
bind_bitmap_alloc(libxl_bitmap *bitmap, guint n_bits)
{
    guint bytes = (n_bits + 7) / 8;

    libxl_bitmap_dispose(bitmap);
    bitmap->size = bytes;
    bitmap->map = no_memory(calloc(MAX(bytes, 1), 1));
}

static void
set_devid(const BindList *list, gpointer device, guint index)
{
    if (list->devid != 0)
        *(libxl_devid *)((char *)device + list->devid) = (libxl_devid)index;
}

static gboolean
device_apply(const BindList *list, const BindContext *context, gconstpointer record,
             gpointer device, GError **error)
{
    return bind_rows_apply(list->rows, list->n_rows, context->type, record, device, error) &&
           (list->apply == NULL || list->apply(context, record, device, error));
}

static gboolean
list_apply(const BindList *list, const BindContext *context, libxl_domain_config *config,
           GError **error)
{
    GPtrArray *records = *(GPtrArray *const *)((const char *)context->def + list->list);
    gpointer *array = (gpointer *)((char *)config + list->array);
    int *count = (int *)((char *)config + list->count);

    for (guint i = 0; i < records->len; i++) {
        gconstpointer record = g_ptr_array_index(records, i);
        gpointer device = bind_array_add(array, count, list->size);

        list->init(device);
        set_devid(list, device, i);
        if (!device_apply(list, context, record, device, error)) {
            if (context->wrong != NULL)
                *context->wrong = (DomComplaint){ .record = list->record, .index = i };
            return FALSE;
        }
    }
    return TRUE;
}

static void
list_read(const BindList *list, DomType type, const libxl_domain_config *config, DomDef *def)
{
    GPtrArray *records = *(GPtrArray **)((char *)def + list->list);
    const char *array = *(char *const *)((const char *)config + list->array);
    guint count = (guint) * (const int *)((const char *)config + list->count);
    guint first = list->implied != NULL ? list->implied(config) : 0;
    g_autofree gpointer blank = g_malloc0(list->size);

    list->init(blank);
    for (guint i = first; i < count; i++) {
        gconstpointer device = array + (gsize)i * list->size;
        gpointer record = dom_list_add(records, list->record);

        set_devid(list, blank, i - first);
        bind_rows_read(list->rows, list->n_rows, type, device, blank, record);
        if (list->read != NULL)
            list->read(device, record);
    }
    list->dispose(blank);
}

static gboolean
topic_apply(const BindTopic *topic, const BindContext *context, libxl_domain_config *config,
            GError **error)
{
    if (!bind_rows_apply(topic->rows, topic->n_rows, context->type, context->def, config, error))
        return FALSE;
    for (guint i = 0; topic->lists != NULL && topic->lists[i] != NULL; i++) {
        if (!list_apply(topic->lists[i], context, config, error))
            return FALSE;
    }
    return topic->apply == NULL || topic->apply(context, config, error);
}

static void
topic_read(const BindTopic *topic, DomType type, const libxl_domain_config *config,
           const libxl_domain_config *blank, DomDef *def)
{
    bind_rows_read(topic->rows, topic->n_rows, type, config, blank, def);
    for (guint i = 0; topic->lists != NULL && topic->lists[i] != NULL; i++)
        list_read(topic->lists[i], type, config, def);
    if (topic->read != NULL)
        topic->read(config, blank, def);
}

static void
config_init(libxl_domain_config *config, DomType type)
{
    libxl_domain_config_init(config);
    config->c_info.type = libxl_types[type];
    libxl_domain_build_info_init_type(&config->b_info, config->c_info.type);
}

gboolean
bind_domain_config(const DomDef *def, const BindHost *host, libxl_domain_config *ret_config,
                   GError **error)
{
    BindContext context = {
        .def = def,
        .host = host != NULL ? host : &bind_host_any,
        .type = dom_general_type(def),
    };
    libxl_domain_config config;

    config_init(&config, context.type);
    for (guint i = 0; i < bind_n_topics; i++) {
        if (!topic_apply(bind_topics[i], &context, &config, error)) {
            libxl_domain_config_dispose(&config);
            return FALSE;
        }
    }
    *ret_config = config;
    return TRUE;
}

static DomType
config_type(const libxl_domain_config *config)
{
    for (guint i = 1; i < G_N_ELEMENTS(libxl_types); i++) {
        if (libxl_types[i] == config->c_info.type)
            return (DomType)i;
    }
    return DOM_TYPE_ABSENT;
}

/* Binds what of @def can be bound; adds the topics that are refused to @refused, if that is given.
 */
static void
bind_topics_that_fit(const DomDef *def, DomType type, libxl_domain_config *config,
                     GPtrArray *refused)
{
    BindContext context = { .def = def, .host = &bind_host_any, .type = type };

    config_init(config, type);
    for (guint i = 0; i < bind_n_topics; i++) {
        if (!topic_apply(bind_topics[i], &context, config, NULL) && refused != NULL)
            g_ptr_array_add(refused, (gpointer)bind_topics[i]);
    }
}

/* As many as Xen can be built for (NR_CPUS, NR_NUMA_NODES): nothing that a file names is missing. */
#define MOST_CPUS  16384
#define MOST_NODES 64

GPtrArray *
bind_def_complaints(const DomDef *def)
{
    GPtrArray *complaints = g_ptr_array_new_with_free_func((GDestroyNotify)dom_complaint_free);
    BindHost host = bind_host_any;
    DomComplaint wrong;
    BindContext context = {
        .def = def, .host = &host, .type = dom_general_type(def), .wrong = &wrong
    };
    libxl_domain_config config;

    host.ncpus = MOST_CPUS;
    host.nnodes = MOST_NODES;
    config_init(&config, context.type);
    for (guint i = 0; i < bind_n_topics; i++) {
        GError *error = NULL;

        wrong = (DomComplaint){ 0 };
        if (topic_apply(bind_topics[i], &context, &config, &error))
            continue;
        wrong.error = error;
        g_ptr_array_add(complaints, g_memdup2(&wrong, sizeof(wrong)));
    }
    libxl_domain_config_dispose(&config);
    return complaints;
}

gboolean
bind_def_check(const DomDef *def, GError **error)
{
    g_autoptr(GPtrArray) complaints = bind_def_complaints(def);

    if (complaints->len > 0)
        g_propagate_error(error, g_error_copy(((const DomComplaint *)complaints->pdata[0])->error));
    return complaints->len == 0;
}

/* What an empty definition of that type gives: the fields that are to be read as absent. */
static void
blank_config(libxl_domain_config *blank, DomType type)
{
    g_autoptr(DomDef) empty = dom_def_new();

    bind_topics_that_fit(empty, type, blank, NULL);
}

/* Reads all topics but those of @refused, which may be NULL. */
static void
read_topics(const libxl_domain_config *config, DomType type, GPtrArray *refused, DomDef *def)
{
    libxl_domain_config blank;

    def->general.type = type;
    blank_config(&blank, type);
    for (guint i = 0; i < bind_n_topics; i++) {
        if (refused == NULL || !g_ptr_array_find(refused, bind_topics[i], NULL))
            topic_read(bind_topics[i], type, config, &blank, def);
    }
    libxl_domain_config_dispose(&blank);
}

DomDef *
bind_and_read(const DomDef *def, GPtrArray *refused)
{
    DomDef *back = dom_def_new();
    DomType type = dom_general_type(def);
    libxl_domain_config config;

    bind_topics_that_fit(def, type, &config, refused);
    read_topics(&config, type, refused, back);
    libxl_domain_config_dispose(&config);
    return back;
}

DomDef *
bind_def_from_config(const libxl_domain_config *config, GError **error)
{
    g_autoptr(DomDef) def = dom_def_new();
    DomType type = config_type(config);

    if (type == DOM_TYPE_ABSENT) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                    "the guest is neither PV nor PVH nor HVM");
        return NULL;
    }
    read_topics(config, type, NULL, def);
    return g_steal_pointer(&def);
}
