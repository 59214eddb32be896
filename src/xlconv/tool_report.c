/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/tool_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SGR codes by severity. */
static const char *const colours[] = { "36", "35", "31" };

/* A line longer than this is shown without its source: nobody would find the caret. */
#define LONGEST_LINE 200

gboolean
xlc_use_colour(int descriptor)
{
    const char *term = g_getenv("TERM");

    return isatty(descriptor) && g_getenv("NO_COLOR") == NULL && term != NULL &&
           !g_str_equal(term, "dumb");
}

/* A line of the source. It moves on where it can, so that a walk over all is linear. */
typedef struct {
    const char *source; /* NULL: there is none */
    const char *at;
    guint line;
} Cursor;

/* The bytes of the line at @at, without its end; more than LONGEST_LINE when it is longer than that,
 * which is not looked at to its end: a report may have a million places in one line. */
static gsize
line_length(const char *at)
{
    gsize n = 0;

    while (n <= LONGEST_LINE && at[n] != '\0' && at[n] != '\n' && at[n] != '\r')
        n++;
    return n;
}

/* The text of line @line without its line end; NULL when there is no such line, or it is too long
 * to be shown. */
static char *
source_line(Cursor *cursor, guint line)
{
    gsize length;

    if (line < cursor->line || cursor->at == NULL) {
        cursor->at = cursor->source;
        cursor->line = 1;
    }
    for (; cursor->line < line && cursor->at != NULL; cursor->line++) {
        cursor->at = strchr(cursor->at, '\n');
        cursor->at = cursor->at != NULL ? cursor->at + 1 : NULL;
    }
    if (cursor->at == NULL || line == 0)
        return NULL;
    length = line_length(cursor->at);
    return length <= LONGEST_LINE ? g_strndup(cursor->at, length) : NULL;
}

/* A tab before the caret keeps its width; any other byte is one blank, but a UTF-8 tail is none. */
static char *
caret_indent(const char *line, guint column)
{
    GString *indent = g_string_new(NULL);

    for (guint i = 0; i + 1 < column && line[i] != '\0'; i++) {
        if (((guchar)line[i] & 0xc0) != 0x80)
            g_string_append_c(indent, line[i] == '\t' ? '\t' : ' ');
    }
    return g_string_free(indent, FALSE);
}

static void
print_source(const XlconvDiagnostic *diagnostic, Cursor *cursor, const char *on, const char *off)
{
    g_autofree char *line = source_line(cursor, xlconv_diagnostic_line(diagnostic));
    guint column = xlconv_diagnostic_column(diagnostic);
    g_autofree char *indent = NULL;

    if (line == NULL || column == 0 || column > strlen(line) + 1)
        return;
    indent = caret_indent(line, column);
    fprintf(stderr, "    %s\n    %s%s^%s\n", line, indent, on, off);
}

static void
print_text(const XlconvDiagnostic *diagnostic, Cursor *cursor, gboolean colour)
{
    g_autofree char *line = xlconv_diagnostic_format(diagnostic);
    g_autofree char *on =
        colour ? g_strdup_printf("\033[1;%sm", colours[xlconv_diagnostic_severity(diagnostic)])
               : g_strdup("");
    const char *off = colour ? "\033[0m" : "";

    fprintf(stderr, "%s%s%s\n", on, line, off);
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
    Cursor cursor = { .source = source != NULL ? source + mark : NULL };

    for (guint i = 0; i < xlconv_report_size(report); i++)
        print_text(xlconv_report_get(report, i), &cursor, colour);
}
