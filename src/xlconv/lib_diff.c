/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two guests compared by meaning, as text for people. */
#include "conf/secret.h"
#include "xlconv/align.h"
#include "xlconv/compare.h"
#include "xlconv/kept.h"
#include "xlconv/lib.h"
#include "xlconv/tally.h"
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
    const XlcValue *value = xlc_doc_only_value(doc);

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

static gpointer
copy_text(gconstpointer text, gpointer unused)
{
    return g_strdup(text);
}

static gpointer
carried_text(gconstpointer item, gpointer unused)
{
    const DomCarried *carried = item;

    return g_strdup_printf("%s: %s", carried->place, carried->text);
}

/* What @guest says and xl.cfg has no word for, a text each (transfer full). */
static GPtrArray *
beyond_cfg(const XlconvGuest *guest, guint flags)
{
    g_autoptr(DomDef) visible = NULL;
    g_autoptr(GPtrArray) items = NULL;
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    if (!(flags & XLCONV_SECURE) && dom_def_has_secrets(guest->def)) {
        visible = dom_def_copy(guest->def);
        dom_def_clear_secrets(visible);
    }
    items = xlc_cfg_carried(visible != NULL ? visible : guest->def, NULL);
    if (guest->form == XLCONV_FORM_JSON)
        g_ptr_array_extend(texts, guest->lost, copy_text, NULL);
    else
        g_ptr_array_extend(texts, items, carried_text, NULL);
    return texts;
}

static void
put_missing(Output *output, char sign, GPtrArray *texts, GPtrArray *others)
{
    g_autoptr(GHashTable) there = xlc_tally_new();

    for (guint i = 0; i < others->len; i++)
        xlc_tally_add(there, g_strdup(others->pdata[i]));
    for (guint i = 0; i < texts->len; i++) {
        g_autofree char *line = g_strdup_printf("# %s", (const char *)texts->pdata[i]);

        if (xlc_tally_take(there, texts->pdata[i]))
            continue;
        put_topic(output, _("no word in xl.cfg"));
        put_lines(output, sign, line);
    }
}

/* What XML says there a cfg or JSON cannot, so that it is held against XML alone. What JSON says is
 * handed to Xen, and so differs from what is not there. */
static void
put_beyond_cfg(Output *output, const XlconvGuest *a, const XlconvGuest *b, guint flags)
{
    g_autoptr(GPtrArray) in_a = beyond_cfg(a, flags);
    g_autoptr(GPtrArray) in_b = beyond_cfg(b, flags);
    gboolean both_xml = a->form == XLCONV_FORM_XML && b->form == XLCONV_FORM_XML;

    if (both_xml || a->form == XLCONV_FORM_JSON)
        put_missing(output, '-', in_a, in_b);
    if (both_xml || b->form == XLCONV_FORM_JSON)
        put_missing(output, '+', in_b, in_a);
}

/* What is compared of a guest. JSON says nothing of what libxl has no place for, so that nothing of
 * the kind is held against it. */
typedef struct {
    const XlconvGuest *guest;
    const XlconvGuest *other;
} Side;

static gboolean
is_json(const Side *side)
{
    return side->guest->form == XLCONV_FORM_JSON;
}

static gboolean
has_json(const Side *side)
{
    return is_json(side) || side->other->form == XLCONV_FORM_JSON;
}

/* The guest as Xen gets it (transfer full). */
static DomDef *
meaning(const Side *side, guint flags)
{
    g_autoptr(DomDef) shown =
        has_json(side) && !is_json(side) ? xlc_lib_through_json(side->guest) : NULL;
    DomDef *def = xlc_lib_normal(shown != NULL ? shown : side->guest->def, !has_json(side));

    if (is_json(side) && side->other->form != XLCONV_FORM_JSON)
        xlc_lib_forget_made_up(def, side->other->def);
    if (!(flags & XLCONV_SECURE))
        dom_def_clear_secrets(def);
    return def;
}

/* Whether xl takes anything from @text, an assignment that is only kept of @key: not what other
 * kinds of guest are told, nor what stands beside the key that it could be said with. */
static gboolean
kept_counts(const char *key, const char *text, const DomDef *def)
{
    const XlcKey *row = xlc_key_find(key);

    if (*text == '\0' || row == NULL)
        return *text != '\0';
    return xlc_key_is_read(row, def) &&
           (row->instead == NULL || !xlc_kept_is_beaten(def, row->instead));
}

static gboolean
compare_kept(const DomDef *a, const DomDef *b, GPtrArray *found, GError **error)
{
    guint known = found->len;

    if (!xlc_compare_kept(a, b, found, error))
        return FALSE;
    for (guint i = found->len; i > known; i--) {
        const XlcDifference *difference = found->pdata[i - 1];

        if (!kept_counts(difference->key, difference->a, a) &&
            !kept_counts(difference->key, difference->b, b))
            g_ptr_array_remove_index(found, i - 1);
    }
    return TRUE;
}

/* All that differs (transfer full); NULL with @error when one of them holds what xl.cfg cannot
 * say. */
static GPtrArray *
compare(const Side *a, const Side *b, guint flags, GError **error)
{
    g_autoptr(DomDef) def_a = meaning(a, flags);
    g_autoptr(DomDef) def_b = meaning(b, flags);
    g_autoptr(GPtrArray) found = xlc_compare_known(def_a, def_b, error);

    if (found == NULL ||
        (!has_json(a) && !compare_kept(a->guest->def, b->guest->def, found, error)))
        return NULL;
    return g_steal_pointer(&found);
}

/* Whether passwords of what xl.cfg has no word for are all that differs there. */
static gboolean
differ_beyond_cfg(const XlconvGuest *a, const XlconvGuest *b)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autoptr(GString) all = g_string_new(NULL);

    if (!dom_def_has_secrets(a->def) && !dom_def_has_secrets(b->def))
        return FALSE;
    put_beyond_cfg(&(Output){ .text = shown }, a, b, 0);
    put_beyond_cfg(&(Output){ .text = all }, a, b, XLCONV_SECURE);
    return all->len > shown->len;
}

/* Passwords are compared too, but shown only when asked for. */
static gboolean
put_all(Output *output, const Side *a, const Side *b, guint flags, GError **error)
{
    g_autoptr(GPtrArray) shown = compare(a, b, flags, error);
    g_autoptr(GPtrArray) all = shown != NULL ? compare(a, b, XLCONV_SECURE, error) : NULL;

    if (all == NULL)
        return FALSE;
    put_differences(output, shown);
    if (all->len > shown->len ||
        (!(flags & XLCONV_SECURE) && differ_beyond_cfg(a->guest, b->guest))) {
        put_topic(output, _("passwords"));
        put_line(output, ' ', _("they differ: ask for the secure form to see them"));
    }
    return TRUE;
}

/* The generation id that stays (transfer full). That of an xl.cfg is in a comment, which xl passes
 * over. */
static char *
genid_of(const Side *side)
{
    gboolean cfg = side->guest->form == XLCONV_FORM_CFG;
    g_autoptr(DomDef) def = cfg ? dom_def_copy(side->guest->def) : meaning(side, XLCONV_SECURE);
    gboolean none = cfg && dom_general_type(def) != DOM_TYPE_HVM;

    return none ? NULL : g_steal_pointer(&def->features.genid);
}

/* Whether the other one's id is of xl's making, as it makes one at each start. */
static gboolean
makes_genid(const Side *side)
{
    return side->guest->form == XLCONV_FORM_CFG && has_json(side) &&
           side->guest->def->features.ms_vm_genid == DOM_GENID_GENERATE;
}

/* It is in no key. */
static void
put_genids(Output *output, const Side *a, const Side *b)
{
    g_autofree char *id_a = genid_of(a);
    g_autofree char *id_b = genid_of(b);
    g_autofree char *line_a = g_strconcat("# genid: ", id_a, NULL);
    g_autofree char *line_b = g_strconcat("# genid: ", id_b, NULL);

    if (makes_genid(a) || makes_genid(b) || g_strcmp0(id_a, id_b) == 0)
        return;
    put_topic(output, _("no word in xl.cfg"));
    if (id_a != NULL)
        put_line(output, '-', line_a);
    if (id_b != NULL)
        put_line(output, '+', line_b);
}

char *
xlconv_guest_diff(const XlconvGuest *a, const XlconvGuest *b, guint flags, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Output output = { .text = text };
    const Side side_a = { a, b }, side_b = { b, a };
    GError *inner = NULL;

    if (!put_all(&output, &side_a, &side_b, flags, &inner)) {
        xlc_lib_raise(inner, error);
        return NULL;
    }
    if (a->form != XLCONV_FORM_XML || b->form != XLCONV_FORM_XML)
        put_genids(&output, &side_a, &side_b);
    put_beyond_cfg(&output, a, b, flags);
    return g_strdup(text->str);
}
