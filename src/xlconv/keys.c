/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of key rows. */
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/key.h"

const XlcTopic *const xlc_topics[] = {
    &xlc_topic_general, &xlc_topic_os,       &xlc_topic_memory,   &xlc_topic_cpu,
    &xlc_topic_sched,   &xlc_topic_features, &xlc_topic_clock,    &xlc_topic_disk,
    &xlc_topic_nic,     &xlc_topic_chardev,  &xlc_topic_graphics, &xlc_topic_video,
    &xlc_topic_input,   &xlc_topic_hostdev,  &xlc_topic_numa,     &xlc_topic_usb,
    &xlc_topic_tpm,     &xlc_topic_fs,       &xlc_topic_events,
};
const guint xlc_n_topics = G_N_ELEMENTS(xlc_topics);

/* All rows, and their places by name. Made once and never freed. */
typedef struct {
    GPtrArray *rows;
    GHashTable *places; /* from 1 */
} Registry;

static gpointer
make_registry(gpointer unused)
{
    Registry *registry = g_new0(Registry, 1);

    registry->rows = g_ptr_array_new();
    registry->places = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const XlcKey *row = &xlc_topics[t]->keys[k];

            g_ptr_array_add(registry->rows, (gpointer)row);
            g_hash_table_insert(registry->places, (gpointer)row->key,
                                GUINT_TO_POINTER(registry->rows->len));
        }
    }
    return registry;
}

static const Registry *
get_registry(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, make_registry, NULL);
}

const XlcKey *const *
xlc_key_all(guint *ret_n)
{
    const Registry *registry = get_registry();

    *ret_n = registry->rows->len;
    return (const XlcKey *const *)registry->rows->pdata;
}

int
xlc_key_index(const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(get_registry()->places, name)) - 1;
}

const XlcKey *
xlc_key_find(const char *name)
{
    int index = xlc_key_index(name);

    return index >= 0 ? get_registry()->rows->pdata[index] : NULL;
}

/* "cpu_cap" for "cap": a word put before the key. */
static gboolean
ends_with_key(const char *name, const char *key)
{
    gsize n_name = strlen(name), n_key = strlen(key);

    return n_name > n_key && name[n_name - n_key - 1] == '_' && g_str_has_suffix(name, key);
}

const char *
xlc_key_nearest(const char *name)
{
    DomNearest nearest = DOM_NEAREST(name);

    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            const char *key = xlc_topics[t]->keys[k].key;

            if (ends_with_key(name, key))
                return key;
            dom_nearest_try(&nearest, key);
        }
    }
    return nearest.word;
}

const XlcKey *
xlc_key_of_record(const DomRecord *record)
{
    guint n;
    const XlcKey *const *keys = xlc_key_all(&n);

    for (guint i = 0; i < n; i++) {
        const XlcCodec *codec = keys[i]->codec;

        if (codec != NULL && codec->record != NULL && *codec->record == record)
            return keys[i];
    }
    return NULL;
}

const char *
xlc_status_name(XlcStatus status)
{
    static const char *const names[] = { "mapped", "alias", "deprecated", "kept" };

    return names[status];
}
