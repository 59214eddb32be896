/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/vsnd.h"

#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How the value of a key is spelled; parse is FALSE when it is wrong, format NULL when unset. */
typedef struct {
    gboolean (*parse)(const char *text, gpointer field);
    char *(*format)(gconstpointer field);
} VsndKind;

typedef struct {
    const char *key;
    const VsndKind *kind;
    gsize offset;
} VsndOption;

static gboolean
parse_text(const char *text, gpointer field)
{
    char **place = field;

    free(*place);
    *place = bind_strdup(text);
    return TRUE;
}

static char *
format_text(gconstpointer field)
{
    return g_strdup(*(char *const *)field);
}

static const VsndKind kind_text = { parse_text, format_text };

/* The digits that the text begins with, as xl reads them; 0 where it begins with none. */
static gboolean
parse_number(const char *text, gpointer field)
{
    *(uint32_t *)field = (uint32_t)strtoul(text, NULL, 0);
    return TRUE;
}

static char *
format_number(gconstpointer field)
{
    uint32_t number = *(const uint32_t *)field;

    return number != 0 ? g_strdup_printf("%u", number) : NULL;
}

static const VsndKind kind_number = { parse_number, format_number };

static gboolean
parse_stream_type(const char *text, gpointer field)
{
    return libxl_vsnd_stream_type_from_string(text, field) == 0;
}

static char *
format_stream_type(gconstpointer field)
{
    return g_strdup(libxl_vsnd_stream_type_to_string(*(const libxl_vsnd_stream_type *)field));
}

static const VsndKind kind_stream_type = { parse_stream_type, format_stream_type };

/* The two lists look at the whole libxl_vsnd_params: they fill an array and its count anew. */
static gboolean
parse_rates(const char *text, gpointer field)
{
    libxl_vsnd_params *params = field;
    g_auto(GStrv) items = g_strsplit(text, ";", -1);

    g_clear_pointer(&params->sample_rates, free);
    params->num_sample_rates = 0;
    for (guint i = 0; items[i] != NULL; i++) {
        uint32_t *rate;

        if (items[i][0] == '\0')
            continue;
        rate = bind_array_add((gpointer *)&params->sample_rates, &params->num_sample_rates,
                              sizeof(*rate));
        parse_number(items[i], rate);
    }
    return TRUE;
}

static char *
format_rates(gconstpointer field)
{
    const libxl_vsnd_params *params = field;
    GString *text = g_string_new(NULL);

    for (int i = 0; i < params->num_sample_rates; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? ";" : "", params->sample_rates[i]);
    return g_string_free(text, params->num_sample_rates == 0);
}

static const VsndKind kind_rates = { parse_rates, format_rates };

static gboolean
parse_formats(const char *text, gpointer field)
{
    libxl_vsnd_params *params = field;
    g_auto(GStrv) items = g_strsplit(text, ";", -1);

    g_clear_pointer(&params->sample_formats, free);
    params->num_sample_formats = 0;
    for (guint i = 0; items[i] != NULL; i++) {
        libxl_vsnd_pcm_format *format;

        if (items[i][0] == '\0')
            continue;
        format = bind_array_add((gpointer *)&params->sample_formats, &params->num_sample_formats,
                                sizeof(*format));
        if (libxl_vsnd_pcm_format_from_string(items[i], format) != 0)
            return FALSE;
    }
    return TRUE;
}

static char *
format_formats(gconstpointer field)
{
    const libxl_vsnd_params *params = field;
    GString *text = g_string_new(NULL);

    for (int i = 0; i < params->num_sample_formats; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ";" : "",
                               libxl_vsnd_pcm_format_to_string(params->sample_formats[i]));
    return g_string_free(text, params->num_sample_formats == 0);
}

static const VsndKind kind_formats = { parse_formats, format_formats };

#define TEXT(key, type, member)                                                                    \
    {                                                                                              \
        key, &kind_text, DOM_TYPED_OFFSET(type, member, char *)                                    \
    }
#define NUMBER(key, type, member)                                                                  \
    {                                                                                              \
        key, &kind_number, DOM_TYPED_OFFSET(type, member, uint32_t)                                \
    }
#define PARAMS(type)                                                                               \
    { "sample-rates", &kind_rates, offsetof(type, params) },                                       \
        { "sample-formats", &kind_formats, offsetof(type, params) },                               \
        NUMBER("channels-min", type, params.channels_min),                                         \
        NUMBER("channels-max", type, params.channels_max),                                         \
        NUMBER("buffer-size", type, params.buffer_size),                                           \
    {                                                                                              \
        NULL                                                                                       \
    }

static const VsndOption card_options[] = {
    TEXT("backend", libxl_device_vsnd, backend_domname),
    TEXT("short-name", libxl_device_vsnd, short_name),
    TEXT("long-name", libxl_device_vsnd, long_name),
    PARAMS(libxl_device_vsnd),
};

static const VsndOption pcm_options[] = {
    TEXT("name", libxl_vsnd_pcm, name),
    PARAMS(libxl_vsnd_pcm),
};

static const VsndOption stream_options[] = {
    TEXT("unique-id", libxl_vsnd_stream, unique_id),
    { "type", &kind_stream_type,
      DOM_TYPED_OFFSET(libxl_vsnd_stream, type, libxl_vsnd_stream_type) },
    PARAMS(libxl_vsnd_stream),
};

static libxl_vsnd_pcm *
add_pcm(libxl_device_vsnd *card)
{
    libxl_vsnd_pcm *pcm =
        bind_array_add((gpointer *)&card->pcms, &card->num_vsnd_pcms, sizeof(*pcm));

    libxl_vsnd_pcm_init(pcm);
    return pcm;
}

static libxl_vsnd_stream *
add_stream(libxl_device_vsnd *card)
{
    libxl_vsnd_pcm *pcm =
        card->num_vsnd_pcms > 0 ? &card->pcms[card->num_vsnd_pcms - 1] : add_pcm(card);
    libxl_vsnd_stream *stream =
        bind_array_add((gpointer *)&pcm->streams, &pcm->num_vsnd_streams, sizeof(*stream));

    libxl_vsnd_stream_init(stream);
    return stream;
}

/* What @word begins: the thing to fill and its options. FALSE when there is no such word. */
static gboolean
begin(libxl_device_vsnd *card, const char *word, gpointer *thing, const VsndOption **options)
{
    if (g_ascii_strcasecmp(word, "card") == 0) {
        *thing = card;
        *options = card_options;
    } else if (g_ascii_strcasecmp(word, "pcm") == 0) {
        *thing = add_pcm(card);
        *options = pcm_options;
    } else if (g_ascii_strcasecmp(word, "stream") == 0) {
        *thing = add_stream(card);
        *options = stream_options;
    } else {
        return FALSE;
    }
    return TRUE;
}

static gboolean
apply_option(const VsndOption *options, const char *text, gpointer thing)
{
    const char *value = strchr(text, '=');

    for (; value != NULL && options->key != NULL; options++) {
        gsize length = strlen(options->key);

        if (length == (gsize)(value - text) && strncmp(text, options->key, length) == 0)
            return options->kind->parse(value + 1, (char *)thing + options->offset);
    }
    return FALSE;
}

/* As xl does: what is empty between two commas is passed over, but not what blanks make up. */
static gboolean
apply_words(char *const *words, libxl_device_vsnd *card)
{
    const VsndOption *options = NULL;
    gpointer thing = card;

    for (; *words != NULL; words++) {
        const char *word = *words + strspn(*words, " ");

        if (**words == '\0')
            continue;
        if (options == NULL ? !begin(card, word, &thing, &options)
                            : !apply_option(options, word, thing))
            return FALSE;
    }
    return TRUE;
}

static gboolean
apply_item(const char *item, libxl_device_vsnd *card, GError **error)
{
    g_auto(GStrv) words = g_strsplit(item, ",", -1);

    if (apply_words(words, card))
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("vsnd: '%s' is wrong; see vsnd in xl.cfg(5) for the keys of card, pcm and "
                  "stream"),
                item);
    return FALSE;
}

gboolean
bind_vsnd_apply(char *const *items, libxl_device_vsnd *card, GError **error)
{
    for (; items != NULL && *items != NULL; items++) {
        if (!apply_item(*items, card, error))
            return FALSE;
    }
    return TRUE;
}

static void
read_item(GPtrArray *items, const char *word, const VsndOption *options, gconstpointer thing)
{
    GString *text = g_string_new(word);

    for (; options->key != NULL; options++) {
        g_autofree char *value = options->kind->format((const char *)thing + options->offset);

        if (value != NULL)
            g_string_append_printf(text, ",%s=%s", options->key, value);
    }
    g_ptr_array_add(items, g_string_free(text, FALSE));
}

char **
bind_vsnd_read(const libxl_device_vsnd *card)
{
    GPtrArray *items = g_ptr_array_new();

    read_item(items, "card", card_options, card);
    for (int i = 0; i < card->num_vsnd_pcms; i++) {
        const libxl_vsnd_pcm *pcm = &card->pcms[i];

        read_item(items, "pcm", pcm_options, pcm);
        for (int j = 0; j < pcm->num_vsnd_streams; j++)
            read_item(items, "stream", stream_options, &pcm->streams[j]);
    }
    g_ptr_array_add(items, NULL);
    return (char **)g_ptr_array_free(items, FALSE);
}
