/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Diagnostics with positions.
 *
 * Whoever reads a file collects what it has to say about it in one DomReport, so that a caller sees
 * every error of a file in one run and decides itself where to print them:
 *
 *     g_autoptr(DomReport) report = dom_report_new("web.cfg");
 *     dom_report_add(report, DOM_SEVERITY_ERROR, 3, 10, "memory", _("not a number"));
 *     if (dom_report_count(report, DOM_SEVERITY_ERROR) > 0)
 *         ...
 *
 * A report is not locked: one thread owns it at a time.
 */
#pragma once

#include <glib.h>

typedef enum {
    DOM_SEVERITY_NOTE,
    DOM_SEVERITY_WARNING,
    DOM_SEVERITY_ERROR,
} DomSeverity;

typedef struct {
    DomSeverity severity;
    char *file;
    guint line;   /* from 1; 0 where there is none */
    guint column; /* from 1, in bytes; 0 where there is none */
    char *key;    /* key or XML path; NULL where the text says all */
    char *text;
} DomDiagnostic;

typedef struct DomReport DomReport;

/* Makes an empty report. @file (copied) names the input in each diagnostic; NULL for "-". */
DomReport *dom_report_new(const char *file);

/* Drops one reference. NULL is fine. */
void dom_report_free(DomReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomReport, dom_report_free)

/* Adds one diagnostic. A NULL @report drops it. @key may be NULL. Of more than 65,536 the rest is
 * counted alone. */
void dom_report_add(DomReport *report, DomSeverity severity, guint line, guint column,
                    const char *key, const char *format, ...) G_GNUC_PRINTF(6, 7);

/* Makes errors of those whose text ends with @text; FALSE when there are none. */
gboolean dom_report_raise(DomReport *report, const char *text);

/* Adds those of @other, whose text stands @lines below the begin of @report's. */
void dom_report_append(DomReport *report, const DomReport *other, guint lines);

/* Puts the diagnostics in the order of their places; those without a line come last. */
void dom_report_sort(DomReport *report);

/* How many diagnostics are at least as severe as @at_least. 0 for a NULL report. */
guint dom_report_count(const DomReport *report, DomSeverity at_least);

/* Whether there is a diagnostic of @key. FALSE for a NULL report. */
gboolean dom_report_is_about(const DomReport *report, const char *key);

/* The set of keys that have an error (transfer full); they stay the report's. */
GHashTable *dom_report_wrong_keys(const DomReport *report);

/* Number of diagnostics, and the one at @index (borrowed), in the order they were added. */
guint dom_report_size(const DomReport *report);
const DomDiagnostic *dom_report_get(const DomReport *report, guint index);

/* "error", "warning" or "note". Not translated: tools read it. */
const char *dom_severity_name(DomSeverity severity);

/* One line `file:line:column: severity: key: text`, without a newline (transfer full). */
char *dom_diagnostic_format(const DomDiagnostic *diagnostic);

/* All lines of at least @at_least, joined by newlines (transfer full); "" when there is none. */
char *dom_report_format(const DomReport *report, DomSeverity at_least);
