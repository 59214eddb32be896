/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/tool_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SGR codes by severity. */
static const char *const colours[] = { "36", "35", "31" };

/* Of a line longer than this the part around the caret is shown. */
#define LONGEST_LINE 200
#define SHOWN        80
#define CUT          "..."

gboolean
xlc_use_colour(int descriptor)
{
    const char *term = g_getenv("TERM");

    return isatty(descriptor) && g_getenv("NO_COLOR") == NULL && term != NULL &&
           !g_str_equal(term, "dumb");
}

/* --- passwords --- */

static gboolean
is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* The quote that ends the string behind the one before @at, or the end of its line. */
static char *
string_end(char *at)
{
    char quote = at[-1];

    while (*at != quote && *at != '\0' && *at != '\n')
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    return at;
}

/* The end of the value at @value: of a string, of strings side by side the last one's, the comma
 * behind an option, or that of the line. */
static char *
value_end(char *value)
{
    if (!is_quote(value[-1]))
        return value + strcspn(value, ",\"'\r\n");
    for (;;) {
        char *end = string_end(value);
        char *next = is_quote(*end) ? end + 1 : end;

        next += strspn(next, " \t");
        if (!is_quote(*next))
            return end;
        value = next + 1;
    }
}

/* Behind one of @signs that gives the password whose name ends at @at, and behind the quote that
 * its value begins with; NULL when none is given there. */
static char *
value_begin(char *at, const char *signs)
{
    at += strspn(at, "\"' \t");
    if (*at == '\0' || strchr(signs, *at) == NULL)
        return NULL;
    at++;
    at += strspn(at, " \t[");
    return is_quote(*at) ? at + 1 : at;
}

/* @text (transfer full), of xl.cfg, XML or JSON, with the passwords struck out that one of @signs
 * is behind the name of: diagnostics end in logs. What is long stays as long, so that carets fit.
 */
static char *
strike_passwords(const char *text, const char *signs)
{
    static const char name[] = "passwd";
    char *struck = g_strdup(text);

    for (char *at = struck; (at = strstr(at, name)) != NULL;) {
        char *value = value_begin(at + strlen(name), signs);
        char *end = value != NULL ? value_end(value) : at + strlen(name);

        if (value != NULL)
            memset(value, '*', (gsize)(end - value));
        at = end;
    }
    return struck;
}

/* --- the lines that diagnostics are about --- */

/* A line of the source. It moves on where it can, so that a walk over all is linear. */
typedef struct {
    const char *source; /* NULL: there is none */
    const char *at;
    const char *end; /* of the line; NULL: not looked for yet */
    guint line;
} Cursor;

/* FALSE when there is no such line. */
static gboolean
go_to_line(Cursor *cursor, guint line)
{
    if (line < cursor->line || cursor->at == NULL) {
        cursor->at = cursor->source;
        cursor->end = NULL;
        cursor->line = 1;
    }
    for (; cursor->line < line && cursor->at != NULL; cursor->line++) {
        cursor->at = strchr(cursor->at, '\n');
        cursor->at = cursor->at != NULL ? cursor->at + 1 : NULL;
        cursor->end = NULL;
    }
    if (cursor->at == NULL || line == 0)
        return FALSE;
    if (cursor->end == NULL)
        cursor->end = cursor->at + strcspn(cursor->at, "\r\n");
    return TRUE;
}

/* The bytes from @at to @end as a terminal may have them: it would obey control characters. */
static void
append_shown(GString *shown, const char *at, const char *end)
{
    while (at < end) {
        gunichar c = g_utf8_get_char_validated(at, end - at);

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(shown, "\\x%02x", (guint)(guchar)*at++);
            continue;
        }
        if (c == '\t' || !g_unichar_iscntrl(c))
            g_string_append_unichar(shown, c);
        else
            g_string_append_printf(shown, c < 0x80 ? "\\x%02x" : "\\u%04x", (guint)c);
        at = g_utf8_next_char(at);
    }
}

/* What takes the place of a character before the caret: as many blanks as it has cells. A tab keeps
 * its own width. */
static const char *
blank_for(gunichar c)
{
    if (c == '\t')
        return "\t";
    if (g_unichar_iszerowidth(c))
        return "";
    return g_unichar_iswide(c) ? "  " : " ";
}

/* @before: as append_shown() has it. */
static char *
caret_indent(const char *before)
{
    GString *indent = g_string_new(NULL);

    for (const char *at = before; *at != '\0'; at = g_utf8_next_char(at))
        g_string_append(indent, blank_for(g_utf8_get_char(at)));
    return g_string_free(indent, FALSE);
}

/* Moves @at to the beginning of a character, at most to @end. */
static const char *
whole_character(const char *at, const char *end)
{
    while (at < end && ((guchar)*at & 0xc0) == 0x80)
        at++;
    return at;
}

/* The line of @cursor around @place in it, which sets *@ret_indent (transfer full) for the caret.
 */
static char *
line_around(const Cursor *cursor, const char *place, char **ret_indent)
{
    GString *shown = g_string_new(NULL);
    const char *from = cursor->at, *to = cursor->end;

    if (to - from > LONGEST_LINE) {
        from = place - from > SHOWN / 2 ? place - SHOWN / 2 : from;
        from = whole_character(from, place);
        to = whole_character(to - from > SHOWN ? from + SHOWN : to, to);
    }
    if (from > cursor->at)
        g_string_append(shown, CUT);
    append_shown(shown, from, place);
    *ret_indent = caret_indent(shown->str);
    append_shown(shown, place, to);
    if (to < cursor->end)
        g_string_append(shown, CUT);
    return g_string_free(shown, FALSE);
}

static void
print_source(const XlconvDiagnostic *diagnostic, Cursor *cursor, const char *on, const char *off)
{
    guint column = xlconv_diagnostic_column(diagnostic);
    g_autofree char *line = NULL, *indent = NULL;

    if (column == 0 || !go_to_line(cursor, xlconv_diagnostic_line(diagnostic)) ||
        column > (gsize)(cursor->end - cursor->at) + 1)
        return;
    line = line_around(cursor, cursor->at + column - 1, &indent);
    fprintf(stderr, "    %s\n    %s%s^%s\n", line, indent, on, off);
}

static void
print_text(const XlconvDiagnostic *diagnostic, Cursor *cursor, gboolean colour)
{
    g_autofree char *said = xlconv_diagnostic_format(diagnostic);
    g_autofree char *line = strike_passwords(said, "=");
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autofree char *on =
        colour ? g_strdup_printf("\033[1;%sm", colours[xlconv_diagnostic_severity(diagnostic)])
               : g_strdup("");
    const char *off = colour ? "\033[0m" : "";

    append_shown(shown, line, line + strlen(line));
    fprintf(stderr, "%s%s%s\n", on, shown->str, off);
    print_source(diagnostic, cursor, on, off);
}

static void
append_string(GString *json, const char *name, const char *text)
{
    g_string_append_printf(json, "\"%s\": \"", name);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(json, "\\%c", *p);
        else if ((guchar)*p < 0x20)
            g_string_append_printf(json, "\\u%04x", (guint)*p);
        else
            g_string_append_c(json, *p);
    }
    g_string_append_c(json, '"');
}

static char *
json_object(const XlconvDiagnostic *diagnostic)
{
    GString *json = g_string_new("{");
    g_autofree char *text = g_utf8_make_valid(xlconv_diagnostic_text(diagnostic), -1);
    g_autofree char *file = g_utf8_make_valid(xlconv_diagnostic_file(diagnostic), -1);

    append_string(json, "file", file);
    g_string_append_printf(json, ", \"line\": %u, \"column\": %u, ",
                           xlconv_diagnostic_line(diagnostic),
                           xlconv_diagnostic_column(diagnostic));
    append_string(json, "severity", xlconv_severity_name(xlconv_diagnostic_severity(diagnostic)));
    if (xlconv_diagnostic_key(diagnostic) != NULL) {
        g_string_append(json, ", ");
        append_string(json, "key", xlconv_diagnostic_key(diagnostic));
    }
    g_string_append(json, ", ");
    append_string(json, "text", text);
    g_string_append_c(json, '}');
    return g_string_free(json, FALSE);
}

void
xlc_report_append_json(const XlconvReport *report, GString *objects)
{
    for (guint i = 0; i < xlconv_report_size(report); i++) {
        g_autofree char *object = json_object(xlconv_report_get(report, i));

        g_string_append_printf(objects, "%s\n  %s", objects->len > 0 ? "," : "", object);
    }
}

void
xlc_report_print(const XlconvReport *report, const char *source)
{
    gboolean colour = xlc_use_colour(STDERR_FILENO);
    /* no column counts a byte order mark */
    gsize mark = source != NULL && g_str_has_prefix(source, "\xef\xbb\xbf") ? 3 : 0;
    guint size = xlconv_report_size(report);
    g_autofree char *struck =
        size > 0 && source != NULL ? strike_passwords(source + mark, "=:") : NULL;
    Cursor cursor = { .source = struck };

    for (guint i = 0; i < size; i++)
        print_text(xlconv_report_get(report, i), &cursor, colour);
}
