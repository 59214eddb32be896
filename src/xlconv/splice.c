/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/splice.h"

#include <string.h>

#include "xlconv/doc.h"

typedef struct {
    gsize from;
    gsize to;
    guint order; /* of two alike at one place the first added comes first */
    char *text;
} Splice;

struct XlcSplices {
    const char *source;
    gsize length;
    GArray *list;
};

static void
splice_clear(gpointer data)
{
    g_free(((Splice *)data)->text);
}

char *
xlc_whole_lines(const char *text)
{
    gboolean ends = *text == '\0' || g_str_has_suffix(text, "\n");

    return g_strconcat(text, ends ? NULL : "\n", NULL);
}

void
xlc_end_like(const char *source, char *edited)
{
    gsize length = strlen(edited);
    g_autoptr(XlcDoc) doc = NULL;

    if (*source == '\0' || g_str_has_suffix(source, "\n") || !g_str_has_suffix(edited, "\n"))
        return;
    doc = xlc_doc_parse(edited, length - 1, NULL, NULL);
    if (doc != NULL)
        edited[length - 1] = '\0';
}

XlcSplices *
xlc_splices_new(const char *source, gsize length)
{
    XlcSplices *splices = g_new0(XlcSplices, 1);

    splices->source = source;
    splices->length = length;
    splices->list = g_array_new(FALSE, FALSE, sizeof(Splice));
    g_array_set_clear_func(splices->list, splice_clear);
    return splices;
}

void
xlc_splices_free(XlcSplices *splices)
{
    if (splices == NULL)
        return;
    g_array_unref(splices->list);
    g_free(splices);
}

const char *
xlc_splices_source(const XlcSplices *splices, gsize *ret_length)
{
    if (ret_length != NULL)
        *ret_length = splices->length;
    return splices->source;
}

void
xlc_splice(XlcSplices *splices, gsize from, gsize to, const char *text)
{
    Splice splice = { from, to, splices->list->len, g_strdup(text) };

    g_array_append_val(splices->list, splice);
}

/* What comes to a place stands in front of what goes from there, and does not go along. */
static gint
by_place(gconstpointer a, gconstpointer b)
{
    const Splice *one = a, *other = b;
    gboolean one_comes = one->from == one->to, other_comes = other->from == other->to;

    if (one->from != other->from)
        return one->from < other->from ? -1 : 1;
    if (one_comes != other_comes)
        return one_comes ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

char *
xlc_splices_apply(XlcSplices *splices)
{
    GString *text = g_string_sized_new(splices->length);
    gsize at = 0;

    g_array_sort(splices->list, by_place);
    for (guint i = 0; i < splices->list->len; i++) {
        const Splice *splice = &g_array_index(splices->list, Splice, i);

        if (splice->from < at) {
            if (*splice->text == '\0')
                at = MAX(at, splice->to);
            continue;
        }
        g_string_append_len(text, splices->source + at, splice->from - at);
        g_string_append(text, splice->text);
        at = splice->to;
    }
    g_string_append_len(text, splices->source + at, splices->length - at);
    return g_string_free(text, FALSE);
}

gsize
xlc_line_start(const XlcSplices *splices, gsize at)
{
    while (at > 0 && splices->source[at - 1] != '\n')
        at--;
    return at;
}

gsize
xlc_line_end(const XlcSplices *splices, gsize at)
{
    while (at < splices->length && splices->source[at] != '\n')
        at++;
    return at;
}

gsize
xlc_skip_blanks(const XlcSplices *splices, gsize at)
{
    while (at < splices->length && (splices->source[at] == ' ' || splices->source[at] == '\t'))
        at++;
    return at;
}

gsize
xlc_skip_blanks_back(const XlcSplices *splices, gsize at)
{
    while (at > 0 && (splices->source[at - 1] == ' ' || splices->source[at - 1] == '\t'))
        at--;
    return at;
}

gboolean
xlc_begins_line(const XlcSplices *splices, gsize at)
{
    return xlc_skip_blanks(splices, xlc_line_start(splices, at)) >= at;
}

gboolean
xlc_ends_line(const XlcSplices *splices, gsize at)
{
    gsize next = xlc_skip_blanks(splices, at);

    return next == splices->length || strchr("#\n", splices->source[next]) != NULL;
}

void
xlc_splice_lines(XlcSplices *splices, gsize from, gsize to)
{
    gsize end = xlc_line_end(splices, to);

    xlc_splice(splices, xlc_line_start(splices, from), MIN(end + 1, splices->length), "");
}

gsize
xlc_comments_above(const XlcSplices *splices, gsize line)
{
    const char *source = xlc_splices_source(splices, NULL);

    while (line > 0) {
        gsize above = xlc_line_start(splices, line - 1);

        if (source[xlc_skip_blanks(splices, above)] != '#')
            break;
        line = above;
    }
    return line;
}
