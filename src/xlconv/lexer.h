/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * The words of an xl.cfg file, exactly as xl's own lexer cuts them:
 *
 *     XlcLexer lexer;
 *     XlcToken token;
 *
 *     xlc_lexer_init(&lexer, data, length);
 *     do
 *         xlc_lexer_next(&lexer, &token);
 *     while (token.kind != XLC_TOKEN_END);
 *
 * The lexer allocates nothing and never fails: what is not a word comes back as XLC_TOKEN_ERROR,
 * and the next call goes on behind it. Tokens point into the data, which must outlive them. A lexer
 * belongs to one thread.
 */

/**
 * XlcPosition:
 * @offset: bytes before this place, from 0
 * @line: line number, from 1
 * @column: byte within the line, from 1
 */
typedef struct {
    guint offset;
    guint line;
    guint column;
} XlcPosition;

typedef enum {
    XLC_TOKEN_END,
    XLC_TOKEN_NEWLINE, /* with the comment before it, if any */
    XLC_TOKEN_KEY,
    XLC_TOKEN_NUMBER,
    XLC_TOKEN_STRING,
    XLC_TOKEN_COMMA,
    XLC_TOKEN_SEMICOLON,
    XLC_TOKEN_OPEN,  /* [ */
    XLC_TOKEN_CLOSE, /* ] */
    XLC_TOKEN_ASSIGN,
    XLC_TOKEN_APPEND, /* += */
    XLC_TOKEN_ERROR,
} XlcTokenKind;

/**
 * XlcToken:
 * @kind: says which member of the union is there
 * @start: its first byte
 * @end: the first byte behind it
 * @u.text: KEY, NUMBER: the spelling, not NUL-terminated
 * @u.string: STRING: the bytes between the quotes as spelled; @escaped when a backslash is among
 * them
 * @u.error: ERROR: what is wrong there and what was expected (translated, static), and where
 *    exactly; @harmless for one stray byte at the very end of the file, which xl lets pass
 */
typedef struct {
    XlcTokenKind kind;
    XlcPosition start;
    XlcPosition end;
    union {
        struct {
            const char *bytes;
            gsize length;
        } text;
        struct {
            const char *bytes;
            gsize length;
            gboolean escaped;
        } string;
        struct {
            const char *message;
            XlcPosition at;
            gboolean harmless;
        } error;
    } u;
} XlcToken;

/**
 * XlcLexer:
 * @looks_like_python: an offending word had one of + - . ( ) : in it, which xl takes as a hint to
 * an xm file
 *
 * The other members are the lexer's own.
 */
typedef struct {
    const char *data;
    gsize length;
    XlcPosition at;
    gboolean looks_like_python;
} XlcLexer;

/**
 * xlc_lexer_init:
 * @data: (array length=length): any bytes, NUL allowed; borrowed
 * @length: in bytes, at most G_MAXINT32 (xl's own limit)
 */
void xlc_lexer_init(XlcLexer *lexer, const char *data, gsize length);

/* Puts the next word into @ret_token; at the end of the data XLC_TOKEN_END, again and again. */
void xlc_lexer_next(XlcLexer *lexer, XlcToken *ret_token);

/**
 * xlc_lexer_step:
 * @bytes: inside the quotes of a string
 * @left: bytes from there to the closing quote, at least 1
 * @ret_byte: (out): the byte spelled there
 * @ret_written: (out): 1, or 0 for a numeric escape, which xl reads as nothing
 *
 * Returns: bytes that spell it; 0 for an escape that xl refuses
 */
gsize xlc_lexer_step(const char *bytes, gsize left, char *ret_byte, gsize *ret_written);

/**
 * xlc_lexer_decode:
 * @bytes: u.string of a STRING token
 * @buffer: (out): room for @length bytes; gets the text with escapes resolved, not NUL-terminated
 *
 * A numeric escape yields nothing, as in xl ("a\101b" is "ab").
 *
 * Returns: bytes written
 */
gsize xlc_lexer_decode(const char *bytes, gsize length, char *buffer);

/**
 * xlc_lexer_is_key:
 * Returns: whether @text is a whole key: a-z, then any of a-z 0-9 _ .
 */
gboolean xlc_lexer_is_key(const char *text);

/**
 * xlc_lexer_is_number:
 * Returns: whether @text can stand without quotes: a digit, then any of 0-9 a-f x
 */
gboolean xlc_lexer_is_number(const char *text);
