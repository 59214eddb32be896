/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mini-languages that are options between commas, "key=value,key=value": rows that say which member
 * of a record each option fills.
 *
 *     static const XlcOption rows[] = { { "backend" }, { "be-alloc", .member = "be_alloc" } };
 *     static const XlcOptions options = { &dom_vdispl_record, rows, G_N_ELEMENTS(rows), ... };
 */
#pragma once

#include "xlconv/key.h"
#include "xlconv/spec.h"

typedef struct {
    const char *name;
    const char *member;  /* NULL: as the option */
    gboolean decimal;    /* a number is read as atoi does; otherwise 0x and 0 count */
    gboolean exact_case; /* an enum's upper and lower case differ */
    guint bits;          /* that xl keeps of a number; 0: 32 */
} XlcOption;

/* What xl does with an option that it does not know or that has no value. */
typedef enum {
    XLC_ODD_FATAL,   /* refuses the file */
    XLC_ODD_SKIPPED, /* goes on with the next option */
    XLC_ODD_STOPS,   /* reads no more of the item */
} XlcOdd;

typedef struct {
    const DomRecord *record;
    const XlcOption *rows;
    guint n_rows;
    gboolean trimmed; /* blanks around keys and values do not count */
    gboolean empties; /* trimmed: a value may be empty all the same */
    XlcOdd unknown;
    XlcOdd bare;
    /* Optional, for what rows cannot say. take: TRUE when the token was its own, with @ret_problem
     * (transfer full) when it was wrong. give: appends, ahead of the rows' options. */
    gboolean (*take)(const XlcSpecToken *token, gpointer record, char **ret_problem);
    const char *const *others; /* options that it takes, for messages; NULL-terminated */
    void (*give)(gconstpointer record, GString *item);
} XlcOptions;

/* Fills @record from @value's text. FALSE when xl would refuse the file; reported. */
gboolean xlc_options_parse(const XlcOptions *options, XlcReader *reader, const XlcKey *key,
                           const XlcValue *value, gpointer record);

/* Adds the options to @list, of XlcSpecOption. */
void xlc_options_list(const XlcOptions *options, GPtrArray *list);

/* "key=value,..." of all members that are set (transfer full); NULL when one holds a comma. */
char *xlc_options_format(const XlcOptions *options, gconstpointer record);
