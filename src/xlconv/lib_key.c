/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/devices.h"
#include "xlconv/lib.h"
#include "xlconv/since.h"

#include <glib/gi18n-lib.h>

G_STATIC_ASSERT((int)XLCONV_KEY_MAPPED == (int)XLC_MAPPED);
G_STATIC_ASSERT((int)XLCONV_KEY_ALIAS == (int)XLC_ALIAS);
G_STATIC_ASSERT((int)XLCONV_KEY_DEPRECATED == (int)XLC_DEPRECATED);
G_STATIC_ASSERT((int)XLCONV_KEY_KEPT == (int)XLC_KEPT);

static const XlcKey *
inside(const XlconvKey *key)
{
    return (const XlcKey *)key;
}

guint
xlconv_n_keys(void)
{
    guint n = 0;

    for (guint t = 0; t < xlc_n_topics; t++)
        n += xlc_topics[t]->n_keys;
    return n;
}

const XlconvKey *
xlconv_key_get(guint index)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        if (index < xlc_topics[t]->n_keys)
            return (const XlconvKey *)&xlc_topics[t]->keys[index];
        index -= xlc_topics[t]->n_keys;
    }
    g_return_val_if_reached(NULL);
}

const char *
xlconv_key_topic(const XlconvKey *key)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        const XlcKey *first = xlc_topics[t]->keys;

        if (inside(key) >= first && inside(key) < first + xlc_topics[t]->n_keys)
            return xlc_topics[t]->topic;
    }
    g_return_val_if_reached(NULL);
}

const char *
xlconv_key_name(const XlconvKey *key)
{
    return inside(key)->key;
}

const char *
xlconv_key_doc(const XlconvKey *key)
{
    return _(inside(key)->doc);
}

XlconvKeyStatus
xlconv_key_status(const XlconvKey *key)
{
    return (XlconvKeyStatus)inside(key)->status;
}

const char *
xlconv_key_instead(const XlconvKey *key)
{
    return inside(key)->instead;
}

const char *
xlconv_key_since(const XlconvKey *key)
{
    return inside(key)->since;
}

const char *
xlconv_key_status_name(XlconvKeyStatus status)
{
    return xlc_status_name((XlcStatus)status);
}

static const char *const shape_texts[] = {
    [XLC_SHAPE_BOOL] = N_("0 or 1"),        [XLC_SHAPE_UINT] = N_("number"),
    [XLC_SHAPE_MIB] = N_("number of MiB"),  [XLC_SHAPE_INT] = N_("number"),
    [XLC_SHAPE_STRING] = N_("text"),        [XLC_SHAPE_ENUM] = N_("one of"),
    [XLC_SHAPE_STRV] = N_("list of texts"), [XLC_SHAPE_CODEC] = N_("list of devices"),
};

char *
xlconv_key_value(const XlconvKey *public_key)
{
    const XlcKey *key = inside(public_key);

    if (key->shape == XLC_SHAPE_ENUM) {
        g_autofree char *names = dom_enum_list(key->field.enums);

        return g_strdup_printf("%s %s", _(shape_texts[key->shape]), names);
    }
    return g_strdup(_(key->value != NULL ? key->value : shape_texts[key->shape]));
}

static const struct {
    XlcGuests guest;
    const char *name;
} guest_names[] = {
    { XLC_PV, "PV" },
    { XLC_PVH, "PVH" },
    { XLC_HVM, "HVM" },
    { XLC_ARM, "Arm" },
};

char *
xlconv_key_guests(const XlconvKey *public_key)
{
    const XlcKey *key = inside(public_key);
    g_autoptr(GString) text = g_string_new(NULL);

    if ((key->guests & XLC_ANY) == XLC_ANY)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(guest_names); i++) {
        if (key->guests & guest_names[i].guest)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", guest_names[i].name);
    }
    return g_strdup(text->str);
}

struct XlconvOption {
    char *name;
    char *value;
    char *doc;
    const char *since;
};

static void
option_free(gpointer data)
{
    XlconvOption *option = data;

    g_free(option->name);
    g_free(option->value);
    g_free(option->doc);
    g_free(option);
}

static const XlcShape shape_of_kind[] = {
    [DOM_KIND_TRISTATE] = XLC_SHAPE_BOOL, [DOM_KIND_UINT] = XLC_SHAPE_UINT,
    [DOM_KIND_INT] = XLC_SHAPE_INT,       [DOM_KIND_STRING] = XLC_SHAPE_STRING,
    [DOM_KIND_ENUM] = XLC_SHAPE_ENUM,     [DOM_KIND_STRV] = XLC_SHAPE_STRV,
};

static char *
option_value(const XlcSpecOption *listed)
{
    const char *shape = _(shape_texts[shape_of_kind[listed->kind]]);

    if (listed->flag)
        return NULL;
    return listed->kind == DOM_KIND_ENUM ? g_strdup_printf("%s %s", shape, listed->words->str)
                                         : g_strdup(shape);
}

static char *
option_doc(const XlcKey *key, const XlcSpecOption *listed)
{
    if (listed->opposite != NULL)
        return g_strdup_printf(_("The opposite of %s"), listed->opposite);
    if (listed->doc != NULL)
        return g_strdup(_(listed->doc));
    if (listed->member == NULL)
        return NULL;
    return g_strdup(_(dom_record_find(*key->codec->record, listed->member)->doc));
}

static void
list_options(const XlcKey *key, GPtrArray *list)
{
    const XlcDevices *devices = key->codec != NULL ? key->codec->devices : NULL;

    if (key->options != NULL)
        key->options(list);
    else if (devices != NULL && devices->options != NULL)
        xlc_options_list(devices->options, list);
}

GPtrArray *
xlconv_key_options(const XlconvKey *public_key)
{
    const XlcKey *key = inside(public_key);
    g_autoptr(GPtrArray) list = xlc_spec_options_new();
    GPtrArray *options = g_ptr_array_new_with_free_func(option_free);

    list_options(key, list);
    for (guint i = 0; i < list->len; i++) {
        const XlcSpecOption *listed = list->pdata[i];
        XlconvOption *option = g_new0(XlconvOption, 1);

        option->name = g_strdup(listed->name);
        option->value = option_value(listed);
        option->doc = option_doc(key, listed);
        option->since = xlc_option_since(key->key, listed->name);
        g_ptr_array_add(options, option);
    }
    return options;
}

const char *
xlconv_option_name(const XlconvOption *option)
{
    return option->name;
}

const char *
xlconv_option_value(const XlconvOption *option)
{
    return option->value;
}

const char *
xlconv_option_doc(const XlconvOption *option)
{
    return option->doc;
}

const char *
xlconv_option_since(const XlconvOption *option)
{
    return option->since;
}
