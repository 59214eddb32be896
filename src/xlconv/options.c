/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/options.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/numbers.h"

typedef struct {
    const XlcOptions *options;
    XlcReader *reader;
    const XlcKey *key;
    XlcLocator *locator;
} Walk;

static const XlcOption *
find_row(const XlcOptions *options, const char *name)
{
    for (guint i = 0; i < options->n_rows; i++) {
        if (g_str_equal(options->rows[i].name, name))
            return &options->rows[i];
    }
    return NULL;
}

static const DomField *
field_of(const XlcOptions *options, const XlcOption *row)
{
    return dom_record_find(options->record, row->member != NULL ? row->member : row->name);
}

static void
say(const Walk *walk, DomSeverity severity, guint column, const char *text)
{
    XlcPosition at = xlc_locator_find(walk->locator, column > 0 ? column - 1 : 0);

    dom_report_add(walk->reader->report, severity, walk->reader->line + at.line, at.column,
                   walk->key->key, "%s", text);
}

/* Of USB devices, whose bus and address lsusb shows as 001. */
static void
warn_octal(const Walk *walk, const XlcSpecToken *token, gint64 number)
{
    g_autofree char *text = NULL;

    if (!xlc_number_is_octal(token->value))
        return;
    text = g_strdup_printf(_("xl reads %s as octal, %" PRId64 ": write it without the zeros in "
                             "front"),
                           token->value, number);
    say(walk, DOM_SEVERITY_WARNING, token->value_column, text);
}

/* What xl makes of a number that is none, the digits it begins with, or 0; and of one that is
 * larger than its place, the low bits. Of a switch that is no int all bits count. */
static gint64
read_number(const XlcOption *row, DomKind kind, const char *text)
{
    guint bits = row->bits > 0 ? row->bits : 32;

    if (row->decimal || kind == DOM_KIND_INT)
        return (gint32)strtoll(text, NULL, row->decimal ? 10 : 0);
    if (kind == DOM_KIND_TRISTATE || bits == 64)
        return (gint64)strtoull(text, NULL, 0);
    return (gint64)(strtoull(text, NULL, 0) & ((1ULL << bits) - 1));
}

static gint64
take_number(const Walk *walk, const XlcOption *row, const XlcSpecToken *token)
{
    gint64 number = read_number(row, field_of(walk->options, row)->kind, token->value);
    gint64 right;
    g_autofree char *text = NULL;

    if (xlc_number_parse(token->value, G_MININT64, G_MAXINT64, &right, NULL) && right == number) {
        warn_octal(walk, token, number);
        return number;
    }
    text = g_strdup_printf(_("'%s' is not a number as %s= takes it; xl reads %" PRId64),
                           token->value, row->name, number);
    say(walk, DOM_SEVERITY_WARNING, token->value_column, text);
    return number;
}

static gboolean
set_enum(const Walk *walk, const XlcOption *row, const DomField *field, gpointer record,
         const XlcSpecToken *token)
{
    int value = dom_enum_from_name(field->enums, token->value, !row->exact_case);
    g_autofree char *complaint = NULL;
    g_autofree char *text = NULL;

    if (value != 0) {
        *DOM_MEMBER(record, field, int) = value;
        return TRUE;
    }
    complaint = dom_enum_complaint(field->enums, token->value);
    /* The oldest Xen ignores a key that came later, and a vendor's may know more words. */
    if (walk->key->since != NULL) {
        text = g_strdup_printf(_("xl refuses this, and the key is kept as it is: %s"), complaint);
        say(walk, DOM_SEVERITY_WARNING, token->value_column, text);
        return FALSE;
    }
    say(walk, DOM_SEVERITY_ERROR, token->value_column, complaint);
    return FALSE;
}

static gboolean
set_member(const Walk *walk, const XlcOption *row, gpointer record, const XlcSpecToken *token)
{
    const DomField *field = field_of(walk->options, row);

    dom_field_clear(field, record);
    switch (field->kind) {
    case DOM_KIND_STRING:
        *DOM_MEMBER(record, field, char *) = g_strdup(token->value);
        return TRUE;
    case DOM_KIND_TRISTATE:
        *DOM_MEMBER(record, field, DomTristate) =
            take_number(walk, row, token) != 0 ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
        return TRUE;
    case DOM_KIND_INT:
        *DOM_MEMBER(record, field, DomInt) =
            (DomInt){ .value = take_number(walk, row, token), .set = TRUE };
        return TRUE;
    case DOM_KIND_UINT:
        *DOM_MEMBER(record, field, DomUint) =
            (DomUint){ .value = (guint64)take_number(walk, row, token), .set = TRUE };
        return TRUE;
    case DOM_KIND_ENUM:
        return set_enum(walk, row, field, record, token);
    case DOM_KIND_STRV:
        break;
    }
    g_return_val_if_reached(FALSE);
}

static char *
unknown_hint(const XlcOptions *options, const XlcSpecToken *token)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (const char *const *word = options->others; word != NULL && *word != NULL; word++)
        g_ptr_array_add(words, (gpointer)*word);
    for (guint i = 0; i < options->n_rows; i++)
        g_ptr_array_add(words, (gpointer)options->rows[i].name);
    g_ptr_array_add(words, NULL);
    return dom_words_hint(token->key, (const char *const *)words->pdata);
}

static gboolean
is_option(const XlcOptions *options, const char *word)
{
    return find_row(options, word) != NULL ||
           (options->others != NULL && g_strv_contains(options->others, word));
}

static char *
complaint(const XlcOptions *options, XlcOdd odd, const XlcSpecToken *token)
{
    static const char *const texts[] = {
        [XLC_ODD_FATAL] = N_("'%s' is no option of this item"),
        [XLC_ODD_SKIPPED] = N_("'%s' is no option of this item; xl ignores it"),
        [XLC_ODD_STOPS] = N_("'%s' has no value; xl ignores it and all behind it in this item"),
    };
    gboolean known = token->value == NULL && is_option(options, token->key);
    g_auto(GStrv) parts = g_strsplit(_(texts[odd]), "%s", 2);
    g_autofree char *hint = NULL;

    if (known && odd == XLC_ODD_FATAL)
        return xlc_spec_needs_value(token->key);
    hint = known ? g_strdup("") : unknown_hint(options, token);
    return g_strconcat(parts[0], token->key, parts[1], hint, NULL);
}

/* FALSE ends the item; @ret_ok says whether what was read so far counts. */
static gboolean
go_on(const Walk *walk, XlcOdd odd, const XlcSpecToken *token, gboolean *ret_ok)
{
    g_autofree char *text = complaint(walk->options, odd, token);

    say(walk, odd == XLC_ODD_FATAL ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING, token->column,
        text);
    *ret_ok = odd != XLC_ODD_FATAL;
    return odd == XLC_ODD_SKIPPED;
}

/* Whether the mini-language takes the token itself; @ret_ok as in go_on(). */
static gboolean
take_special(const Walk *walk, const XlcSpecToken *token, gpointer record, gboolean *ret_ok)
{
    g_autofree char *problem = NULL;

    if (walk->options->take == NULL || !walk->options->take(token, record, &problem))
        return FALSE;
    if (problem != NULL)
        say(walk, DOM_SEVERITY_ERROR, token->value_column, problem);
    *ret_ok = problem == NULL;
    return TRUE;
}

static gboolean
set_once(const Walk *walk, const XlcOption *row, gpointer record, const XlcSpecToken *token,
         GHashTable *seen)
{
    g_autofree char *repeated = xlc_spec_repeated(seen, row->name);

    if (repeated != NULL)
        say(walk, DOM_SEVERITY_WARNING, token->column, repeated);
    return set_member(walk, row, record, token);
}

static gboolean
read_tokens(const Walk *walk, const XlcSpecTokens *tokens, gpointer record)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean ok = TRUE;

    for (guint i = 0; i < tokens->n_tokens && ok; i++) {
        const XlcSpecToken *token = &tokens->tokens[i];
        const XlcOption *row = find_row(walk->options, token->key);

        if (take_special(walk, token, record, &ok))
            continue;
        if (token->value == NULL) {
            if (!go_on(walk, walk->options->bare, token, &ok))
                return ok;
        } else if (row == NULL) {
            if (!go_on(walk, walk->options->unknown, token, &ok))
                return ok;
        } else if (!set_once(walk, row, record, token, seen)) {
            return FALSE;
        }
    }
    return ok;
}

gboolean
xlc_options_parse(const XlcOptions *options, XlcReader *reader, const XlcKey *key,
                  const XlcValue *value, gpointer record)
{
    XlcLocator locator = XLC_LOCATOR(reader->doc, value);
    Walk walk = { options, reader, key, &locator };
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcSpecTokens) tokens =
        options->trimmed ? xlc_spec_split_pairs(value->text, options->empties, &error)
                         : xlc_spec_split(value->text);

    if (tokens != NULL)
        return read_tokens(&walk, tokens, record);
    /* Residual text holds the place of a device with an empty item. */
    if (reader->patch && *value->text == '\0')
        return TRUE;
    say(&walk, DOM_SEVERITY_ERROR, 0, error->message);
    return FALSE;
}

static char *
member_text(const DomField *field, gconstpointer record)
{
    switch (field->kind) {
    case DOM_KIND_STRING:
        return g_strdup(*DOM_CONST_MEMBER(record, field, char *));
    case DOM_KIND_TRISTATE:
        return g_strdup(*DOM_CONST_MEMBER(record, field, DomTristate) == DOM_TRISTATE_ON ? "1"
                                                                                         : "0");
    case DOM_KIND_INT:
        return g_strdup_printf("%" PRId64, DOM_CONST_MEMBER(record, field, DomInt)->value);
    case DOM_KIND_UINT:
        return g_strdup_printf("%" PRIu64, DOM_CONST_MEMBER(record, field, DomUint)->value);
    case DOM_KIND_ENUM:
        return g_strdup(dom_enum_name(field->enums, *DOM_CONST_MEMBER(record, field, int)));
    case DOM_KIND_STRV:
        break;
    }
    g_return_val_if_reached(NULL);
}

char *
xlc_options_format(const XlcOptions *options, gconstpointer record)
{
    g_autoptr(GString) item = g_string_new(NULL);
    /* where blanks do not count, one says what nothing may not */
    const char *empty = options->trimmed && !options->empties ? " " : "";

    if (options->give != NULL)
        options->give(record, item);
    for (guint i = 0; i < options->n_rows; i++) {
        const DomField *field = field_of(options, &options->rows[i]);
        g_autofree char *text = NULL;

        if (!dom_field_is_set(field, record))
            continue;
        text = member_text(field, record);
        if (strchr(text, ',') != NULL)
            return NULL;
        g_string_append_printf(item, "%s%s=%s", item->len > 0 ? "," : "", options->rows[i].name,
                               *text != '\0' ? text : empty);
    }
    return g_strdup(item->str);
}

static void
list_field(GPtrArray *list, const char *name, const DomField *field)
{
    XlcSpecOption *listed = xlc_spec_options_get(list, name, strlen(name));

    listed->kind = field->kind;
    listed->member = field->name;
    /* libxl has "unknown" for what nobody set */
    for (guint i = 1; field->enums != NULL && i < field->enums->count; i++) {
        if (!g_str_equal(field->enums->names[i], "unknown"))
            xlc_spec_option_add_word(listed, field->enums->names[i]);
    }
}

void
xlc_options_list(const XlcOptions *options, GPtrArray *list)
{
    for (const char *const *word = options->others; word != NULL && *word != NULL; word++)
        list_field(list, *word, dom_record_find(options->record, *word));
    for (guint i = 0; i < options->n_rows; i++)
        list_field(list, options->rows[i].name, field_of(options, &options->rows[i]));
}
