/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines that are no xl.cfg: what was meant by them. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/advice_private.h"
#include "xlconv/key.h"

/* A place in a text that only moves on, so that a walk over all errors is linear. */
typedef struct {
    const char *at; /* begin of a line; NULL behind the last */
    guint line;
    char quote;       /* of a text in three of them that this line is still in; 0: of none */
    gboolean goes_on; /* the line before ends in a backslash */
} Cursor;

/* Of a longer line only the begin is looked at. */
#define MAX_LINE 65536

static gboolean
is_quote(char byte)
{
    return byte == '"' || byte == '\'';
}

static gboolean
are_three(const char *at, char quote)
{
    return at[0] == quote && at[1] == quote && at[2] == quote;
}

/* Behind a text in single quotes, or the line's @end. */
static const char *
behind_text(const char *at, const char *end)
{
    const char *close = memchr(at + 1, *at, (gsize)(end - at) - 1);

    return close != NULL ? close + 1 : end;
}

/* The same for one step through a line of Python. */
static const char *
step(Cursor *cursor, const char *at, const char *end)
{
    if (cursor->quote != '\0') {
        if (!are_three(at, cursor->quote))
            return at + 1;
        cursor->quote = '\0';
        return at + 3;
    }
    if (*at == '#')
        return end;
    if (!is_quote(*at))
        return at + 1;
    if (!are_three(at, *at))
        return behind_text(at, end);
    cursor->quote = *at;
    return at + 3;
}

static void
pass_line(Cursor *cursor)
{
    const char *end = strchrnul(cursor->at, '\n');
    const char *at = cursor->at;

    while (at < end)
        at = step(cursor, at, end);
    cursor->goes_on = cursor->quote == '\0' && end > cursor->at && end[-1] == '\\';
    cursor->at = *end == '\n' ? end + 1 : NULL;
}

/* The text of @line (transfer full), which is not above the one before; NULL when there is none. */
static char *
line_text(Cursor *cursor, guint line)
{
    for (; cursor->line < line && cursor->at != NULL; cursor->line++)
        pass_line(cursor);
    return cursor->at != NULL ? g_strndup(cursor->at, MIN(strcspn(cursor->at, "\n"), MAX_LINE))
                              : NULL;
}

/* "key = word", with nothing behind it but a comment: what was meant (transfer full), with the
 * word's column; or NULL. */
static char *
suggest_for_line(const char *line, guint *ret_column)
{
    int start;

    g_autoptr(GRegex) regex = g_regex_new(
        "^[ \\t]*([a-z][a-z0-9_.]*)\\s*=\\s*([^\\s\"'\\[#;]+)\\s*(#.*)?$", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *key = NULL;
    g_autofree char *word = NULL;

    if (!g_regex_match(regex, line, 0, &match))
        return NULL;
    key = g_match_info_fetch(match, 1);
    word = g_match_info_fetch(match, 2);
    g_match_info_fetch_pos(match, 2, &start, NULL);
    *ret_column = (guint)start + 1;
    return xlc_suggest(key, word);
}

/* "Name = ...": keys are in lower case (transfer full), or NULL. */
static char *
suggest_lower_case(const char *line, guint *ret_column)
{
    g_autoptr(GRegex) regex = g_regex_new("^[ \\t]*([a-zA-Z_]+)\\s*\\+?=", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *word = NULL;
    g_autofree char *key = NULL;
    int start;

    if (!g_regex_match(regex, line, 0, &match))
        return NULL;
    word = g_match_info_fetch(match, 1);
    key = g_ascii_strdown(word, -1);
    if (g_str_equal(word, key) || xlc_key_find(key) == NULL)
        return NULL;
    g_match_info_fetch_pos(match, 1, &start, NULL);
    *ret_column = (guint)start + 1;
    return g_steal_pointer(&key);
}

/* What the lines before say about @line, or else it itself; NULL for nothing. */
static const char *
python_hint(const Cursor *cursor, const char *line, guint *ret_column)
{
    *ret_column = (guint)strspn(line, " \t") + 1;
    if (cursor->quote != '\0')
        return _("this stands between triple quotes, which xl.cfg does not have: write the text in "
                 "one line, in single quotes");
    if (cursor->goes_on)
        return _("xl.cfg does not go on from the line before: write both in one");
    return xlc_python_hint(line, ret_column);
}

static void
advise_line(Cursor *cursor, const DomDiagnostic *error, DomReport *report)
{
    g_autofree char *source = line_text(cursor, error->line);
    g_autofree char *better = NULL;
    const char *hint;
    guint column;

    if (source == NULL)
        return;
    hint = python_hint(cursor, source, &column);
    if (hint == NULL)
        better = suggest_for_line(source, &column);
    if (hint == NULL && better == NULL)
        better = suggest_lower_case(source, &column);
    if (hint != NULL)
        dom_report_add(report, DOM_SEVERITY_NOTE, error->line, column, error->key, "%s", hint);
    else if (better != NULL)
        dom_report_add(report, DOM_SEVERITY_NOTE, error->line, column, error->key, _("write %s"),
                       better);
}

void
xlc_advise_lines(const char *text, const DomReport *grammar, DomReport *report)
{
    Cursor cursor = { .at = text, .line = 1 };

    for (guint i = 0; i < dom_report_size(grammar); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(grammar, i);

        if (diagnostic->severity == DOM_SEVERITY_ERROR)
            advise_line(&cursor, diagnostic, report);
    }
}
