/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/report.h"

/* Nobody reads more, and their number has to have a bound. */
#define MAX_ITEMS 65536

struct DomReport {
    char *file;
    GPtrArray *items;                     /* of DomDiagnostic */
    guint counts[DOM_SEVERITY_ERROR + 1]; /* of all, with those that had no room */
    GHashTable *keys;                     /* set of those that items have, which own them */
    gboolean mixed;                       /* one of them is not in the order of places */
};

static void
diagnostic_free(gpointer data)
{
    DomDiagnostic *diagnostic = data;

    g_free(diagnostic->file);
    g_free(diagnostic->key);
    g_free(diagnostic->text);
    g_free(diagnostic);
}

DomReport *
dom_report_new(const char *file)
{
    DomReport *report = g_new0(DomReport, 1);

    report->file = g_strdup(file != NULL ? file : "-");
    report->keys = g_hash_table_new(g_str_hash, g_str_equal);
    report->items = g_ptr_array_new_with_free_func(diagnostic_free);
    return report;
}

void
dom_report_free(DomReport *report)
{
    if (report == NULL)
        return;
    g_hash_table_unref(report->keys);
    g_ptr_array_unref(report->items);
    g_free(report->file);
    g_free(report);
}

static int
compare_places(gconstpointer a, gconstpointer b)
{
    const DomDiagnostic *x = *(const DomDiagnostic *const *)a;
    const DomDiagnostic *y = *(const DomDiagnostic *const *)b;

    /* 0, no line or no column, wraps to the largest. */
    if (x->line != y->line)
        return x->line - 1 < y->line - 1 ? -1 : 1;
    return x->column == y->column ? 0 : x->column - 1 < y->column - 1 ? -1 : 1;
}

/* Takes @diagnostic. */
static void
add_item(DomReport *report, DomDiagnostic *diagnostic)
{
    GPtrArray *items = report->items;

    report->mixed |=
        items->len > 0 && compare_places(&items->pdata[items->len - 1], &diagnostic) > 0;
    g_ptr_array_add(items, diagnostic);
    if (diagnostic->key != NULL)
        g_hash_table_add(report->keys, diagnostic->key);
}

void
dom_report_add(DomReport *report, DomSeverity severity, guint line, guint column, const char *key,
               const char *format, ...)
{
    DomDiagnostic *diagnostic;
    va_list args;

    if (report == NULL)
        return;
    report->counts[severity]++;
    if (report->items->len >= MAX_ITEMS)
        return;
    diagnostic = g_new0(DomDiagnostic, 1);
    diagnostic->severity = severity;
    diagnostic->file = g_strdup(report->file);
    diagnostic->line = line;
    diagnostic->column = column;
    diagnostic->key = g_strdup(key);
    va_start(args, format);
    diagnostic->text = g_strdup_vprintf(format, args);
    va_end(args);
    add_item(report, diagnostic);
}

gboolean
dom_report_raise(DomReport *report, const char *text)
{
    gboolean raised = FALSE;

    for (guint i = 0; report != NULL && i < report->items->len; i++) {
        DomDiagnostic *diagnostic = report->items->pdata[i];

        if (!g_str_has_suffix(diagnostic->text, text))
            continue;
        report->counts[diagnostic->severity]--;
        report->counts[DOM_SEVERITY_ERROR]++;
        diagnostic->severity = DOM_SEVERITY_ERROR;
        raised = TRUE;
    }
    return raised;
}

void
dom_report_append(DomReport *report, const DomReport *other, guint lines)
{
    for (guint i = 0; i < dom_report_size(other); i++) {
        const DomDiagnostic *d = dom_report_get(other, i);

        dom_report_add(report, d->severity, d->line > 0 ? lines + d->line : 0, d->column, d->key,
                       "%s", d->text);
    }
}

void
dom_report_sort(DomReport *report)
{
    if (report == NULL || !report->mixed)
        return;
    g_ptr_array_sort(report->items, compare_places);
    report->mixed = FALSE;
}

guint
dom_report_count(const DomReport *report, DomSeverity at_least)
{
    guint count = 0;

    for (guint s = at_least; report != NULL && s <= DOM_SEVERITY_ERROR; s++)
        count += report->counts[s];
    return count;
}

gboolean
dom_report_is_about(const DomReport *report, const char *key)
{
    return report != NULL && g_hash_table_contains(report->keys, key);
}

GHashTable *
dom_report_wrong_keys(const DomReport *report)
{
    GHashTable *keys = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(report, i);

        if (diagnostic->severity == DOM_SEVERITY_ERROR && diagnostic->key != NULL)
            g_hash_table_add(keys, diagnostic->key);
    }
    return keys;
}

guint
dom_report_size(const DomReport *report)
{
    return report != NULL ? report->items->len : 0;
}

const DomDiagnostic *
dom_report_get(const DomReport *report, guint index)
{
    g_return_val_if_fail(index < dom_report_size(report), NULL);
    return g_ptr_array_index(report->items, index);
}

const char *
dom_severity_name(DomSeverity severity)
{
    static const char *const names[] = { "note", "warning", "error" };

    return names[severity];
}

/* What would end the line, or do something to a terminal, is shown by its number. */
static void
append_in_line(GString *line, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at))
            g_string_append_printf(line, "\\x%02x", (guint)(guchar)*at);
        else
            g_string_append_c(line, *at);
    }
}

char *
dom_diagnostic_format(const DomDiagnostic *diagnostic)
{
    GString *line = g_string_new(diagnostic->file);

    if (diagnostic->line > 0)
        g_string_append_printf(line, ":%u", diagnostic->line);
    if (diagnostic->column > 0)
        g_string_append_printf(line, ":%u", diagnostic->column);
    g_string_append_printf(line, ": %s: ", dom_severity_name(diagnostic->severity));
    if (diagnostic->key != NULL)
        g_string_append_printf(line, "%s: ", diagnostic->key);
    append_in_line(line, diagnostic->text);
    return g_string_free(line, FALSE);
}

char *
dom_report_format(const DomReport *report, DomSeverity at_least)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(report, i);
        g_autofree char *line = NULL;

        if (diagnostic->severity < at_least)
            continue;
        line = dom_diagnostic_format(diagnostic);
        if (text->len > 0)
            g_string_append_c(text, '\n');
        g_string_append(text, line);
    }
    return g_string_free(text, FALSE);
}
