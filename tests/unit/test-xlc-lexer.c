/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/lexer.h"

/* One letter per kind, so that a line of words reads as a line. */
static const char letters[] = {
    [XLC_TOKEN_END] = '$',    [XLC_TOKEN_NEWLINE] = '/', [XLC_TOKEN_KEY] = 'k',
    [XLC_TOKEN_NUMBER] = 'n', [XLC_TOKEN_STRING] = 's',  [XLC_TOKEN_COMMA] = ',',
    [XLC_TOKEN_OPEN] = '[',   [XLC_TOKEN_CLOSE] = ']',   [XLC_TOKEN_SEMICOLON] = ';',
    [XLC_TOKEN_ASSIGN] = '=', [XLC_TOKEN_APPEND] = '+',  [XLC_TOKEN_ERROR] = '!',
};

static char *
kinds_of(const char *data, gsize length)
{
    GString *kinds = g_string_new(NULL);
    XlcLexer lexer;
    XlcToken token;

    xlc_lexer_init(&lexer, data, length);
    do {
        xlc_lexer_next(&lexer, &token);
        g_string_append_c(kinds, letters[token.kind]);
    } while (token.kind != XLC_TOKEN_END);
    return g_string_free(kinds, FALSE);
}

static void
test_kinds(void)
{
    static const struct {
        const char *text;
        const char *kinds;
    } rows[] = {
        { "", "$" },
        { "a=1\n", "k=n/$" },
        { "a += [ 'x', \"y\" ] ; # end\n", "k+[s,s];/$" },
        { "key_1.x = 0x1f", "k=n$" },
        { "12kb", "nk$" }, /* a number takes 0-9 a-f x only */
        { "007", "n$" },
        { "0X10", "n!$" },
        { "-5 +5 .5", "!!!$" },
        { "a=True,b", "k=!$" }, /* a bad word ends at a blank */
        { "a\t=\t'b'", "k=s$" },
        { "a=1\r\n", "k=n!/$" },
        { "#c", "!$" },
        { "#\n#x\n\n", "///$" },
        { "'a\nb'", "!/k!$" },
        { "'a\\\nb'", "!/k!$" },
        { "'a\"b' \"a'b\"", "ss$" },
        { "'\\x41'", "!$" },
        { "'\\q'", "!$" },
        { "\xef\xbb\xbf", "!$" },
        { "\x80", "!$" },
        { "\"\x80\t\r\"", "s$" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *kinds = kinds_of(rows[i].text, strlen(rows[i].text));

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_cmpstr(kinds, ==, rows[i].kinds);
    }
}

static void
test_nul(void)
{
    g_autofree char *outside = kinds_of("a=\0 1\n", 6);
    g_autofree char *inside = kinds_of("a='x\0y'\n", 8);
    g_autofree char *escaped = kinds_of("a='\\\0'\n", 7);
    g_autofree char *comment = kinds_of("#\0\n", 3);

    g_assert_cmpstr(outside, ==, "k=!n/$");
    g_assert_cmpstr(inside, ==, "k=!/$");
    g_assert_cmpstr(escaped, ==, "k=!/$");
    g_assert_cmpstr(comment, ==, "/$");
}

static void
test_positions(void)
{
    static const char text[] = "a = 1\n  bc += '\xc3\xa9' ]";
    static const struct {
        XlcTokenKind kind;
        guint offset, line, column, end;
    } expected[] = {
        { XLC_TOKEN_KEY, 0, 1, 1, 1 },      { XLC_TOKEN_ASSIGN, 2, 1, 3, 3 },
        { XLC_TOKEN_NUMBER, 4, 1, 5, 5 },   { XLC_TOKEN_NEWLINE, 5, 1, 6, 6 },
        { XLC_TOKEN_KEY, 8, 2, 3, 10 },     { XLC_TOKEN_APPEND, 11, 2, 6, 13 },
        { XLC_TOKEN_STRING, 14, 2, 9, 18 }, { XLC_TOKEN_CLOSE, 19, 2, 14, 20 },
        { XLC_TOKEN_END, 20, 2, 15, 20 },
    };
    XlcLexer lexer;
    XlcToken token;

    xlc_lexer_init(&lexer, text, strlen(text));
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        xlc_lexer_next(&lexer, &token);
        g_assert_cmpint(token.kind, ==, expected[i].kind);
        g_assert_cmpuint(token.start.offset, ==, expected[i].offset);
        g_assert_cmpuint(token.start.line, ==, expected[i].line);
        g_assert_cmpuint(token.start.column, ==, expected[i].column);
        g_assert_cmpuint(token.end.offset, ==, expected[i].end);
    }
}

static void
test_error_place(void)
{
    static const struct {
        const char *text;
        guint column;
        const char *message;
    } rows[] = {
        { "\"ab\\q\"", 4, "*escape*" },
        { "\"\\x41\"", 2, "*\\x*" },
        { "'\\12'", 2, "*numeric*" },
        { "\r\n", 1, "*newline*" },
        { "\xef\xbb\xbf"
          "a",
          1, "*byte order mark*" },
        { "-5", 1, "*quotes*" },
        { "'abc", 1, "*quote*" },
        { "# last", 1, "*newline*" },
        { "True", 1, "*quotes*" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        XlcLexer lexer;
        XlcToken token;

        xlc_lexer_init(&lexer, rows[i].text, strlen(rows[i].text));
        xlc_lexer_next(&lexer, &token);
        g_assert_cmpint(token.kind, ==, XLC_TOKEN_ERROR);
        g_assert_cmpuint(token.u.error.at.column, ==, rows[i].column);
        g_assert_false(token.u.error.harmless);
        g_test_message("row %" G_GSIZE_FORMAT ": %s", i, token.u.error.message);
        g_assert_true(g_pattern_match_simple(rows[i].message, token.u.error.message));
    }
}

static void
test_decode(void)
{
    static const struct {
        const char *spelled;
        const char *text;
    } rows[] = {
        { "plain", "plain" },
        { "\\\"\\'\\\\", "\"'\\" },
        { "\\a\\b\\f\\n\\r\\t\\v", "\a\b\f\n\r\t\v" },
        { "a\\101b", "ab" },  /* xl skips the digits and emits nothing */
        { "a\\1012b", "ab" }, /* the digit, then up to three more */
        { "a\\10123b", "a3b" },
        { "a\\1+2b", "ab" },
        { "a\\1 34b", "ab" },
        { "a\\1 +2", "a" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize length = strlen(rows[i].spelled);
        g_autofree char *buffer = g_malloc0(length + 1);
        gsize written = xlc_lexer_decode(rows[i].spelled, length, buffer);

        g_assert_cmpstr(buffer, ==, rows[i].text);
        g_assert_cmpuint(written, ==, strlen(rows[i].text));
    }
}

static void
test_words(void)
{
    g_assert_true(xlc_lexer_is_key("memory"));
    g_assert_true(xlc_lexer_is_key("a._9"));
    g_assert_false(xlc_lexer_is_key(""));
    g_assert_false(xlc_lexer_is_key("Memory"));
    g_assert_false(xlc_lexer_is_key("_a"));
    g_assert_false(xlc_lexer_is_key("a-b"));
    g_assert_false(xlc_lexer_is_key("a=1\nb"));
    g_assert_true(xlc_lexer_is_number("0x1f"));
    g_assert_true(xlc_lexer_is_number("1abc"));
    g_assert_false(xlc_lexer_is_number(""));
    g_assert_false(xlc_lexer_is_number("-1"));
    g_assert_false(xlc_lexer_is_number("0X1"));
    g_assert_false(xlc_lexer_is_number("1 "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/lexer/kinds", test_kinds);
    g_test_add_func("/xlc/lexer/nul", test_nul);
    g_test_add_func("/xlc/lexer/positions", test_positions);
    g_test_add_func("/xlc/lexer/error-place", test_error_place);
    g_test_add_func("/xlc/lexer/decode", test_decode);
    g_test_add_func("/xlc/lexer/words", test_words);
    return g_test_run();
}
