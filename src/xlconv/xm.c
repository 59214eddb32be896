/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/xm.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/advice.h"
#include "xlconv/error.h"
#include "xlconv/layout.h"
#include "xlconv/lexer.h"
#include "xlconv/writer.h"
#include "xlconv/xm_meaning.h"
#include "xlconv/xm_string.h"

/* No file that somebody wrote nests deeper. */
#define MOST_LEVELS 100

/* More errors in one file help nobody. */
#define MOST_ERRORS 1000

typedef struct {
    const char *at;
    const char *end;
    const char *line_start;
    guint line;
    DomReport *report;
    guint errors;
    GString *out;
    gsize out_line;   /* where its last line begins */
    GString *pending; /* newlines and comments that have no place yet where xl allows them */
    guint depth;      /* brackets and parentheses that are open */
} Reader;

static char *
line_text(const Reader *r)
{
    const char *newline = memchr(r->line_start, '\n', (gsize)(r->end - r->line_start));

    return g_strndup(r->line_start, (gsize)((newline != NULL ? newline : r->end) - r->line_start));
}

/* What Python it was is nearer to the cause than @message. FALSE, for the caller to return. */
static gboolean
fail(Reader *r, const char *message)
{
    g_autofree char *line = line_text(r);
    guint column;
    const char *hint = xlc_python_hint(line, &column);

    dom_report_add(r->report, DOM_SEVERITY_ERROR, r->line, (guint)(r->at - r->line_start) + 1, NULL,
                   "%s", hint != NULL ? hint : message);
    r->errors++;
    return FALSE;
}

static void
take_newline(Reader *r)
{
    r->at++;
    r->line++;
    r->line_start = r->at;
}

static gboolean
at_byte(const Reader *r, char byte)
{
    return r->at < r->end && *r->at == byte;
}

static void
take_comment(Reader *r)
{
    const char *newline = memchr(r->at, '\n', (gsize)(r->end - r->at));
    const char *end = newline != NULL ? newline : r->end;

    g_string_append_len(r->pending, r->at, end - r->at);
    if (newline == NULL)
        g_string_append_c(r->pending, '\n');
    r->at = end;
}

/* Blanks and a backslash at the end of the line; inside brackets also newlines and comments. */
static void
skip_blanks(Reader *r)
{
    while (r->at < r->end) {
        if (strchr(" \t\f", *r->at) != NULL && *r->at != '\0') {
            r->at++;
        } else if (*r->at == '\\' && r->at + 1 < r->end && r->at[1] == '\n') {
            r->at++;
            g_string_append_c(r->pending, '\n');
            take_newline(r);
        } else if (r->depth > 0 && *r->at == '#') {
            take_comment(r);
        } else if (r->depth > 0 && *r->at == '\n') {
            g_string_append_c(r->pending, '\n');
            take_newline(r);
        } else {
            return;
        }
    }
}

/* Puts @text into the column that its source has, so that messages show the right place. */
static void
put(Reader *r, const char *source, const char *text)
{
    gsize column = source >= r->line_start ? (gsize)(source - r->line_start) : 0;

    for (gsize i = r->out->len - r->out_line; i < column; i++)
        g_string_append_c(r->out, ' ');
    g_string_append(r->out, text);
}

/* Where xl allows newlines and comments. */
static void
flush_pending(Reader *r)
{
    const char *newline = strrchr(r->pending->str, '\n');

    if (*r->pending->str == '#' && r->out->len > r->out_line && r->out->str[r->out->len - 1] != ' ')
        g_string_append_c(r->out, ' ');
    if (newline != NULL)
        r->out_line = r->out->len + (gsize)(newline + 1 - r->pending->str);
    g_string_append_len(r->out, r->pending->str, (gssize)r->pending->len);
    g_string_truncate(r->pending, 0);
}

/* Takes back what was put since @from, but not its newlines. */
static void
take_back(Reader *r, gsize from)
{
    for (const char *p = r->out->str + from; *p != '\0'; p++) {
        if (*p == '\n')
            g_string_prepend_c(r->pending, '\n');
    }
    g_string_truncate(r->out, from);
    while (r->out_line > 0 && (r->out_line > from || r->out->str[r->out_line - 1] != '\n'))
        r->out_line--;
}

/* Strings side by side are one. */
static gboolean
read_strings(Reader *r)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *quoted = NULL;
    const char *source = r->at;

    while (xlc_xm_string_prefix(r->at, r->end) > 0) {
        const char *problem = NULL;
        guint lines = 0;
        gsize n = xlc_xm_string_read(r->at, r->end, text, &lines, &problem);

        if (problem != NULL)
            return fail(r, problem);
        for (const char *end = r->at + n; r->at < end;) {
            if (*r->at == '\n') {
                g_string_append_c(r->pending, '\n');
                take_newline(r);
            } else {
                r->at++;
            }
        }
        skip_blanks(r);
    }
    quoted = xlc_writer_quote(text->str);
    put(r, source, quoted);
    return TRUE;
}

/* "0X1F", "0o17", "0b11", "5L" as xl writes it (transfer full); NULL when it is no whole number. */
static char *
plain_number(const char *number)
{
    g_autofree char *small = g_ascii_strdown(number, -1);
    gsize length = strlen(small);
    guint64 value;

    if (length > 1 && small[length - 1] == 'l')
        small[--length] = '\0';
    if (g_str_has_prefix(small, "0b") &&
        g_ascii_string_to_unsigned(small + 2, 2, 0, G_MAXUINT64, &value, NULL))
        return g_strdup_printf("%" G_GUINT64_FORMAT, value);
    if (g_str_has_prefix(small, "0o") &&
        g_ascii_string_to_unsigned(small + 2, 8, 0, G_MAXUINT64, &value, NULL))
        return g_strdup_printf("0%" G_GINT64_MODIFIER "o", value);
    if (g_str_has_prefix(small, "0x") &&
        g_ascii_string_to_unsigned(small + 2, 16, 0, G_MAXUINT64, &value, NULL))
        return g_steal_pointer(&small);
    return small[strspn(small, "0123456789")] == '\0' ? g_steal_pointer(&small) : NULL;
}

static gboolean
read_number(Reader *r)
{
    const char *source = r->at, *first;
    gboolean sign = at_byte(r, '-') || at_byte(r, '+');
    g_autofree char *spelled = NULL;
    g_autofree char *plain = NULL;
    g_autofree char *quoted = NULL;

    first = source + sign;
    while (first < r->end && *first == ' ')
        first++;
    r->at = first;
    while (r->at < r->end && (g_ascii_isalnum(*r->at) || *r->at == '.'))
        r->at++;
    spelled = g_strndup(first, (gsize)(r->at - first));
    plain = plain_number(spelled);
    if (plain == NULL || *plain == '\0') {
        r->at = source;
        return fail(r, _("expected a whole number"));
    }
    quoted = g_strdup_printf("\"-%s\"", plain);
    put(r, source, *source == '-' ? quoted : plain);
    skip_blanks(r);
    return TRUE;
}

static gsize
word_length(const Reader *r)
{
    gsize n = 0;

    while (r->at + n < r->end && (g_ascii_isalnum(r->at[n]) || r->at[n] == '_'))
        n++;
    return n;
}

static gboolean
is_word(const Reader *r, const char *word)
{
    return word_length(r) == strlen(word) && strncmp(r->at, word, strlen(word)) == 0;
}

static gboolean
read_word(Reader *r)
{
    const char *source = r->at;
    gboolean on = is_word(r, "True");

    if (!on && !is_word(r, "False"))
        return fail(r, _("expected data: a number, a text in quotes, True, False or a list"));
    put(r, source, on ? "1" : "0");
    r->at += word_length(r);
    skip_blanks(r);
    return TRUE;
}

static gboolean read_value(Reader *r);

/* Items up to @close, which it takes. @ret_comma: whether one was among them. */
static gboolean
read_items(Reader *r, char close, guint *ret_items, gboolean *ret_comma)
{
    *ret_items = 0;
    *ret_comma = FALSE;
    for (;;) {
        skip_blanks(r);
        if (r->at >= r->end)
            return fail(r, _("this list has no end"));
        if (*r->at == close)
            break;
        /* a lone item in parentheses is no list, and there xl allows no newline */
        if (close == ']' || *ret_comma)
            flush_pending(r);
        if (!read_value(r))
            return FALSE;
        (*ret_items)++;
        skip_blanks(r);
        if (at_byte(r, close))
            break;
        if (r->at < r->end && *r->at != ',')
            return fail(r, _("expected a comma or the end of the list"));
        if (r->at >= r->end)
            continue;
        *ret_comma = TRUE;
        put(r, r->at, ",");
        r->at++;
    }
    return TRUE;
}

/* ( x ) is x; ( x, ), ( x, y ) and ( ) are lists, as [ x ] is. */
static gboolean
read_list(Reader *r)
{
    char close = *r->at == '[' ? ']' : ')';
    gsize open;
    guint items;
    gboolean comma;

    if (r->depth >= MOST_LEVELS)
        return fail(r, _("lists nested too deep"));
    put(r, r->at, "[");
    open = r->out->len - 1;
    r->at++;
    r->depth++;
    if (!read_items(r, close, &items, &comma))
        return FALSE;
    if (close == ')' && items == 1 && !comma) {
        r->out->str[open] = ' ';
    } else {
        flush_pending(r);
        put(r, r->at, "]");
    }
    r->at++;
    r->depth--;
    skip_blanks(r);
    return TRUE;
}

static gboolean
read_value(Reader *r)
{
    if (r->at >= r->end || *r->at == '\n')
        return fail(r, _("expected a value"));
    if (xlc_xm_string_prefix(r->at, r->end) > 0)
        return read_strings(r);
    if (g_ascii_isdigit(*r->at) || *r->at == '-' || *r->at == '+')
        return read_number(r);
    if (*r->at == '[' || *r->at == '(')
        return read_list(r);
    return read_word(r);
}

static gboolean
ends_statement(const Reader *r)
{
    return r->at >= r->end || strchr("\n;#", *r->at) != NULL;
}

/* The assignment's value. None says that there is none: the assignment goes. */
static gboolean
read_right_side(Reader *r, gsize out_start)
{
    skip_blanks(r);
    if (is_word(r, "None")) {
        r->at += strlen("None");
        skip_blanks(r);
        take_back(r, out_start);
    } else if (!read_value(r)) {
        return FALSE;
    }
    return ends_statement(r) ||
           fail(r, _("expected the end of the line: only data can be read, nothing is calculated"));
}

static gboolean
read_assignment(Reader *r)
{
    gsize length = word_length(r), out_start = r->out->len;
    g_autofree char *key = g_strndup(r->at, length);
    const char *source = r->at;
    guint line = r->line;
    gboolean append;

    if (length == 0)
        return fail(r, _("expected KEY = VALUE"));
    r->at += length;
    skip_blanks(r);
    append = at_byte(r, '+') && r->at + 1 < r->end && r->at[1] == '=';
    if (!append && !at_byte(r, '='))
        return fail(r, _("expected KEY = VALUE"));
    put(r, source, key);
    put(r, r->at, append ? "+=" : "=");
    r->at += append ? 2 : 1;
    if (!read_right_side(r, out_start))
        return FALSE;
    if (xlc_lexer_is_key(key))
        return TRUE;
    /* xm looked only at the names it knew, which are all in lower case */
    dom_report_add(r->report, DOM_SEVERITY_WARNING, line, 0, NULL,
                   _("'%s' is no key of xl.cfg; it is left out"), key);
    take_back(r, out_start);
    return TRUE;
}

/* A statement with the end of its line. */
static void
read_line(Reader *r)
{
    guint before = r->errors;
    gsize good;

    r->depth = 0;
    skip_blanks(r);
    for (good = r->out->len; !ends_statement(r) && read_assignment(r); good = r->out->len) {
        if (at_byte(r, ';')) {
            put(r, r->at, ";");
            r->at++;
        }
        skip_blanks(r);
    }
    if (r->errors == before && at_byte(r, ';'))
        fail(r, _("expected KEY = VALUE"));
    if (r->errors > before) {
        take_back(r, good);
        while (r->at < r->end && *r->at != '\n')
            r->at++;
    }
    if (at_byte(r, '#')) {
        put(r, r->at, "");
        take_comment(r);
    }
    if (at_byte(r, '\n')) {
        g_string_append_c(r->pending, '\n');
        take_newline(r);
    }
    flush_pending(r);
}

/* @text without NUL. */
static char *
translate(const char *text, DomReport *report, guint *ret_errors)
{
    Reader r = {
        .at = text,
        .end = text + strlen(text),
        .line_start = text,
        .line = 1,
        .report = report,
        .out = g_string_new(NULL),
        .pending = g_string_new(NULL),
    };

    while (r.at < r.end && r.errors < MOST_ERRORS)
        read_line(&r);
    if (r.errors == MOST_ERRORS)
        dom_report_add(report, DOM_SEVERITY_NOTE, r.line, 0, NULL, "%s",
                       _("too many errors: the rest of the file was not read"));
    g_string_free(r.pending, TRUE);
    *ret_errors = r.errors;
    return g_string_free(r.out, FALSE);
}

char *
xlc_xm_read(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autofree char *plain = NULL;
    char *cfg;
    guint errors;

    if (length > 0 && memchr(text, '\0', length) != NULL) {
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                            _("this file holds a NUL byte: take it out"));
        return g_strdup("");
    }
    plain = xlc_plain_lines(text, length, NULL);
    cfg = translate(plain, report, &errors);
    if (errors > 0)
        g_set_error(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                    _("%u lines are more than data: write out what they mean"), errors);
    return cfg;
}

char *
xlc_xm_to_cfg_partial(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autofree char *cfg = xlc_xm_read(text, length, report, error);
    char *meant = xlc_xm_meaning(cfg, report);

    dom_report_sort(report);
    return meant;
}

char *
xlc_xm_to_cfg(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autofree char *cfg = xlc_xm_to_cfg_partial(text, length, report, &wrong);

    if (wrong == NULL)
        return g_steal_pointer(&cfg);
    g_propagate_error(error, g_steal_pointer(&wrong));
    return NULL;
}
