/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv diff: two inputs compared by meaning. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xlconv/align.h"
#include "xlconv/compare.h"
#include "xlconv/to_cfg.h"
#include "xlconv/tool.h"
#include "xlconv/tool_report.h"

static void
print_line(char sign, const char *text)
{
    const char *colour = sign == '-' ? "31" : sign == '+' ? "32" : NULL;

    if (colour != NULL && xlc_use_colour(STDOUT_FILENO))
        printf("\033[%sm%c%s\033[0m\n", colour, sign, text);
    else
        printf("%c%s\n", sign, text);
}

/* Every line of @text with @sign in front. */
static void
print_lines(char sign, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0' || line[1] != NULL)
            print_line(sign, *line);
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
print_item(char sign, GPtrArray *items, guint index)
{
    g_autofree char *text = g_strdup_printf("    %s,", (const char *)items->pdata[index]);

    print_lines(sign, text);
}

static void
print_items(const char *key, GPtrArray *a, GPtrArray *b)
{
    g_autoptr(GArray) steps = xlc_align(a, b);
    g_autofree char *head = g_strconcat(key, " = [", NULL);

    print_line(' ', head);
    for (guint i = 0; i < steps->len; i++) {
        const XlcAlignStep *step = &g_array_index(steps, XlcAlignStep, i);

        if (step->kind == XLC_ALIGN_SAME)
            print_item(' ', a, step->a);
        if (step->kind == XLC_ALIGN_CHANGED || step->kind == XLC_ALIGN_REMOVED)
            print_item('-', a, step->a);
        if (step->kind == XLC_ALIGN_CHANGED || step->kind == XLC_ALIGN_ADDED)
            print_item('+', b, step->b);
    }
    print_line(' ', "]");
}

static void
print_difference(const XlcDifference *difference)
{
    g_autoptr(GPtrArray) a = items_of(difference->a);
    g_autoptr(GPtrArray) b = items_of(difference->b);

    if (a != NULL && b != NULL) {
        print_items(difference->key, a, b);
        return;
    }
    print_lines('-', difference->a);
    print_lines('+', difference->b);
}

static void
print_topic(const char *topic, const char **last)
{
    if (*last == NULL || !g_str_equal(*last, topic))
        printf("@@ %s @@\n", topic);
    *last = topic;
}

static void
print_differences(GPtrArray *found)
{
    const char *topic = NULL;

    for (guint i = 0; i < found->len; i++) {
        const XlcDifference *difference = found->pdata[i];

        print_topic(difference->topic, &topic);
        print_difference(difference);
    }
}

static gboolean
has_text(GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++) {
        if (g_str_equal(texts->pdata[i], text))
            return TRUE;
    }
    return FALSE;
}

static gboolean
print_missing(char sign, GPtrArray *texts, GPtrArray *others, const char **topic)
{
    gboolean any = FALSE;

    for (guint i = 0; i < texts->len; i++) {
        g_autofree char *text = g_strdup_printf("# %s", (const char *)texts->pdata[i]);

        if (has_text(others, texts->pdata[i]))
            continue;
        print_topic(_("no word in xl.cfg"), topic);
        print_lines(sign, text);
        any = TRUE;
    }
    return any;
}

/* What two XML files say beyond xl.cfg. A cfg cannot, so it is not held against one. */
static gboolean
print_beyond_cfg(const DomDef *a, const DomDef *b)
{
    g_autoptr(GPtrArray) in_a = xlc_cfg_comments(a, NULL);
    g_autoptr(GPtrArray) in_b = xlc_cfg_comments(b, NULL);
    const char *topic = NULL;
    gboolean gone = print_missing('-', in_a, in_b, &topic);

    return print_missing('+', in_b, in_a, &topic) || gone;
}

/* Passwords are compared too, but shown only when asked for. */
static gboolean
print_secrets(const DomDef *a, const DomDef *b, GPtrArray *shown, GError **error)
{
    g_autoptr(GPtrArray) all = xlc_compare(a, b, error);

    if (all == NULL || all->len == shown->len)
        return all != NULL && all->len > 0;
    printf("@@ %s @@\n", _("passwords"));
    print_line(' ', _("they differ: --secure shows them"));
    return TRUE;
}

/* Prints what differs. TRUE when anything does. */
static gboolean
compare(const DomDef *a, const DomDef *b, const XlcTool *tool, GError **error)
{
    g_autoptr(DomDef) seen_a = dom_def_copy(a);
    g_autoptr(DomDef) seen_b = dom_def_copy(b);
    g_autoptr(GPtrArray) found = NULL;

    if (!tool->secure) {
        dom_def_clear_secrets(seen_a);
        dom_def_clear_secrets(seen_b);
    }
    found = xlc_compare(seen_a, seen_b, error);
    if (found == NULL)
        return FALSE;
    print_differences(found);
    return print_secrets(a, b, found, error);
}

/* Like diff(1): trouble is not a difference. */
static DomDef *
take(XlcInput *input, const char *name, const XlcTool *tool)
{
    g_autoptr(DomDef) def = NULL;
    DomSeverity limit = tool->strict ? DOM_SEVERITY_WARNING : DOM_SEVERITY_ERROR;

    if (xlc_input_read(input, name))
        def = xlc_input_def(input, xlc_input_any, tool);
    if (def != NULL && dom_report_count(input->report, limit) == 0)
        return g_steal_pointer(&def);
    xlc_input_finish(input, tool);
    return NULL;
}

int
xlc_tool_diff(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    g_auto(XlcInput) a = { 0 };
    g_auto(XlcInput) b = { 0 };
    g_autoptr(DomDef) def_a = NULL;
    g_autoptr(DomDef) def_b = NULL;
    g_autoptr(GError) error = NULL;
    gboolean differs;

    if (g_strv_length(files) != 2) {
        xlc_tool_say("%s", _("diff needs two files"));
        return XLC_EXIT_USAGE;
    }
    def_a = take(&a, files[0], tool);
    def_b = take(&b, files[1], tool);
    if (def_a == NULL || def_b == NULL)
        return XLC_EXIT_USAGE;
    differs = compare(def_a, def_b, tool, &error);
    if (xlc_input_is_xml(&a) && xlc_input_is_xml(&b))
        differs = print_beyond_cfg(def_a, def_b) || differs;
    if (error != NULL) {
        xlc_tool_say("%s", error->message);
        return XLC_EXIT_USAGE;
    }
    return differs ? XLC_EXIT_REFUSED : XLC_EXIT_DONE;
}
