/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "conf/report.h"
#include "xlconv/lexer.h"

/*
 * An xl.cfg file as a document: every assignment in order with its place in the text, and the table
 * of effective values that xl would see.
 *
 *     g_autoptr(XlcDoc) doc = xlc_doc_parse(data, length, report, &error);
 *     const XlcEntry *memory = xlc_doc_get(doc, "memory");
 *
 *     if (memory && memory->value->kind != XLC_VALUE_LIST)
 *         use(memory->value->text);
 *
 * All that a document hands out belongs to it and lives as long as it does. A document does not
 * change after the parse; several threads may read it.
 */

typedef enum {
    XLC_VALUE_NUMBER, /* an atom spelled without quotes; kept as text: 007 is "007" */
    XLC_VALUE_STRING, /* an atom spelled with quotes; xl makes no difference between the two */
    XLC_VALUE_LIST,
} XlcValueKind;

/**
 * XlcValue:
 * @text: atom: the decoded text, NUL-terminated, without NUL inside, not necessarily UTF-8; NULL in
 * a list
 * @length: bytes in @text
 * @items: list: the items
 * @start, @end: the spelling is the source from @start.offset up to @end.offset. A value joined by
 * += has the place of its last part.
 * @joined: put together from several assignments by +=
 *
 * Lists nest up to about 5000 levels: recursion over a tree is bounded, but not small.
 */
typedef struct _XlcValue XlcValue;
struct _XlcValue {
    XlcValueKind kind;
    gboolean joined;
    XlcPosition start;
    XlcPosition end;
    const char *text;
    gsize length;
    const XlcValue *const *items;
    guint n_items;
};

typedef enum {
    XLC_OP_ASSIGN, /* = */
    XLC_OP_APPEND, /* += */
} XlcOp;

/**
 * XlcAssignment:
 * @start: first byte of the key
 * @end: first byte behind the value; replacing [start.offset, end.offset) keeps all comments
 * outside the value
 */
typedef struct {
    const char *key;
    XlcOp op;
    const XlcValue *value;
    XlcPosition start;
    XlcPosition end;
} XlcAssignment;

/**
 * XlcEntry:
 * @value: what xl sees: the last assignment, with the parts that += adds
 * @assignments: all assignments of the key, in order of the text
 * @first_used: index in @assignments of the first one that @value is made from; those before are
 * overridden
 * @no_number: the last assignment is a +=, for which xl refuses to read a number ("can't use +=
 * with numbers")
 */
typedef struct {
    const char *key;
    const XlcValue *value;
    const XlcAssignment *const *assignments;
    guint n_assignments;
    guint first_used;
    gboolean no_number;
} XlcEntry;

typedef struct _XlcDoc XlcDoc;

/**
 * xlc_doc_parse:
 * @data: (array length=length): the file, any bytes; copied
 * @length: in bytes
 * @report: (nullable): gets each error with line and column, at most one per line, like xl. All
 * errors of the file are found in one run (up to 1000).
 * @error: one summary
 *
 * Grammar and evaluation are those of libxlutil (the same in Xen 4.17 to 4.22). One limit is xl's
 * too: lists nest about 4996 levels.
 *
 * Returns: (transfer full): the document, or NULL when there was any error
 */
XlcDoc *xlc_doc_parse(const char *data, gsize length, DomReport *report, GError **error);

/**
 * xlc_doc_parse_partial:
 * @ret_broken: (out) (optional): whether there was any error
 *
 * As xlc_doc_parse(), but always returns what could be understood, so that a checker can go on with
 * the values. Never give a broken document to anything that starts or stores a guest.
 */
XlcDoc *xlc_doc_parse_partial(const char *data, gsize length, DomReport *report,
                              gboolean *ret_broken);

void xlc_doc_free(XlcDoc *doc);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcDoc, xlc_doc_free)

/* The text as given; @ret_length (optional) gets its bytes. NUL-terminated beyond its end. */
const char *xlc_doc_source(const XlcDoc *doc, gsize *ret_length);

guint xlc_doc_n_assignments(const XlcDoc *doc);

/* @index below xlc_doc_n_assignments(), order of the text */
const XlcAssignment *xlc_doc_assignment(const XlcDoc *doc, guint index);

guint xlc_doc_n_entries(const XlcDoc *doc);

/* @index below xlc_doc_n_entries(), order of each key's first appearance */
const XlcEntry *xlc_doc_entry(const XlcDoc *doc, guint index);

/* The value of a document that has one key; NULL for any other, NULL is fine. */
const XlcValue *xlc_doc_only_value(const XlcDoc *doc);

/* NULL when the key is not assigned */
const XlcEntry *xlc_doc_get(const XlcDoc *doc, const char *key);

/* Item @index of @key's list, or what stands in its place; NULL when the key is not assigned. */
const XlcValue *xlc_doc_item(const XlcDoc *doc, const char *key, guint index);

/* The last assignment of the entry: the place to name in a message. */
const XlcAssignment *xlc_entry_last(const XlcEntry *entry);

/**
 * xlc_doc_locate:
 * @value: an atom of this document
 * @offset: bytes into @value->text
 *
 * Returns: where in the file that byte of the decoded text is spelled; the start of @value when it
 * is joined
 */
XlcPosition xlc_doc_locate(const XlcDoc *doc, const XlcValue *value, gsize offset);

/* Where the option @word (NULL: none) begins in @value, an item of a list of devices, or in an atom
 * of it; the start of @value when it is not there. */
XlcPosition xlc_doc_locate_option(const XlcDoc *doc, const XlcValue *value, const char *word);

/* Where @text has @word, which no letter, digit, - or _ goes on with; NULL for nowhere. */
const char *xlc_find_word(const char *text, const char *word);

/**
 * XlcLocator:
 * @offset, @spelled: how far it has come, in the text and in its spelling
 *
 * xlc_doc_locate() for many bytes of one value: in ascending order they take linear time together.
 */
typedef struct {
    const XlcDoc *doc;
    const XlcValue *value;
    gsize offset;
    gsize spelled;
} XlcLocator;

#define XLC_LOCATOR(of, atom) ((XlcLocator){ .doc = (of), .value = (atom) })

XlcPosition xlc_locator_find(XlcLocator *locator, gsize offset);
