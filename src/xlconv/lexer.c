/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/lexer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
xlc_lexer_init(XlcLexer *lexer, const char *data, gsize length)
{
    *lexer = (XlcLexer){
        .data = data,
        .length = length,
        .at = { .offset = 0, .line = 1, .column = 1 },
    };
}

static gboolean
is_key_start(char c)
{
    return c >= 'a' && c <= 'z';
}

static gboolean
is_key_byte(char c)
{
    return is_key_start(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static gboolean
is_number_start(char c)
{
    return c >= '0' && c <= '9';
}

static gboolean
is_number_byte(char c)
{
    return is_number_start(c) || (c >= 'a' && c <= 'f') || c == 'x';
}

static gboolean
is_whole(const char *text, gboolean (*start)(char), gboolean (*byte)(char))
{
    if (!start(*text))
        return FALSE;
    while (*text && byte(*text))
        text++;
    return *text == '\0';
}

gboolean
xlc_lexer_is_key(const char *text)
{
    return is_whole(text, is_key_start, is_key_byte);
}

gboolean
xlc_lexer_is_number(const char *text)
{
    return is_whole(text, is_number_start, is_number_byte);
}

/*
 * What xl skips after \ and a digit 0-7: it copies three bytes and lets strtoul() (base 10, not 8)
 * say how many of them are a number, leading blanks and sign included. Fewer than two is an error:
 * 0.
 */
static gsize
numeric_escape_length(const char *p, gsize left)
{
    gsize most = MIN(left, 3);
    gsize n = 0;
    gsize digits;

    while (n < most && g_ascii_isspace(p[n]))
        n++;
    if (n < most && (p[n] == '+' || p[n] == '-'))
        n++;
    for (digits = n; n < most && g_ascii_isdigit(p[n]);)
        n++;
    return n > digits && n >= 2 ? n : 0;
}

gsize
xlc_lexer_step(const char *bytes, gsize left, char *ret_byte, gsize *ret_written)
{
    static const char letters[] = "abfnrtv\"'\\";
    static const char values[] = "\a\b\f\n\r\t\v\"'\\";
    const char *found;
    gsize n;

    *ret_written = 1;
    *ret_byte = bytes[0];
    if (bytes[0] != '\\')
        return 1;
    if (left < 2 || bytes[1] == '\0')
        return 0;
    found = strchr(letters, bytes[1]);
    if (found) {
        *ret_byte = values[found - letters];
        return 2;
    }
    if (bytes[1] < '0' || bytes[1] > '7')
        return 0;
    n = numeric_escape_length(bytes + 2, left - 2);
    *ret_written = 0;
    return n > 0 ? n + 2 : 0;
}

gsize
xlc_lexer_decode(const char *bytes, gsize length, char *buffer)
{
    gsize written = 0;

    for (gsize i = 0; i < length;) {
        gsize wrote;
        char byte;
        gsize n = xlc_lexer_step(bytes + i, length - i, &byte, &wrote);

        if (n == 0) /* cannot be: the lexer has checked the string */
            break;
        if (wrote)
            buffer[written++] = byte;
        i += n;
    }
    return written;
}

static void
advance(XlcLexer *lexer, gsize n)
{
    lexer->at.offset += n;
    lexer->at.column += n;
}

static void
finish_token(XlcLexer *lexer, XlcToken *token, XlcTokenKind kind, gsize length)
{
    token->kind = kind;
    advance(lexer, length);
    token->end = lexer->at;
}

static void
finish_newline(XlcLexer *lexer, XlcToken *token, gsize length)
{
    finish_token(lexer, token, XLC_TOKEN_NEWLINE, length);
    lexer->at.line++;
    lexer->at.column = 1;
}

static void
finish_text(XlcLexer *lexer, XlcToken *token, XlcTokenKind kind, const char *p, gsize left,
            gboolean (*byte)(char))
{
    gsize n = 1;

    while (n < left && byte(p[n]))
        n++;
    token->u.text.bytes = p;
    token->u.text.length = n;
    finish_token(lexer, token, kind, n);
}

static const char *
bad_byte_message(const char *p, gsize left)
{
    char next = left > 1 ? p[1] : '\0';

    if (left >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        return _("byte order mark: save the file as UTF-8 without one");
    if ((*p == '-' || *p == '+' || *p == '.') && g_ascii_isdigit(next))
        return _("expected a number of digits alone, or a text in quotes");
    switch (*p) {
    case '\r':
        return _("carriage return: end lines with a plain newline (dos2unix does it)");
    case '\0':
        return _("NUL byte: expected text");
    case '#':
        return _("a comment must end with a newline: add one at the end of the file");
    case '"':
    case '\'':
        return _("a string must end on its line, with the quote that it begins with");
    default:
        break;
    }
    if (g_ascii_isupper(*p) || *p == '_')
        return _("a text must be in quotes, and a key begins with a lower-case letter");
    return _("unexpected character: expected a key, a number, a string in quotes or a list");
}

/*
 * xl takes everything up to the next blank for one bad word. One stray byte as the very last of the
 * file slips through there: xl reads the end of the file as the end of the word before it has
 * complained.
 */
static void
finish_error(XlcLexer *lexer, XlcToken *token, const char *p, gsize left)
{
    gsize n = 1;

    token->u.error.message = bad_byte_message(p, left);
    token->u.error.at = token->start;
    token->u.error.harmless = left == 1;
    while (n < left && p[n] != ' ' && p[n] != '\t' && p[n] != '\n')
        n++;
    /* as in xl, but a negative number alone is no sign of Python */
    if (*p && strchr("+-.():", *p) && !(left > 1 && g_ascii_isdigit(p[1])))
        lexer->looks_like_python = TRUE;
    finish_token(lexer, token, XLC_TOKEN_ERROR, n);
}

static const char *
bad_escape_message(const char *p, gsize left)
{
    if (left > 1 && p[1] == 'x')
        return _("\\x does not work in xl: write the byte itself");
    if (left > 1 && p[1] >= '0' && p[1] <= '9')
        return _("numeric escapes do not work in xl: write the byte itself");
    return _("unknown escape: expected \\\" \\' \\\\ \\a \\b \\f \\n \\r \\t or \\v"
             " (a backslash itself is \\\\)");
}

/* The bytes from the opening quote up to and with the closing one; 0 when there is none on the
 * line. */
static gsize
string_length(const char *p, gsize left, gboolean *ret_escaped, const char **ret_nul)
{
    gsize i = 1;

    for (; i < left && p[i] != '\n'; i++) {
        if (p[i] == *p)
            return i + 1;
        if (p[i] == '\0' && !*ret_nul)
            *ret_nul = p + i;
        if (p[i] != '\\')
            continue;
        *ret_escaped = TRUE;
        if (++i >= left || p[i] == '\n')
            return 0;
        if (p[i] == '\0' && !*ret_nul)
            *ret_nul = p + i;
    }
    return 0;
}

/* The first escape that xl refuses, or NULL. */
static const char *
bad_escape(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length;) {
        gsize wrote;
        char byte;
        gsize n = xlc_lexer_step(bytes + i, length - i, &byte, &wrote);

        if (n == 0)
            return bytes + i;
        i += n;
    }
    return NULL;
}

static void
string_error(XlcToken *token, const char *p, const char *place, const char *message)
{
    token->kind = XLC_TOKEN_ERROR;
    token->u.error.message = message;
    token->u.error.harmless = FALSE;
    token->u.error.at = token->start;
    token->u.error.at.offset += place - p;
    token->u.error.at.column += place - p;
}

static void
finish_string(XlcLexer *lexer, XlcToken *token, const char *p, gsize left)
{
    gboolean escaped = FALSE;
    const char *nul = NULL;
    const char *bad = NULL;
    gsize n = string_length(p, left, &escaped, &nul);

    if (n == 0) {
        finish_error(lexer, token, p, left);
        return;
    }
    finish_token(lexer, token, XLC_TOKEN_STRING, n);
    if (escaped)
        bad = bad_escape(p + 1, n - 2);
    if (nul)
        string_error(token, p, nul, _("NUL byte inside a string"));
    else if (bad)
        string_error(token, p, bad, bad_escape_message(bad, p + n - 1 - bad));
    else {
        token->u.string.bytes = p + 1;
        token->u.string.length = n - 2;
        token->u.string.escaped = escaped;
    }
}

/* The comment with its newline; 0 when the file ends before the newline. */
static gsize
comment_length(const char *p, gsize left)
{
    const char *newline = memchr(p, '\n', left);

    return newline ? (gsize)(newline - p) + 1 : 0;
}

static void
finish_punctuation(XlcLexer *lexer, XlcToken *token, const char *p, gsize left)
{
    switch (*p) {
    case ',':
        finish_token(lexer, token, XLC_TOKEN_COMMA, 1);
        break;
    case ';':
        finish_token(lexer, token, XLC_TOKEN_SEMICOLON, 1);
        break;
    case '[':
        finish_token(lexer, token, XLC_TOKEN_OPEN, 1);
        break;
    case ']':
        finish_token(lexer, token, XLC_TOKEN_CLOSE, 1);
        break;
    case '=':
        finish_token(lexer, token, XLC_TOKEN_ASSIGN, 1);
        break;
    case '+':
        if (left > 1 && p[1] == '=') {
            finish_token(lexer, token, XLC_TOKEN_APPEND, 2);
            break;
        }
        G_GNUC_FALLTHROUGH;
    default:
        finish_error(lexer, token, p, left);
        break;
    }
}

void
xlc_lexer_next(XlcLexer *lexer, XlcToken *ret_token)
{
    const char *p;
    gsize left;

    while (lexer->at.offset < lexer->length &&
           (lexer->data[lexer->at.offset] == ' ' || lexer->data[lexer->at.offset] == '\t'))
        advance(lexer, 1);
    p = lexer->data + lexer->at.offset;
    left = lexer->length - lexer->at.offset;
    ret_token->start = lexer->at;

    if (left == 0)
        finish_token(lexer, ret_token, XLC_TOKEN_END, 0);
    else if (*p == '\n')
        finish_newline(lexer, ret_token, 1);
    else if (*p == '#' && comment_length(p, left) > 0)
        finish_newline(lexer, ret_token, comment_length(p, left));
    else if (is_key_start(*p))
        finish_text(lexer, ret_token, XLC_TOKEN_KEY, p, left, is_key_byte);
    else if (is_number_start(*p))
        finish_text(lexer, ret_token, XLC_TOKEN_NUMBER, p, left, is_number_byte);
    else if (*p == '"' || *p == '\'')
        finish_string(lexer, ret_token, p, left);
    else
        finish_punctuation(lexer, ret_token, p, left);
}
