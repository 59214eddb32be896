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
} Cursor;

/* Of a longer line only the begin is looked at. */
#define MAX_LINE 65536

/* The text of @line (transfer full), which is not above the one before; NULL when there is none. */
static char *
line_text(Cursor *cursor, guint line)
{
    for (; cursor->line < line && cursor->at != NULL; cursor->line++) {
        cursor->at = strchr(cursor->at, '\n');
        cursor->at = cursor->at != NULL ? cursor->at + 1 : NULL;
    }
    return cursor->at != NULL ? g_strndup(cursor->at, MIN(strcspn(cursor->at, "\n"), MAX_LINE)) : NULL;
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

static void
advise_line(Cursor *cursor, const DomDiagnostic *error, DomReport *report)
{
    g_autofree char *source = line_text(cursor, error->line);
    g_autofree char *better = NULL;
    const char *hint;
    guint column;

    if (source == NULL)
        return;
    hint = xlc_python_hint(source, &column);
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
