/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/advice.h"

/* In the order of trial: what is sure comes first. Repetitions inside repetitions are bounded, for
 * a line may be long. */
static const struct {
    const char *pattern;
    const char *hint;
} rows[] = {
    { "^\\s*(import|from)\\s", N_("xl.cfg has no modules: delete this line, and write out what the "
                                  "file takes from it") },
    { "(^\\s*(def|class|return)|(^|=)\\s*lambda)\\b",
      N_("xl.cfg has no functions: write the value itself where it is used") },
    { "^\\s*@", N_("xl.cfg has no functions: delete this line") },
    { "(^\\s*(if|elif|else)|[\"'\\w\\])]\\s+if\\b.{1,200}\\belse)\\b",
      N_("xl.cfg has no conditions: keep the one assignment that is meant") },
    { "^\\s*(for|while|try|except|finally|with|pass|break|continue)\\b",
      N_("xl.cfg has no loops or blocks: write each assignment out") },
    { "\\bfor\\s{1,9}\\w{1,99}(\\s?,\\s?\\w{1,99}){0,9}\\s{1,9}in\\b",
      N_("xl.cfg has no loops: write each item of the list out") },
    { "^\\s*(print|raise|assert|del|global|exec)\\b",
      N_("xl.cfg is not run, it is only read: delete this line") },
    { "(\"\"\"|''')", N_("xl.cfg has no triple quotes: write one line in single quotes") },
    { "=\\s*None\\s*(#.*)?$", N_("xl.cfg has no None: delete this line") },
    { "[\"']\\s*%", N_("xl.cfg fills in no %s: write the whole text") },
    { "([\"']\\s*\\+(?!=)|\\+\\s*[\"'])",
      N_("xl.cfg joins no texts with +: write the whole text in one pair of quotes") },
    { "=\\s*[fFuUrRbB][\"']", N_("xl.cfg knows no letter in front of a text: leave it out") },
    { "=\\s*\\(", N_("xl.cfg has no tuples: write a list, [ ... ]") },
    { "[\\[,]\\s*\\(", N_("xl.cfg has no tuples: write each item without parentheses") },
    { "=\\s*\\{", N_("xl.cfg has no dictionaries: write a list of texts, [ \"...\", \"...\" ]") },
    { "=\\s*[A-Za-z_][A-Za-z_0-9.]*\\s*[(\\[]",
      N_("xl.cfg calls no functions: write the value they would give") },
    { "=\\s*[A-Za-z_0-9.]+\\s*[-+*/%]\\s*[A-Za-z_0-9(]",
      N_("xl.cfg does not calculate: write the result") },
    { "=\\s*not\\b", N_("xl.cfg does not calculate: write the result") },
    { "=\\s*(0[xX][0-9A-Fa-f]+|[0-9]+)[lL]\\b",
      N_("xl.cfg has no letter behind a number: leave it out") },
    { "=\\s*-?[0-9]*\\.[0-9]", N_("xl.cfg has whole numbers only: round it") },
    { "=\\s*([\"'])[^\"']*\\1\\s+[\"']",
      N_("xl.cfg joins no texts: write one, in one pair of quotes") },
    { "[\"']\\s*\\.\\s*\\w+\\s*\\(",
      N_("xl.cfg calls no functions: write the value they would give") },
    { "\\]\\s*\\+\\s*\\[", N_("xl.cfg joins no lists with +: write all items in one") },
    { "[\"'\\d\\]]\\s*(\\*|<<|>>)", N_("xl.cfg does not calculate: write the result") },
    { "=\\s*-\\s*\\d", N_("xl.cfg has no sign in front of a number: write it in quotes") },
    { "^\\s*\\w+\\s*(,\\s*\\w+\\s*)+=|^\\s*\\w+\\s*=\\s*\\w+\\s*=(?!=)",
      N_("xl.cfg fills one key at a time: write each assignment in a line of its own") },
    { "^\\s*[\"']", N_("a text by itself says nothing in xl.cfg: delete this line") },
    { "^\\s*[A-Za-z_][A-Za-z_0-9.]*\\s*\\(",
      N_("xl.cfg calls no functions: delete this line, and those that it goes on in") },
    { "^\\s+[A-Za-z_]\\w*\\s*=[^\\[]*(,|\\))\\s*$",
      N_("xl.cfg calls no functions: delete this line of a call") },
    { "^\\s*\\w+\\s*=\\s*([\"'])[^\"']*\\1\\s*,\\s*$",
      N_("xl.cfg has no tuples: take the comma out") },
    { "\\\\\\s*$", N_("xl.cfg does not go on in the next line: write it in one") },
};

/* Where @pattern begins in @line, blanks in front of it not counted, from 1; 0 for nowhere. */
static guint
column_of(const char *pattern, const char *line)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int start;

    if (!g_regex_match(regex, line, 0, &match) || !g_match_info_fetch_pos(match, 0, &start, NULL))
        return 0;
    return (guint)start + (guint)strspn(line + start, " \t") + 1;
}

const char *
xlc_python_hint(const char *line, guint *ret_column)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint column = column_of(rows[i].pattern, line);

        if (column == 0)
            continue;
        *ret_column = column;
        return _(rows[i].hint);
    }
    return NULL;
}
