/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/spec.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/error.h"

static void
issue_free(gpointer data)
{
    XlcSpecIssue *issue = data;

    g_free(issue->text);
    g_free(issue);
}

GPtrArray *
xlc_spec_issues_new(void)
{
    return g_ptr_array_new_with_free_func(issue_free);
}

void
xlc_spec_issue(GPtrArray *issues, DomSeverity severity, guint column, const char *format, ...)
{
    XlcSpecIssue *issue;
    va_list args;

    if (!issues)
        return;
    issue = g_new0(XlcSpecIssue, 1);
    issue->severity = severity;
    issue->column = column;
    va_start(args, format);
    issue->text = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(issues, issue);
}

void
xlc_spec_issues_report(const GPtrArray *issues, const XlcDoc *doc, guint line,
                       const XlcValue *value, const char *key, DomReport *report)
{
    XlcLocator locator = XLC_LOCATOR(doc, value);

    for (guint i = 0; i < issues->len; i++) {
        const XlcSpecIssue *issue = issues->pdata[i];
        XlcPosition at = xlc_locator_find(&locator, issue->column > 0 ? issue->column - 1 : 0);

        dom_report_add(report, issue->severity, line + at.line, at.column, key, "%s", issue->text);
    }
}

void
xlc_spec_tokens_free(XlcSpecTokens *tokens)
{
    if (!tokens)
        return;
    g_free(tokens->tokens);
    g_free(tokens->buffer);
    g_free(tokens);
}

/* Room for as many tokens as there can be between @commas commas. */
static XlcSpecTokens *
tokens_new(const char *spec)
{
    XlcSpecTokens *tokens = g_new0(XlcSpecTokens, 1);
    gsize most = 1;

    for (const char *p = spec; *p; p++)
        most += *p == ',';
    tokens->buffer = g_strdup(spec);
    tokens->tokens = g_new0(XlcSpecToken, most);
    return tokens;
}

/* Cuts [@from, up to its NUL) at the first = and appends it. */
static XlcSpecToken *
add_token(XlcSpecTokens *tokens, char *from)
{
    XlcSpecToken *token = &tokens->tokens[tokens->n_tokens++];
    char *equals = strchr(from, '=');

    token->key = from;
    token->column = from - tokens->buffer + 1;
    token->value_column = token->column;
    if (equals) {
        *equals = '\0';
        token->value = equals + 1;
        token->value_column = equals + 1 - tokens->buffer + 1;
    }
    return token;
}

/* The next stretch without commas, made NUL-terminated; NULL at the end. */
static char *
next_stretch(char **rest)
{
    char *from = *rest;
    char *end;

    while (*from == ',')
        from++;
    if (*from == '\0')
        return NULL;
    end = from + strcspn(from, ",");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return from;
}

XlcSpecTokens *
xlc_spec_split(const char *spec)
{
    XlcSpecTokens *tokens = tokens_new(spec);
    char *rest = tokens->buffer;
    char *stretch;

    while ((stretch = next_stretch(&rest))) {
        while (*stretch == ' ')
            stretch++;
        add_token(tokens, stretch);
    }
    return tokens;
}

static const char *
trim(const char *text, guint *column)
{
    char *from = (char *)text; /* inside the tokens' own buffer */
    gsize n;

    while (g_ascii_isspace(*from) || *from == '\v')
        from++;
    for (n = strlen(from); n > 0 && (g_ascii_isspace(from[n - 1]) || from[n - 1] == '\v'); n--)
        from[n - 1] = '\0';
    *column += from - text;
    return from;
}

static gboolean
trim_pair(XlcSpecToken *token, gboolean empties, GError **error)
{
    if (!token->value || (*token->value == '\0' && !empties)) {
        g_set_error(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                    _("column %u: expected key=value, found \"%s\""), token->column, token->key);
        return FALSE;
    }
    token->key = trim(token->key, &token->column);
    token->value = trim(token->value, &token->value_column);
    return TRUE;
}

XlcSpecTokens *
xlc_spec_split_pairs(const char *spec, gboolean empties, GError **error)
{
    g_autoptr(XlcSpecTokens) tokens = tokens_new(spec);
    char *rest = tokens->buffer;
    char *stretch;

    while ((stretch = next_stretch(&rest))) {
        if (!trim_pair(add_token(tokens, stretch), empties, error))
            return NULL;
    }
    if (tokens->n_tokens == 0) {
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_SYNTAX,
                            _("column 1: expected key=value, found nothing"));
        return NULL;
    }
    return g_steal_pointer(&tokens);
}

XlcSpecTokens *
xlc_spec_split_pair(const char *item, GError **error)
{
    g_autoptr(XlcSpecTokens) tokens = tokens_new(item);

    if (!trim_pair(add_token(tokens, tokens->buffer), FALSE, error))
        return NULL;
    return g_steal_pointer(&tokens);
}

char *
xlc_spec_needs_value(const char *option)
{
    return g_strdup_printf(_("'%s' needs a value: write %s=VALUE"), option, option);
}

char *
xlc_spec_takes_no_value(const char *option, const char *instead)
{
    return g_strdup_printf(_("'%s' takes no value: write %s"), option, instead);
}

char *
xlc_spec_repeated(GHashTable *seen, const char *option)
{
    if (g_hash_table_add(seen, (gpointer)option))
        return NULL;
    return g_strdup_printf(_("this item has said '%s' before; what stands here counts"), option);
}

const XlcSpecToken *
xlc_spec_find(const XlcSpecTokens *tokens, const char *key)
{
    for (guint i = tokens->n_tokens; i > 0; i--) {
        if (g_str_equal(tokens->tokens[i - 1].key, key))
            return &tokens->tokens[i - 1];
    }
    return NULL;
}

static void
option_free(gpointer data)
{
    XlcSpecOption *option = data;

    g_free(option->name);
    g_string_free(option->words, TRUE);
    g_free(option);
}

GPtrArray *
xlc_spec_options_new(void)
{
    return g_ptr_array_new_with_free_func(option_free);
}

XlcSpecOption *
xlc_spec_options_get(GPtrArray *options, const char *name, gsize length)
{
    XlcSpecOption *option;

    for (guint i = 0; i < options->len; i++) {
        option = options->pdata[i];
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
            return option;
    }
    option = g_new0(XlcSpecOption, 1);
    option->name = g_strndup(name, length);
    option->words = g_string_new(NULL);
    option->kind = DOM_KIND_STRING;
    g_ptr_array_add(options, option);
    return option;
}

void
xlc_spec_option_add_word(XlcSpecOption *option, const char *word)
{
    option->kind = DOM_KIND_ENUM;
    g_string_append_printf(option->words, "%s%s", option->words->len > 0 ? ", " : "", word);
}

void
xlc_spec_options_add(GPtrArray *options, const XlcSpecRow *rows, gsize n_rows)
{
    for (gsize i = 0; i < n_rows; i++) {
        XlcSpecOption *option = xlc_spec_options_get(options, rows[i].name, strlen(rows[i].name));

        option->kind = rows[i].kind;
        option->doc = rows[i].doc;
        for (const char *const *word = rows[i].words; *word != NULL; word++)
            xlc_spec_option_add_word(option, *word);
    }
}
