/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/compare.h"

#include <string.h>

#include "xlconv/kept.h"
#include "xlconv/vfb.h"

char *
xlc_key_text(const XlcKey *key, const DomDef *def, GError **error)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();

    xlc_key_format(key, def, writer);
    return xlc_writer_finish(writer, NULL, error);
}

gboolean
xlc_key_is_said(const XlcKey *key, const DomDef *def)
{
    g_autofree char *text = xlc_key_text(key, def, NULL);

    return text != NULL && *text != '\0';
}

static void
difference_free(gpointer data)
{
    XlcDifference *difference = data;

    g_free(difference->key);
    g_free(difference->a);
    g_free(difference->b);
    g_free(difference);
}

/* Both models, and where their keys are written one at a time. */
typedef struct {
    const DomDef *a;
    const DomDef *b;
    XlcWriter *writer_a;
    XlcWriter *writer_b;
} Sides;

/* Takes @a and @b. */
static void
note(GPtrArray *found, const char *topic, const char *key, const XlcKey *known, char *a, char *b)
{
    XlcDifference *difference = g_new0(XlcDifference, 1);

    difference->topic = topic;
    difference->key = g_strdup(key);
    difference->known = known;
    difference->a = a;
    difference->b = b;
    g_ptr_array_add(found, difference);
}

/* What @def says of @key, borrowed from @writer until it is used again; NULL with the error. */
static const char *
key_said(XlcWriter *writer, const XlcKey *key, const DomDef *def, GError **error)
{
    const char *text;

    xlc_writer_reset(writer);
    xlc_key_format(key, def, writer);
    text = xlc_writer_peek(writer);
    if (text == NULL)
        g_free(xlc_writer_finish(writer, NULL, error));
    return text;
}

static gboolean
compare_key(const char *topic, const XlcKey *key, const Sides *sides, GPtrArray *found,
            GError **error)
{
    const char *text_a = key_said(sides->writer_a, key, sides->a, error);
    const char *text_b = text_a != NULL ? key_said(sides->writer_b, key, sides->b, error) : NULL;

    if (text_b == NULL)
        return FALSE;
    if (!g_str_equal(text_a, text_b))
        note(found, topic, key->key, key, g_strdup(text_a), g_strdup(text_b));
    return TRUE;
}

/* Adds what @line assigns, spelled as the writer does; not what @def beats, since it counts for
 * nothing. */
static gboolean
add_kept(const DomDef *def, const char *line, GHashTable *texts, GError **error)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(line, strlen(line), NULL, error);

    for (guint i = 0; doc != NULL && i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);
        g_autoptr(XlcWriter) writer = xlc_writer_new();
        char *text;

        if (xlc_kept_is_beaten(def, entry->key))
            continue;
        xlc_kept_put(writer, entry);
        text = xlc_writer_finish(writer, NULL, error);
        if (text == NULL)
            return FALSE;
        g_hash_table_replace(texts, g_strdup(entry->key), text);
    }
    return doc != NULL;
}

/* Key to text of all assignments that are only kept; NULL with the error. */
static GHashTable *
kept_texts(const DomDef *def, GError **error)
{
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (char **line = def->metadata.unmapped; line != NULL && *line != NULL; line++) {
        if (!add_kept(def, *line, texts, error))
            return NULL;
    }
    return g_steal_pointer(&texts);
}

static char *
text_of(GHashTable *texts, const char *key)
{
    const char *text = g_hash_table_lookup(texts, key);

    return g_strdup(text != NULL ? text : "");
}

gboolean
xlc_compare_kept(const DomDef *a, const DomDef *b, GPtrArray *found, GError **error)
{
    g_autoptr(GHashTable) texts_a = kept_texts(a, error);
    g_autoptr(GHashTable) texts_b = texts_a != NULL ? kept_texts(b, error) : NULL;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GList) sorted = NULL;
    GHashTableIter iter;
    gpointer key;

    if (texts_b == NULL)
        return FALSE;
    for (g_hash_table_iter_init(&iter, texts_a); g_hash_table_iter_next(&iter, &key, NULL);)
        g_hash_table_add(names, key);
    for (g_hash_table_iter_init(&iter, texts_b); g_hash_table_iter_next(&iter, &key, NULL);)
        g_hash_table_add(names, key);
    sorted = g_list_sort(g_hash_table_get_keys(names), (GCompareFunc)strcmp);
    for (GList *name = sorted; name != NULL; name = name->next) {
        g_autofree char *text_a = text_of(texts_a, name->data);
        g_autofree char *text_b = text_of(texts_b, name->data);

        if (!g_str_equal(text_a, text_b))
            note(found, XLC_TOPIC_KEPT, name->data, NULL, g_steal_pointer(&text_a),
                 g_steal_pointer(&text_b));
    }
    return TRUE;
}

GPtrArray *
xlc_compare_known(const DomDef *a, const DomDef *b, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(difference_free);
    g_autoptr(XlcWriter) writer_a = xlc_writer_new();
    g_autoptr(XlcWriter) writer_b = xlc_writer_new();
    g_autoptr(DomDef) made_a = NULL;
    g_autoptr(DomDef) made_b = NULL;
    const Sides sides = { xlc_vfb_said(a, &made_a), xlc_vfb_said(b, &made_b), writer_a, writer_b };

    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            if (!compare_key(xlc_topics[t]->topic, &xlc_topics[t]->keys[k], &sides, found, error))
                return NULL;
        }
    }
    return g_steal_pointer(&found);
}

GPtrArray *
xlc_compare(const DomDef *a, const DomDef *b, GError **error)
{
    g_autoptr(GPtrArray) found = xlc_compare_known(a, b, error);

    if (found == NULL || !xlc_compare_kept(a, b, found, error))
        return NULL;
    return g_steal_pointer(&found);
}

static char *
item_text(const XlcValue *item)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autofree char *text = NULL;

    xlc_writer_open(writer, "x");
    xlc_writer_item_value(writer, item);
    xlc_writer_close(writer);
    text = xlc_writer_finish(writer, NULL, NULL);
    if (text == NULL)
        return g_strdup("");
    *strrchr(text, ']') = '\0';
    return g_strdup(g_strstrip(strchr(text, '[') + 1));
}

GPtrArray *
xlc_item_texts(const XlcValue *list)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < list->n_items; i++)
        g_ptr_array_add(texts, item_text(list->items[i]));
    return texts;
}
