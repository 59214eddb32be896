/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "conf/field.h"
#include "conf/report.h"
#include "xlconv/doc.h"

/*
 * What the mini-languages inside strings (disk, vif, channel, ...) share: cutting a spec into
 * options, and issues with a column in the spec.
 */

/* Three states: absent stays absent. */
typedef enum {
    XLC_TRI_ABSENT,
    XLC_TRI_NO,
    XLC_TRI_YES,
} XlcTristate;

/**
 * XlcSpecIssue:
 * @column: byte in the spec, from 1
 * @text: what is wrong and what was expected
 */
typedef struct {
    DomSeverity severity;
    guint column;
    char *text;
} XlcSpecIssue;

/* Returns: (transfer full): an empty array of XlcSpecIssue, which frees its elements */
GPtrArray *xlc_spec_issues_new(void);

/* @issues may be NULL */
void xlc_spec_issue(GPtrArray *issues, DomSeverity severity, guint column, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/**
 * xlc_spec_issues_report:
 * @issues: from a spec parser
 * @line: lines of the file before @doc (XlcReader)
 * @value: the atom of @doc that held the spec
 * @key: as in the diagnostics
 *
 * Adds each issue to @report (nullable) with its line and column in the file.
 */
void xlc_spec_issues_report(const GPtrArray *issues, const XlcDoc *doc, guint line,
                            const XlcValue *value, const char *key, DomReport *report);

/**
 * XlcSpecToken:
 * @value: NULL when there is no = (a flag)
 * @column: of the key in the spec, from 1
 * @value_column: of the value in the spec, from 1; of the key when there is no value
 */
typedef struct {
    const char *key;
    const char *value;
    guint column;
    guint value_column;
} XlcSpecToken;

/**
 * XlcSpecTokens:
 *
 * The options of one spec, in order. Owns the strings of its tokens.
 */
typedef struct {
    char *buffer;
    XlcSpecToken *tokens;
    guint n_tokens;
} XlcSpecTokens;

void xlc_spec_tokens_free(XlcSpecTokens *tokens);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcSpecTokens, xlc_spec_tokens_free)

/**
 * xlc_spec_split:
 *
 * The way of vif, vfb, vtpm, pvcalls, usbctrl, usbdev, vkb, vdispl and virtio: options between
 * commas, empty ones skipped, spaces before an option skipped, all other blanks kept, key and value
 * parted at the first =. An option of spaces only has an empty key. Never fails.
 */
XlcSpecTokens *xlc_spec_split(const char *spec);

/**
 * xlc_spec_split_pairs:
 * @error: XLC_ERROR_SYNTAX with the column: an option without = or with nothing behind it, or no
 * option at all; fatal in xl
 *
 * The way of channel and p9: as xlc_spec_split(), but key and value are trimmed of white space on
 * both sides and each option must have a value, which may be blank ("a= " is an empty value) and
 * with
 * @empties nothing ("a=").
 */
XlcSpecTokens *xlc_spec_split_pairs(const char *spec, gboolean empties, GError **error);

/* The way of one vnuma item: a single trimmed pair, commas belong to the value. Errors as
 * xlc_spec_split_pairs(). */
XlcSpecTokens *xlc_spec_split_pair(const char *item, GError **error);

/*
 * What is wrong with an option that is known (transfer full): "'mac' needs a value: write
 * mac=VALUE", and "'trusted' takes no value: write trusted or untrusted", where @instead is what to
 * write.
 */
char *xlc_spec_needs_value(const char *option);
char *xlc_spec_takes_no_value(const char *option, const char *instead);

/* Adds @option to @seen, a set that borrows. What to say (transfer full) when it was there: the
 * last one counts. NULL for a new one. */
char *xlc_spec_repeated(GHashTable *seen, const char *option);

/* The last token with that key, or NULL. */
const XlcSpecToken *xlc_spec_find(const XlcSpecTokens *tokens, const char *key);

/**
 * XlcSpecOption:
 * @kind: of the value
 * @flag: it stands alone, without a value
 * @words: that the value may be, for DOM_KIND_ENUM; "" until one is added
 * @member: (nullable): of the record that the item becomes, whose documentation is the option's
 * @opposite: (nullable): the flag that it takes back
 * @doc: (nullable): one line, translatable, where no member has it
 *
 * What a mini-language says of one of its options. Owns @name and @words.
 */
typedef struct {
    char *name;
    DomKind kind;
    gboolean flag;
    GString *words;
    const char *member;
    const char *opposite;
    const char *doc;
} XlcSpecOption;

/* Returns: (transfer full): an empty array of XlcSpecOption, which frees its elements */
GPtrArray *xlc_spec_options_new(void);

/* The option called @name, @length bytes, in @options; a new one at its end when there is none. */
XlcSpecOption *xlc_spec_options_get(GPtrArray *options, const char *name, gsize length);

/* An option as a row; @words: that its value may be, ended by NULL. */
typedef struct {
    const char *name;
    DomKind kind;
    const char *doc;
    const char *words[4];
} XlcSpecRow;

/* Adds the options of @rows. */
void xlc_spec_options_add(GPtrArray *options, const XlcSpecRow *rows, gsize n_rows);

/* Adds a word that the value of @option may be. */
void xlc_spec_option_add_word(XlcSpecOption *option, const char *word);
