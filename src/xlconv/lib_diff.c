/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two guests compared by meaning, as text for people. */
#include "xlconv/align.h"
#include "xlconv/compare.h"
#include "xlconv/lib.h"
#include "xlconv/to_cfg.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The text so far, and the topic of its last lines (borrowed), NULL for none. */
typedef struct {
    GString *text;
    const char *topic;
} Output;

static void
put_line(Output *output, char sign, const char *text)
{
    g_string_append_printf(output->text, "%c%s\n", sign, text);
}

/* Every line of @text with @sign in front. */
static void
put_lines(Output *output, char sign, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0' || line[1] != NULL)
            put_line(output, sign, *line);
    }
}

/* The items of @text's list; NULL when it is none, or has none. */
static GPtrArray *
items_of(const char *text)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    const XlcValue *value =
        doc != NULL && xlc_doc_n_entries(doc) == 1 ? xlc_doc_entry(doc, 0)->value : NULL;

    if (value == NULL || value->kind != XLC_VALUE_LIST || value->n_items == 0)
        return NULL;
    return xlc_item_texts(value);
}

static void
put_item(Output *output, char sign, GPtrArray *items, guint index)
{
    g_autofree char *text = g_strdup_printf("    %s,", (const char *)items->pdata[index]);

    put_lines(output, sign, text);
}

static void
put_items(Output *output, const char *key, GPtrArray *a, GPtrArray *b)
{
    g_autoptr(GArray) steps = xlc_align(a, b);
    g_autofree char *head = g_strconcat(key, " = [", NULL);

    put_line(output, ' ', head);
    for (guint i = 0; i < steps->len; i++) {
        const XlcAlignStep *step = &g_array_index(steps, XlcAlignStep, i);

        if (step->kind == XLC_ALIGN_SAME)
            put_item(output, ' ', a, step->a);
        if (step->kind == XLC_ALIGN_CHANGED || step->kind == XLC_ALIGN_REMOVED)
            put_item(output, '-', a, step->a);
        if (step->kind == XLC_ALIGN_CHANGED || step->kind == XLC_ALIGN_ADDED)
            put_item(output, '+', b, step->b);
    }
    put_line(output, ' ', "]");
}

static void
put_difference(Output *output, const XlcDifference *difference)
{
    g_autoptr(GPtrArray) a = items_of(difference->a);
    g_autoptr(GPtrArray) b = items_of(difference->b);

    if (a != NULL && b != NULL) {
        put_items(output, difference->key, a, b);
        return;
    }
    put_lines(output, '-', difference->a);
    put_lines(output, '+', difference->b);
}

static void
put_topic(Output *output, const char *topic)
{
    if (output->topic == NULL || !g_str_equal(output->topic, topic))
        g_string_append_printf(output->text, "@@ %s @@\n", topic);
    output->topic = topic;
}

static void
put_differences(Output *output, GPtrArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        const XlcDifference *difference = found->pdata[i];

        put_topic(output, difference->topic);
        put_difference(output, difference);
    }
}

/* What xl.cfg has no word for, a text each. */
static GPtrArray *
carried_texts(const DomDef *def)
{
    g_autoptr(GPtrArray) items = xlc_cfg_carried(def, NULL);
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < items->len; i++) {
        const DomCarried *item = items->pdata[i];

        g_ptr_array_add(texts, g_strdup_printf("# %s: %s", item->place, item->text));
    }
    return texts;
}

static void
put_missing(Output *output, char sign, GPtrArray *texts, GPtrArray *others)
{
    for (guint i = 0; i < texts->len; i++) {
        if (g_ptr_array_find_with_equal_func(others, texts->pdata[i], g_str_equal, NULL))
            continue;
        put_topic(output, _("no word in xl.cfg"));
        put_lines(output, sign, texts->pdata[i]);
    }
}

/* What two XML files say beyond xl.cfg. A cfg cannot, so it is not held against one. */
static void
put_beyond_cfg(Output *output, const DomDef *a, const DomDef *b)
{
    g_autoptr(GPtrArray) in_a = carried_texts(a);
    g_autoptr(GPtrArray) in_b = carried_texts(b);

    put_missing(output, '-', in_a, in_b);
    put_missing(output, '+', in_b, in_a);
}

/* Passwords are compared too, but shown only when asked for. */
static gboolean
put_secrets(Output *output, const DomDef *a, const DomDef *b, GPtrArray *shown, GError **error)
{
    g_autoptr(GPtrArray) all = xlc_compare(a, b, error);

    if (all == NULL)
        return FALSE;
    if (all->len > shown->len) {
        put_topic(output, _("passwords"));
        put_line(output, ' ', _("they differ: ask for the secure form to see them"));
    }
    return TRUE;
}

/* FALSE with @error when one of them holds what xl.cfg cannot say. */
static gboolean
compare(Output *output, const DomDef *a, const DomDef *b, guint flags, GError **error)
{
    g_autoptr(DomDef) seen_a = dom_def_copy(a);
    g_autoptr(DomDef) seen_b = dom_def_copy(b);
    g_autoptr(GPtrArray) found = NULL;

    if (!(flags & XLCONV_SECURE)) {
        dom_def_clear_secrets(seen_a);
        dom_def_clear_secrets(seen_b);
    }
    found = xlc_compare(seen_a, seen_b, error);
    if (found == NULL)
        return FALSE;
    put_differences(output, found);
    return put_secrets(output, a, b, found, error);
}

char *
xlconv_guest_diff(const XlconvGuest *a, const XlconvGuest *b, guint flags, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Output output = { .text = text };
    GError *inner = NULL;

    if (!compare(&output, a->def, b->def, flags, &inner)) {
        xlc_lib_raise(inner, error);
        return NULL;
    }
    if (a->form == XLCONV_FORM_XML && b->form == XLCONV_FORM_XML)
        put_beyond_cfg(&output, a->def, b->def);
    return g_strdup(text->str);
}
