/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/carried.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/compare.h"
#include "xlconv/convert.h"
#include "xlconv/splice.h"
#include "xlconv/tally.h"

#define FIRST "#xml "
#define NEXT  "#xml+"

/* Those that do not fit together are looked for by halves. Each try writes and reads the whole
 * domain, so a long file or one with many gets fewer; what is left over then counts as not fitting.
 */
#define TRIES_BYTES (32 * 1024 * 1024)
#define TRIES_ITEMS 200000
#define LEAST_TRIES 40
#define MOST_TRIES  1000

/* A comment of a text. */
typedef struct {
    DomCarried *carried; /* NULL where it has no place */
    guint line;
    gsize from; /* bytes of its lines, the last newline included */
    gsize to;
    gboolean taken; /* it fits */
} Comment;

static void
comment_clear(gpointer data)
{
    dom_carried_free(((Comment *)data)->carried);
}

void
xlc_carried_write(const DomCarried *carried, XlcWriter *writer)
{
    g_autofree char *text = g_strconcat(carried->place, ": ", carried->text, NULL);

    xlc_writer_marked(writer, "#xml", "#xml+", text);
}

/* "place: text", which may be of several lines. */
static DomCarried *
carried_of(const char *said)
{
    const char *colon = strstr(said, ": ");
    g_autofree char *place = NULL;

    if (colon == NULL || !g_utf8_validate(said, -1, NULL))
        return NULL;
    place = g_strndup(said, (gsize)(colon - said));
    return dom_carried_new(place, colon + 2);
}

static gsize
line_end(const char *text, gsize length, gsize at)
{
    const char *newline = memchr(text + at, '\n', length - at);

    return newline != NULL ? (gsize)(newline - text) + 1 : length;
}

static gboolean
line_begins(const char *text, gsize length, gsize at, const char *with)
{
    return length - at >= strlen(with) && memcmp(text + at, with, strlen(with)) == 0;
}

gboolean
xlc_carried_is_line(const char *text, gsize length)
{
    return line_begins(text, length, 0, FIRST) || line_begins(text, length, 0, NEXT);
}

/* The line from @from to @to without its mark and newline. */
static void
append_line(GString *said, const char *text, gsize from, gsize to)
{
    if (to > from && text[to - 1] == '\n')
        to--;
    g_string_append_len(said, text + from, (gssize)(to - from));
}

/* The comment that begins at @at. */
static Comment
comment_at(const char *text, gsize length, gsize at, guint *line)
{
    g_autoptr(GString) said = g_string_new(NULL);
    Comment comment = { .line = *line, .from = at, .to = line_end(text, length, at) };

    append_line(said, text, at + strlen(FIRST), comment.to);
    for (++*line; line_begins(text, length, comment.to, NEXT); ++*line) {
        gsize from = comment.to + strlen(NEXT);

        comment.to = line_end(text, length, comment.to);
        g_string_append_c(said, '\n');
        append_line(said, text, from < comment.to && text[from] == ' ' ? from + 1 : from,
                    comment.to);
    }
    comment.carried = carried_of(said->str);
    return comment;
}

/* Of Comment. */
static GArray *
comments_of(const char *text, gsize length)
{
    GArray *comments = g_array_new(FALSE, FALSE, sizeof(Comment));
    guint line = 1;

    g_array_set_clear_func(comments, comment_clear);
    for (gsize at = 0; at < length;) {
        Comment comment;

        if (!line_begins(text, length, at, FIRST)) {
            at = line_end(text, length, at);
            line++;
            continue;
        }
        comment = comment_at(text, length, at, &line);
        g_array_append_val(comments, comment);
        at = comment.to;
    }
    return comments;
}

typedef struct {
    GArray *comments;
    DomReport *report;
    const DomDef *def; /* what the text says without them */
    char *base;        /* of @def */
    DomDef *best;      /* @def with those that are taken; NULL: with none */
    GArray *left;      /* the indexes of those that did not */
    guint tries;       /* that are left */
} Reading;

/* @def with @items, when Xen is told the same by both. */
static DomDef *
put(const Reading *reading, GPtrArray *items)
{
    g_autoptr(DomDef) changed = dom_carried_put(reading->base, items, &xlc_def_ops, NULL);
    g_autoptr(GPtrArray) differences = NULL;

    if (changed == NULL)
        return NULL;
    for (guint i = 0; i < changed->nics->len; i++)
        dom_nic_settle(changed->nics->pdata[i]);
    differences = xlc_compare(reading->def, changed, NULL);
    return differences->len == 0 ? g_steal_pointer(&changed) : NULL;
}

static void
report_left_out(DomReport *report, const Comment *comment)
{
    dom_report_add(report, DOM_SEVERITY_WARNING, comment->line, 1,
                   comment->carried != NULL ? comment->carried->place : "#xml",
                   _("this comment is left out: it is none that a conversion wrote, what it was "
                     "about is gone, or it would change what the file says to Xen"));
}

/* Those that are taken, and @n from @first on, in their order; NULL when one of these is no piece.
 */
static GPtrArray *
items_with(const Reading *reading, guint first, guint n)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();

    for (guint i = 0; i < reading->comments->len; i++) {
        const Comment *comment = &g_array_index(reading->comments, Comment, i);
        gboolean wanted = i >= first && i - first < n;

        if (wanted && comment->carried == NULL)
            return NULL;
        if (wanted || comment->taken)
            g_ptr_array_add(items, comment->carried);
    }
    return g_steal_pointer(&items);
}

/* They are all put into what the text says without any, where their places are. */
static gboolean
take(Reading *reading, guint first, guint n)
{
    g_autoptr(GPtrArray) items =
        reading->base != NULL && reading->tries > 0 ? items_with(reading, first, n) : NULL;
    DomDef *changed;

    if (items == NULL)
        return FALSE;
    reading->tries--;
    changed = put(reading, items);
    if (changed == NULL)
        return FALSE;
    dom_def_free(reading->best);
    reading->best = changed;
    for (guint i = first; i < first + n; i++)
        g_array_index(reading->comments, Comment, i).taken = TRUE;
    return TRUE;
}

static void
take_some(Reading *reading, guint first, guint n)
{
    if (take(reading, first, n))
        return;
    if (n == 1) {
        g_array_append_val(reading->left, first);
        return;
    }
    take_some(reading, first, n / 2);
    take_some(reading, first + n / 2, n - n / 2);
}

/* One that did not fit may need another that came behind it. */
static void
take_left(Reading *reading)
{
    for (guint i = 0; i < reading->left->len; i++) {
        guint index = g_array_index(reading->left, guint, i);

        if (reading->best == NULL || !take(reading, index, 1))
            report_left_out(reading->report, &g_array_index(reading->comments, Comment, index));
    }
}

DomDef *
xlc_carried_read(DomDef *def, const char *text, gsize length, DomReport *report)
{
    g_autoptr(GArray) comments = comments_of(text, length);
    Reading reading = { .comments = comments, .report = report, .def = def };

    if (comments->len == 0)
        return def;
    reading.base = dom_carried_base(def, &xlc_def_ops, NULL);
    reading.tries = (guint)CLAMP(MIN(TRIES_BYTES / (length + 1), TRIES_ITEMS / comments->len),
                                 LEAST_TRIES, MOST_TRIES);
    reading.left = g_array_new(FALSE, FALSE, sizeof(guint));
    take_some(&reading, 0, comments->len);
    take_left(&reading);
    g_array_unref(reading.left);
    g_free(reading.base);
    if (reading.best == NULL)
        return def;
    dom_def_free(def);
    return reading.best;
}

static char *
text_of(const DomCarried *carried)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();

    xlc_carried_write(carried, writer);
    return xlc_writer_finish(writer, NULL, NULL);
}

/* The comments of @items, as they are written. */
static GHashTable *
texts_of(GPtrArray *items)
{
    GHashTable *texts = xlc_tally_new();

    for (guint i = 0; i < items->len; i++)
        xlc_tally_add(texts, text_of(items->pdata[i]));
    return texts;
}

/* Takes those that @texts has out of it, and the others out of @text (transfer full). */
static char *
drop_others(const char *text, GHashTable *texts)
{
    g_autoptr(GArray) comments = comments_of(text, strlen(text));
    g_autoptr(XlcSplices) splices = xlc_splices_new(text, strlen(text));

    for (guint i = 0; i < comments->len; i++) {
        const Comment *comment = &g_array_index(comments, Comment, i);
        g_autofree char *lines = g_strndup(text + comment->from, comment->to - comment->from);

        if (!xlc_tally_take(texts, lines))
            xlc_splice(splices, comment->from, comment->to, "");
    }
    return xlc_splices_apply(splices);
}

char *
xlc_carried_edit(char *text, GPtrArray *items)
{
    g_autoptr(GHashTable) texts = texts_of(items);
    g_autofree char *kept = drop_others(text, texts);
    GString *whole = g_string_new(kept);

    g_free(text);
    for (guint i = 0; i < items->len; i++) {
        g_autofree char *lines = text_of(items->pdata[i]);

        if (!xlc_tally_take(texts, lines))
            continue;
        if (whole->len > 0 && whole->str[whole->len - 1] != '\n')
            g_string_append_c(whole, '\n');
        g_string_append(whole, lines);
    }
    return g_string_free(whole, FALSE);
}
