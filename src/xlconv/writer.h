/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xlconv/doc.h"

/*
 * Writes xl.cfg text that xl reads back as the same values.
 *
 *     XlcWriter *writer = xlc_writer_new();
 *
 *     xlc_writer_string(writer, "name", "guest");
 *     xlc_writer_integer(writer, "vcpus", 2);
 *     xlc_writer_open(writer, "disk");
 *     xlc_writer_item_string(writer, "/dev/vg/guest,raw,xvda,rw");
 *     xlc_writer_close(writer);
 *     text = xlc_writer_finish(writer, &length, &error);
 *
 * Strings go into double quotes; only backslash, double quote and newline are escaped, all other
 * bytes are raw (xl's numeric escapes are broken). What cannot be said (a NUL, a key that is none,
 * lists nested beyond xl's limit) is kept as an error that xlc_writer_finish() returns. No string
 * can add a line, key or item.
 */

typedef struct _XlcWriter XlcWriter;

XlcWriter *xlc_writer_new(void);

void xlc_writer_free(XlcWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcWriter, xlc_writer_free)

/* key = "text", always quoted */
void xlc_writer_string(XlcWriter *writer, const char *key, const char *text);

/* As xlc_writer_string() with a length in bytes; a NUL among them is an error. */
void xlc_writer_bytes(XlcWriter *writer, const char *key, const char *bytes, gsize length);

/* key = 5; a negative number is quoted, since xl's lexer has no sign */
void xlc_writer_integer(XlcWriter *writer, const char *key, gint64 number);

/* key = 5 */
void xlc_writer_unsigned(XlcWriter *writer, const char *key, guint64 number);

/* key = 007: without quotes when @text can stand so, quoted otherwise */
void xlc_writer_atom(XlcWriter *writer, const char *key, const char *text);

/* key = value or key += value, with the kinds that @value has */
void xlc_writer_value(XlcWriter *writer, const char *key, XlcOp op, const XlcValue *value);

/**
 * xlc_writer_open:
 *
 * Begins key = [; items follow, then xlc_writer_close(). A list longer than 80 columns gets one
 * line per item. Calling anything but item functions before the close is a programming error (kept
 * as the writer's error).
 */
void xlc_writer_open(XlcWriter *writer, const char *key);

/* Begins a list inside the list. */
void xlc_writer_item_open(XlcWriter *writer);

/* Ends the innermost list. */
void xlc_writer_close(XlcWriter *writer);

void xlc_writer_item_string(XlcWriter *writer, const char *text);

void xlc_writer_item_integer(XlcWriter *writer, gint64 number);

void xlc_writer_item_atom(XlcWriter *writer, const char *text);

void xlc_writer_item_value(XlcWriter *writer, const XlcValue *value);

/* One line per line of @text, behind @first and then @next. Not inside a list. */
void xlc_writer_marked(XlcWriter *writer, const char *first, const char *next, const char *text);

/* One "# ..." line per line of @text. Not inside a list. */
void xlc_writer_comment(XlcWriter *writer, const char *text);

/* An empty line. Not inside a list. */
void xlc_writer_blank(XlcWriter *writer);

/* Makes the next xlc_writer_finish() fail with XLC_ERROR_UNWRITABLE: @key has what cannot be said.
 */
void xlc_writer_refuse(XlcWriter *writer, const char *key, const char *message);
/* The same of an item of a list; a lenient writer writes @instead. */
void xlc_writer_refuse_item(XlcWriter *writer, const char *key, const char *message,
                            const char *instead);
void xlc_writer_set_lenient(XlcWriter *writer);

/**
 * xlc_writer_finish:
 * @ret_length: (out) (optional): bytes
 *
 * The writer is empty afterwards and may be used again.
 *
 * Returns: (transfer full): all lines, or NULL with the first error (XLC_ERROR_UNWRITABLE,
 * XLC_ERROR_LIMIT)
 */
char *xlc_writer_finish(XlcWriter *writer, gsize *ret_length, GError **error);

/*
 * All lines so far (borrowed, until the writer is used again); NULL when something cannot be said.
 * For looking at one assignment after the other, with xlc_writer_reset() in between.
 */
const char *xlc_writer_peek(const XlcWriter *writer);

/* Forgets all lines and the error. */
void xlc_writer_reset(XlcWriter *writer);

/**
 * xlc_writer_quote:
 *
 * Returns: (transfer full): @text as a quoted xl.cfg string, for a message or an edit in place
 */
char *xlc_writer_quote(const char *text);
