/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/layout.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/carried.h"
#include "xlconv/doc.h"
#include "xlconv/error.h"

#define LINE_WIDTH 80
#define INDENT     4

/* Deeper lists are indented no further: nobody reads them, and the blanks would be the most of it
 */
#define MOST_INDENTS 20

typedef struct {
    XlcLexer lexer;
    XlcToken token; /* the one to look at */
    GString *out;
    gboolean blank; /* an empty line is to come before the next statement */
} Layout;

/* A list with the item that waits until it is known whether a comma follows. */
typedef struct {
    GString *out;
    guint depth;
    GString *item;    /* NULL when there is none */
    char *comment;    /* behind it */
    GString *between; /* lines that stand behind it */
    gboolean blank;   /* an empty line, to come before what follows */
    gboolean any;     /* something has been written into the list */
} List;

static void
next(Layout *layout)
{
    xlc_lexer_next(&layout->lexer, &layout->token);
}

/* The comment of a newline token without blanks at its end (transfer full); NULL for none. Those of
 * one that carries XML are part of that. */
static char *
comment_of(const XlcToken *token, const char *data)
{
    const char *text = data + token->start.offset;
    gsize length = token->end.offset - token->start.offset;

    if (length > 0 && text[length - 1] == '\n')
        length--;
    while (length > 0 && g_ascii_isspace(text[length - 1]) && !xlc_carried_is_line(text, length))
        length--;
    return length > 0 ? g_strndup(text, length) : NULL;
}

static void
append_indent(GString *out, guint depth)
{
    g_string_append_printf(out, "%*s", (int)MIN(depth, MOST_INDENTS) * INDENT, "");
}

/* A comment in a line of its own, after @indent levels. One that carries XML does so because it
 * begins the line, and no other may come to do so. */
static void
append_comment(GString *out, guint indent, const char *comment, const XlcToken *token)
{
    gboolean carried = xlc_carried_is_line(comment, strlen(comment));

    if (!carried)
        append_indent(out, indent);
    else if (token->start.column > 1)
        g_string_append_c(out, ' ');
    g_string_append_printf(out, "%s\n", comment);
}

static void
append_atom(GString *out, const XlcToken *token, const char *data)
{
    const char *text = data + token->start.offset;
    gsize length = token->end.offset - token->start.offset;

    if (token->kind == XLC_TOKEN_STRING && *text == '\'' && !token->u.string.escaped &&
        memchr(text, '"', length) == NULL) {
        g_string_append_c(out, '"');
        g_string_append_len(out, text + 1, length - 2);
        g_string_append_c(out, '"');
    } else {
        g_string_append_len(out, text, length);
    }
}

/* The list in one line (transfer full); NULL when it has lines or comments. Leaves @layout as is.
 */
static char *
flat_list(const Layout *layout)
{
    Layout ahead = *layout;
    g_autoptr(GString) flat = g_string_new("[");
    guint depth = 1;
    gboolean comma = FALSE, first = TRUE;

    while (depth > 0) {
        next(&ahead);
        switch (ahead.token.kind) {
        case XLC_TOKEN_COMMA:
            comma = TRUE;
            break;
        case XLC_TOKEN_CLOSE:
            g_string_append(flat, first ? "]" : " ]");
            depth--;
            first = comma = FALSE;
            break;
        case XLC_TOKEN_OPEN:
        case XLC_TOKEN_NUMBER:
        case XLC_TOKEN_STRING:
            g_string_append(flat, comma ? ", " : " ");
            if (ahead.token.kind == XLC_TOKEN_OPEN) {
                g_string_append_c(flat, '[');
                depth++;
            } else {
                append_atom(flat, &ahead.token, ahead.lexer.data);
            }
            first = ahead.token.kind == XLC_TOKEN_OPEN;
            comma = FALSE;
            break;
        default:
            return NULL;
        }
    }
    return g_strdup(flat->str);
}

static void
flush_between(List *list)
{
    g_string_append(list->out, list->between->str);
    list->any |= list->between->len > 0;
    g_string_truncate(list->between, 0);
}

static void
flush_item(List *list, gboolean last)
{
    if (list->item != NULL) {
        append_indent(list->out, list->depth);
        g_string_append(list->out, list->item->str);
        g_string_append(list->out, last ? "" : ",");
        if (list->comment != NULL)
            g_string_append_printf(list->out, "  %s", list->comment);
        g_string_append_c(list->out, '\n');
        list->any = TRUE;
        g_string_free(list->item, TRUE);
        list->item = NULL;
        g_clear_pointer(&list->comment, g_free);
    }
    flush_between(list);
}

/* No empty lines at the begin of a list. */
static void
put_blank(List *list)
{
    if (list->blank && (list->any || list->item != NULL || list->between->len > 0))
        g_string_append_c(list->between, '\n');
    list->blank = FALSE;
}

/* A newline, maybe with a comment. @own_line: nothing but that is on the line. */
static void
list_newline(List *list, const Layout *layout, gboolean own_line)
{
    char *comment = comment_of(&layout->token, layout->lexer.data);

    if (comment == NULL) {
        list->blank |= own_line;
    } else if (!own_line && list->item != NULL && list->comment == NULL) {
        list->comment = g_steal_pointer(&comment);
    } else {
        put_blank(list);
        append_comment(list->between, list->depth, comment, &layout->token);
    }
    g_free(comment);
}

static void format_list(Layout *layout, GString *out, guint depth, gsize before);

static void
list_item(Layout *layout, List *list)
{
    put_blank(list);
    flush_item(list, FALSE);
    list->item = g_string_new(NULL);
    if (layout->token.kind == XLC_TOKEN_OPEN)
        format_list(layout, list->item, list->depth, list->depth * INDENT + 1);
    else
        append_atom(list->item, &layout->token, layout->lexer.data);
}

/* The comment right behind the opening bracket stays there. */
static void
open_lines(Layout *layout, GString *out)
{
    Layout ahead = *layout;
    g_autofree char *comment = NULL;

    g_string_append_c(out, '[');
    next(&ahead);
    if (ahead.token.kind == XLC_TOKEN_NEWLINE) {
        *layout = ahead;
        comment = comment_of(&layout->token, layout->lexer.data);
    }
    if (comment != NULL)
        g_string_append_printf(out, "  %s", comment);
    g_string_append_c(out, '\n');
}

static void
format_lines(Layout *layout, GString *out, guint depth)
{
    List list = { .out = out, .depth = depth + 1, .between = g_string_new(NULL) };
    gboolean own_line;

    open_lines(layout, out);
    own_line = layout->token.kind == XLC_TOKEN_NEWLINE;
    for (next(layout); layout->token.kind != XLC_TOKEN_CLOSE; next(layout)) {
        if (layout->token.kind == XLC_TOKEN_NEWLINE)
            list_newline(&list, layout, own_line);
        else if (layout->token.kind != XLC_TOKEN_COMMA)
            list_item(layout, &list);
        own_line = layout->token.kind == XLC_TOKEN_NEWLINE;
    }
    flush_item(&list, TRUE);
    g_string_free(list.between, TRUE);
    append_indent(out, depth);
    g_string_append_c(out, ']');
}

static gboolean
has_items(const Layout *layout)
{
    Layout ahead = *layout;
    gboolean comment;

    do {
        g_autofree char *text = NULL;

        next(&ahead);
        text = ahead.token.kind == XLC_TOKEN_NEWLINE ? comment_of(&ahead.token, ahead.lexer.data)
                                                     : NULL;
        comment = text != NULL;
    } while (ahead.token.kind == XLC_TOKEN_NEWLINE && !comment);
    return comment || ahead.token.kind != XLC_TOKEN_CLOSE;
}

static void
skip_list(Layout *layout)
{
    for (guint depth = 1; depth > 0;) {
        next(layout);
        depth += layout->token.kind == XLC_TOKEN_OPEN;
        depth -= layout->token.kind == XLC_TOKEN_CLOSE;
    }
}

/* The token is the opening bracket, then the closing one. @before: bytes on the line already. */
static void
format_list(Layout *layout, GString *out, guint depth, gsize before)
{
    g_autofree char *flat = flat_list(layout);

    if (!has_items(layout))
        g_string_append(out, "[]");
    else if (flat == NULL || (before + strlen(flat) > LINE_WIDTH && depth < MOST_INDENTS)) {
        format_lines(layout, out, depth);
        return;
    } else
        g_string_append(out, flat);
    skip_list(layout);
}

static void
put_line_break(Layout *layout)
{
    if (layout->blank && layout->out->len > 0)
        g_string_append_c(layout->out, '\n');
    layout->blank = FALSE;
}

/* The token is the key; then the one behind the statement's line end. */
static void
format_statement(Layout *layout)
{
    gsize from = layout->out->len;

    g_string_append_len(layout->out, layout->token.u.text.bytes, layout->token.u.text.length);
    next(layout);
    g_string_append(layout->out, layout->token.kind == XLC_TOKEN_APPEND ? " += " : " = ");
    next(layout);
    if (layout->token.kind == XLC_TOKEN_OPEN)
        format_list(layout, layout->out, 0, layout->out->len - from);
    else
        append_atom(layout->out, &layout->token, layout->lexer.data);
    do
        next(layout);
    while (layout->token.kind == XLC_TOKEN_SEMICOLON);
    if (layout->token.kind == XLC_TOKEN_NEWLINE) {
        g_autofree char *comment = comment_of(&layout->token, layout->lexer.data);

        if (comment != NULL)
            g_string_append_printf(layout->out, "  %s", comment);
        next(layout);
    }
    g_string_append_c(layout->out, '\n');
}

static void
format_comment(Layout *layout)
{
    g_autofree char *comment = comment_of(&layout->token, layout->lexer.data);

    if (comment != NULL) {
        put_line_break(layout);
        append_comment(layout->out, 0, comment, &layout->token);
    } else {
        layout->blank = TRUE;
    }
    next(layout);
}

/* @text has no errors. */
static char *
format(const char *text)
{
    Layout layout = { .out = g_string_new(NULL) };

    xlc_lexer_init(&layout.lexer, text, strlen(text));
    next(&layout);
    while (layout.token.kind != XLC_TOKEN_END && layout.token.kind != XLC_TOKEN_ERROR) {
        if (layout.token.kind == XLC_TOKEN_KEY) {
            put_line_break(&layout);
            format_statement(&layout);
        } else if (layout.token.kind == XLC_TOKEN_NEWLINE) {
            format_comment(&layout);
        } else {
            next(&layout);
        }
    }
    return g_string_free(layout.out, FALSE);
}

static gboolean
same_value(const XlcValue *a, const XlcValue *b)
{
    if (a->kind != b->kind)
        return FALSE;
    if (a->kind != XLC_VALUE_LIST)
        return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
    if (a->n_items != b->n_items)
        return FALSE;
    for (guint i = 0; i < a->n_items; i++) {
        if (!same_value(a->items[i], b->items[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean
same_assignments(const XlcDoc *a, const XlcDoc *b)
{
    if (xlc_doc_n_assignments(a) != xlc_doc_n_assignments(b))
        return FALSE;
    for (guint i = 0; i < xlc_doc_n_assignments(a); i++) {
        const XlcAssignment *one = xlc_doc_assignment(a, i);
        const XlcAssignment *other = xlc_doc_assignment(b, i);

        if (!g_str_equal(one->key, other->key) || one->op != other->op ||
            !same_value(one->value, other->value))
            return FALSE;
    }
    return TRUE;
}

char *
xlc_plain_lines(const char *text, gsize length, gboolean *ret_changed)
{
    static const char mark[] = "\xef\xbb\xbf";
    GString *plain = g_string_sized_new(length);
    gsize i = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;

    for (; i < length; i++) {
        if (text[i] != '\r' || (i + 1 < length && text[i + 1] != '\n'))
            g_string_append_c(plain, text[i]);
    }
    if (ret_changed != NULL)
        *ret_changed = plain->len != length;
    return g_string_free(plain, FALSE);
}

char *
xlc_layout(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autofree char *plain = NULL;
    g_autofree char *lines = NULL;
    g_autofree char *result = NULL;
    g_autoptr(XlcDoc) before = NULL;
    g_autoptr(XlcDoc) after = NULL;

    if (length > 0 && memchr(text, '\0', length) != NULL) {
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                            _("this file holds a NUL byte: take it out"));
        return NULL;
    }
    plain = xlc_plain_lines(text, length, NULL);
    /* the newline that a comment at the very end needs */
    lines = g_strconcat(plain, "\n", NULL);
    before = xlc_doc_parse(lines, strlen(lines), report, error);
    if (before == NULL)
        return NULL;
    result = format(lines);
    after = xlc_doc_parse(result, strlen(result), NULL, error);
    if (after == NULL)
        return NULL;
    if (!same_assignments(before, after)) {
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                            _("this file cannot be laid out without changing what it says"));
        return NULL;
    }
    return g_steal_pointer(&result);
}
