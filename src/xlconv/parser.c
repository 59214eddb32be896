/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/doc_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More errors than this in one file help nobody, and their number must be bounded. */
#define MAX_ERRORS 1000

/* Far more than any guest has; what a value becomes takes some thousand times its bytes. */
#define MAX_VALUES 131072
#define MAX_TEXT   (1024 * 1024)

typedef enum {
    EXPECT_ITEM,      /* or the end of the list */
    EXPECT_SEPARATOR, /* or the end of the list */
    EXPECT_ANYTHING,  /* after an error */
} Expect;

/* A list that is open. */
typedef struct {
    guint first;   /* index of its first item in Parser.pending */
    guint symbols; /* held in front of it */
    gboolean comma;
    Expect expect;
    XlcPosition open;
} Frame;

typedef enum {
    READ_GOOD,
    READ_BROKEN,    /* an error was reported; the text goes on behind the value */
    READ_ABANDONED, /* an error was reported; the text goes on with a new statement */
} ReadResult;

typedef struct {
    XlcDoc *doc;
    DomReport *report;
    XlcLexer lexer;
    XlcToken token;   /* the one to look at */
    const char *key;  /* of the statement being read, for messages; or NULL */
    guint error_line; /* of the last error: one per line is enough */
    guint n_errors;
    guint n_values;
    gboolean full;      /* nothing more is read */
    GPtrArray *pending; /* items of all open lists */
    GArray *frames;
} Parser;

static void
report_at(Parser *p, const XlcPosition *at, const char *message)
{
    if (at->line == p->error_line || p->n_errors >= MAX_ERRORS)
        return;
    p->error_line = at->line;
    p->n_errors++;
    dom_report_add(p->report, DOM_SEVERITY_ERROR, at->line, at->column, p->key, "%s", message);
}

/* The lexer's own complaint, when it has one, is nearer to the cause than @message. */
static void
report_token(Parser *p, const char *message)
{
    if (p->token.kind == XLC_TOKEN_ERROR)
        report_at(p, &p->token.u.error.at, p->token.u.error.message);
    else
        report_at(p, &p->token.start, message);
}

static void
next(Parser *p)
{
    if (p->full) {
        p->token.kind = XLC_TOKEN_END;
        return;
    }
    xlc_lexer_next(&p->lexer, &p->token);
    if (p->token.kind != XLC_TOKEN_ERROR || !p->token.u.error.harmless)
        return;
    if (p->doc->source[p->token.start.offset] != '#')
        dom_report_add(p->report, DOM_SEVERITY_WARNING, p->token.start.line, p->token.start.column,
                       NULL, "%s", _("stray byte at the end of the file, ignored by xl"));
    p->token.kind = XLC_TOKEN_END;
}

static gboolean
at_end_of_statement(const Parser *p)
{
    return p->token.kind == XLC_TOKEN_NEWLINE || p->token.kind == XLC_TOKEN_SEMICOLON ||
           p->token.kind == XLC_TOKEN_END;
}

static gboolean
at_assignment(const Parser *p)
{
    XlcLexer ahead = p->lexer;
    XlcToken token;

    if (p->token.kind != XLC_TOKEN_KEY)
        return FALSE;
    xlc_lexer_next(&ahead, &token);
    return token.kind == XLC_TOKEN_ASSIGN || token.kind == XLC_TOKEN_APPEND;
}

/*
 * Goes to the next line, as xl does; but when @depth lists are open, or open on the way, on to
 * their end or to the next assignment, so that one mistake gives one error and not one for each
 * item.
 */
static void
skip_statement(Parser *p, gint64 depth)
{
    while (p->token.kind != XLC_TOKEN_END) {
        gboolean newline = p->token.kind == XLC_TOKEN_NEWLINE;

        if (newline && depth <= 0)
            return;
        if (p->token.kind == XLC_TOKEN_ERROR)
            report_token(p, NULL);
        else if (p->token.kind == XLC_TOKEN_OPEN)
            depth++;
        else if (p->token.kind == XLC_TOKEN_CLOSE)
            depth--;
        next(p);
        if (newline && at_assignment(p))
            return;
    }
}

static XlcValue *
make_value(Parser *p, XlcValueKind kind, XlcPosition start)
{
    XlcValue *value = xlc_arena_new0(p->doc->arena, XlcValue, 1);

    value->kind = kind;
    value->start = start;
    value->end = p->token.end;
    if (++p->n_values <= MAX_VALUES || p->full)
        return value;
    report_at(p, &p->token.start,
              _("too many values, more than any guest has: the rest of the file was not read"));
    p->full = TRUE;
    return value;
}

static gboolean
check_length(Parser *p)
{
    if (p->token.end.offset - p->token.start.offset <= MAX_TEXT)
        return TRUE;
    report_token(p, _("this is longer than 1 MiB, which nothing of a guest is"));
    return FALSE;
}

static XlcValue *
make_atom(Parser *p)
{
    const XlcToken *token = &p->token;
    XlcValue *value = make_value(
        p, token->kind == XLC_TOKEN_NUMBER ? XLC_VALUE_NUMBER : XLC_VALUE_STRING, token->start);

    if (!check_length(p)) {
        value->text = "";
        return value;
    }
    if (token->kind == XLC_TOKEN_NUMBER) {
        value->length = token->u.text.length;
        value->text = xlc_arena_strndup(p->doc->arena, token->u.text.bytes, value->length);
    } else if (!token->u.string.escaped) {
        value->length = token->u.string.length;
        value->text = xlc_arena_strndup(p->doc->arena, token->u.string.bytes, value->length);
    } else {
        char *text = xlc_arena_alloc(p->doc->arena, token->u.string.length + 1);

        value->length = xlc_lexer_decode(token->u.string.bytes, token->u.string.length, text);
        value->text = text;
    }
    return value;
}

static Frame *
top_frame(Parser *p)
{
    return p->frames->len > 0 ? &g_array_index(p->frames, Frame, p->frames->len - 1) : NULL;
}

/* Symbols that xl would hold in front of the next item. */
static guint
symbols_before_item(const Frame *frame)
{
    if (!frame)
        return XLC_SYMBOLS_TOP;
    return frame->symbols + (frame->comma ? XLC_SYMBOLS_LATER_ITEM : XLC_SYMBOLS_FIRST_ITEM);
}

static guint
symbols_for_token(const Frame *frame, XlcTokenKind kind)
{
    guint before = symbols_before_item(frame);

    if (kind == XLC_TOKEN_NEWLINE && frame->expect == EXPECT_SEPARATOR)
        return before + XLC_SYMBOLS_VALUE + XLC_SYMBOLS_NEWLINE;
    if (kind == XLC_TOKEN_NEWLINE)
        return before + XLC_SYMBOLS_NEWLINE;
    if (kind == XLC_TOKEN_CLOSE)
        return MAX(before, frame->symbols + XLC_SYMBOLS_CLOSE);
    if (kind == XLC_TOKEN_COMMA)
        return frame->symbols + XLC_SYMBOLS_LATER_ITEM;
    return before + XLC_SYMBOLS_VALUE;
}

static void
open_list(Parser *p)
{
    Frame frame = {
        .first = p->pending->len,
        .symbols = symbols_before_item(top_frame(p)),
        .expect = EXPECT_ITEM,
        .open = p->token.start,
    };

    g_array_append_val(p->frames, frame);
}

static XlcValue *
close_list(Parser *p)
{
    Frame frame = *top_frame(p);
    XlcValue *value = make_value(p, XLC_VALUE_LIST, frame.open);
    guint n = p->pending->len - frame.first;
    const XlcValue **items = xlc_arena_new0(p->doc->arena, const XlcValue *, n);

    for (guint i = 0; i < n; i++)
        items[i] = p->pending->pdata[frame.first + i];
    g_ptr_array_set_size(p->pending, frame.first);
    g_array_set_size(p->frames, p->frames->len - 1);
    value->items = items;
    value->n_items = n;
    return value;
}

static void
add_item(Parser *p, XlcValue *value)
{
    g_ptr_array_add(p->pending, value);
    top_frame(p)->expect = EXPECT_SEPARATOR;
}

/* What is wrong with the token as the next one of the list; NULL when it may come. */
static const char *
list_complaint(Parser *p)
{
    Frame *frame = top_frame(p);

    switch (p->token.kind) {
    case XLC_TOKEN_NEWLINE:
    case XLC_TOKEN_CLOSE:
        return NULL;
    case XLC_TOKEN_NUMBER:
    case XLC_TOKEN_STRING:
    case XLC_TOKEN_OPEN:
        return frame->expect == EXPECT_SEPARATOR ? _("expected a comma or ] before this item")
                                                 : NULL;
    case XLC_TOKEN_COMMA:
        return frame->expect == EXPECT_ITEM ? _("expected an item or ] here, not a comma") : NULL;
    case XLC_TOKEN_KEY:
        return _("expected an item: a text must be in quotes");
    case XLC_TOKEN_SEMICOLON:
    case XLC_TOKEN_ASSIGN:
    case XLC_TOKEN_APPEND:
    case XLC_TOKEN_ERROR:
    case XLC_TOKEN_END:
        break;
    }
    return _("expected an item, a comma or ]");
}

static void
accept_list_token(Parser *p)
{
    Frame *frame = top_frame(p);

    if (p->token.kind == XLC_TOKEN_OPEN) {
        open_list(p);
    } else if (p->token.kind == XLC_TOKEN_COMMA) {
        frame->comma = TRUE;
        frame->expect = EXPECT_ITEM;
    } else if (p->token.kind != XLC_TOKEN_NEWLINE) {
        add_item(p, make_atom(p));
    }
}

/* Forgets the open lists, which a new statement or the end of the file has cut short. */
static ReadResult
abandon_list(Parser *p, const XlcPosition *at, const char *message)
{
    if (!p->full)
        report_at(p, at, message);
    g_ptr_array_set_size(p->pending, 0);
    g_array_set_size(p->frames, 0);
    return READ_ABANDONED;
}

static ReadResult
abandon_deep_list(Parser *p)
{
    guint depth = p->frames->len;

    abandon_list(p, &p->token.start, _("lists nested deeper than xl can read"));
    skip_statement(p, depth);
    return READ_ABANDONED;
}

/* The token is an opening bracket. */
static ReadResult
read_list(Parser *p, XlcValue **ret_value)
{
    ReadResult result = READ_GOOD;

    open_list(p);
    for (;;) {
        const char *complaint;

        next(p);
        if (p->token.kind == XLC_TOKEN_END || at_assignment(p))
            return abandon_list(p, &top_frame(p)->open, _("this list has no end: expected a ]"));
        complaint = list_complaint(p);
        if (complaint) {
            report_token(p, complaint);
            top_frame(p)->expect = EXPECT_ANYTHING;
            result = READ_BROKEN;
            continue;
        }
        if (symbols_for_token(top_frame(p), p->token.kind) > XLC_MAX_SYMBOLS)
            return abandon_deep_list(p);
        if (p->token.kind != XLC_TOKEN_CLOSE) {
            accept_list_token(p);
            continue;
        }
        *ret_value = close_list(p);
        if (p->frames->len == 0)
            break;
        add_item(p, *ret_value);
    }
    next(p);
    return result;
}

static ReadResult
read_value(Parser *p, XlcValue **ret_value)
{
    switch (p->token.kind) {
    case XLC_TOKEN_NUMBER:
    case XLC_TOKEN_STRING:
        *ret_value = make_atom(p);
        next(p);
        return READ_GOOD;
    case XLC_TOKEN_OPEN:
        return read_list(p, ret_value);
    case XLC_TOKEN_KEY:
        report_token(p, _("expected a value: a text must be in quotes"));
        break;
    default:
        report_token(p, _("expected a value: a number, a string in quotes or a list"));
        break;
    }
    skip_statement(p, 0);
    return READ_ABANDONED;
}

/* 4G, 1.5, 10-20: what was meant as one value, but the lexer cuts. */
static gboolean
continues_number(const Parser *p, const XlcValue *value)
{
    char byte = p->doc->source[p->token.start.offset];

    return value->kind == XLC_VALUE_NUMBER && value->end.offset == p->token.start.offset &&
           (g_ascii_isalnum(byte) || (byte && strchr("._-:%/", byte)));
}

static void
report_behind_value(Parser *p, const XlcValue *value)
{
    if (continues_number(p, value))
        report_at(p, &value->start, _("expected a number of digits alone, or a text in quotes"));
    else if (value->kind == XLC_VALUE_STRING && p->token.kind == XLC_TOKEN_STRING)
        report_token(p, _("expected a newline or ; here: two strings do not join"));
    else
        report_token(p, _("expected a newline or ; behind the value"));
}

/* Bytes that people write keys with. */
static gboolean
is_word_byte(char byte)
{
    return g_ascii_isalnum(byte) || (byte != '\0' && strchr("_.-", byte) != NULL);
}

/* The word at @at, no key, that an assignment was meant to; NULL for none. */
static const char *
odd_key(const Parser *p, const XlcPosition *at)
{
    const char *word = p->doc->source + at->offset;
    const char *end = word, *behind;

    while (is_word_byte(*end))
        end++;
    behind = end + strspn(end, " \t");
    if (end == word || (*behind != '=' && !g_str_has_prefix(behind, "+=")))
        return NULL;
    return xlc_arena_strndup(p->doc->arena, word, (gsize)(end - word));
}

/* What stands at @at, up to the token, is no key and =. */
static void
report_key(Parser *p, const XlcPosition *at, const char *message)
{
    const char *odd = odd_key(p, at);
    gboolean error = p->token.kind == XLC_TOKEN_ERROR;

    if (odd == NULL) {
        report_token(p, message);
        return;
    }
    p->key = odd;
    report_at(p, error ? &p->token.u.error.at : &p->token.start,
              _("a key begins with a lower-case letter and goes on with such, digits, _ and ."));
}

static void
read_assignment(Parser *p)
{
    XlcAssignment *assignment = xlc_arena_new0(p->doc->arena, XlcAssignment, 1);
    XlcValue *value = NULL;
    ReadResult result;

    p->key = xlc_arena_strndup(p->doc->arena, p->token.u.text.bytes, p->token.u.text.length);
    assignment->key = p->key;
    assignment->start = p->token.start;
    next(p);
    if (p->token.kind != XLC_TOKEN_ASSIGN && p->token.kind != XLC_TOKEN_APPEND) {
        report_key(p, &assignment->start, _("expected = or += behind the key"));
        skip_statement(p, 0);
        return;
    }
    assignment->op = p->token.kind == XLC_TOKEN_APPEND ? XLC_OP_APPEND : XLC_OP_ASSIGN;
    next(p);
    result = read_value(p, &value);
    if (result == READ_ABANDONED)
        return;
    if (!at_end_of_statement(p)) {
        report_behind_value(p, value);
        skip_statement(p, 0);
    } else if (result == READ_GOOD) {
        assignment->value = value;
        assignment->end = value->end;
        if (!xlc_doc_add(p->doc, assignment))
            report_at(p, &assignment->start,
                      _("+= cannot join a list and a single value: write both as lists"));
    }
}

static void
read_statement(Parser *p)
{
    p->key = NULL;
    switch (p->token.kind) {
    case XLC_TOKEN_NEWLINE:
    case XLC_TOKEN_SEMICOLON:
        next(p);
        break;
    case XLC_TOKEN_KEY:
        read_assignment(p);
        break;
    default:
        report_key(p, &p->token.start, _("expected a key at the begin of a statement"));
        skip_statement(p, 0);
        break;
    }
}

/* No statement begins so; one complaint says more than one for each line of another form. */
static const struct {
    char first;
    const char *text;
} others[] = {
    { '<', N_("this is XML and no xl.cfg: convert it with xlconv xml2cfg") },
    { '{', N_("this is JSON and no xl.cfg: convert it with xlconv json2cfg") },
};

static gboolean
is_other_form(const XlcDoc *doc, DomReport *report)
{
    guint line = 1;
    gsize begin = 0, at = 0;

    for (; at < doc->length && doc->source[at] != '\0' && strchr(" \t\r\n", doc->source[at]);
         at++) {
        if (doc->source[at] == '\n') {
            line++;
            begin = at + 1;
        }
    }
    for (guint i = 0; at < doc->length && i < G_N_ELEMENTS(others); i++) {
        if (doc->source[at] != others[i].first)
            continue;
        dom_report_add(report, DOM_SEVERITY_ERROR, line, (guint)(at - begin) + 1, NULL, "%s",
                       _(others[i].text));
        return TRUE;
    }
    return FALSE;
}

gboolean
xlc_doc_read(XlcDoc *doc, DomReport *report)
{
    Parser p = { .doc = doc, .report = report };

    if (is_other_form(doc, report))
        return FALSE;

    p.pending = g_ptr_array_new();
    p.frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    xlc_lexer_init(&p.lexer, doc->source, doc->length);
    next(&p);
    while (p.token.kind != XLC_TOKEN_END && p.n_errors < MAX_ERRORS)
        read_statement(&p);
    if (p.n_errors >= MAX_ERRORS)
        dom_report_add(report, DOM_SEVERITY_NOTE, p.token.start.line, p.token.start.column, NULL,
                       "%s", _("too many errors: the rest of the file was not read"));
    if (p.n_errors > 0 && p.lexer.looks_like_python)
        dom_report_add(report, DOM_SEVERITY_NOTE, 0, 0, NULL, "%s",
                       _("this may be Python, as the old xm read it: xl.cfg has only key = value; "
                         "--from xm reads more"));
    g_ptr_array_unref(p.pending);
    g_array_unref(p.frames);
    return p.n_errors == 0;
}
