/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to a text, collected while its positions still hold and then made at once. */
#pragma once

#include <glib.h>

/* @text with an end of its last line, behind which something can be added (transfer full). */
char *xlc_whole_lines(const char *text);
/* The opposite once it is edited: takes the newline off the end of @edited where @source has none
 * there, unless it ends a comment, which xl does not read without. */
void xlc_end_like(const char *source, char *edited);

typedef struct XlcSplices XlcSplices;

/* @source of @length bytes is borrowed. */
XlcSplices *xlc_splices_new(const char *source, gsize length);
/* NULL is fine. */
void xlc_splices_free(XlcSplices *splices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcSplices, xlc_splices_free)

const char *xlc_splices_source(const XlcSplices *splices, gsize *ret_length);

/* Puts @text in place of the bytes from @from up to @to; @from == @to inserts. */
void xlc_splice(XlcSplices *splices, gsize from, gsize to, const char *text);

/* The changed text (transfer full); of changes that overlap the first one counts, but what two take
 * out is out. */
char *xlc_splices_apply(XlcSplices *splices);

/* Places in the source: the first byte of @at's line, and its newline or the end of the text. */
gsize xlc_line_start(const XlcSplices *splices, gsize at);
gsize xlc_line_end(const XlcSplices *splices, gsize at);
/* The first byte from @at on that is no blank. */
gsize xlc_skip_blanks(const XlcSplices *splices, gsize at);
/* The first of the blanks that end in front of @at; @at when there are none. */
gsize xlc_skip_blanks_back(const XlcSplices *splices, gsize at);
/* Whether nothing but blanks is in front of @at on its line. */
gboolean xlc_begins_line(const XlcSplices *splices, gsize at);
/* Whether nothing but blanks and a comment is behind @at on its line. */
gboolean xlc_ends_line(const XlcSplices *splices, gsize at);
/* Where the lines of comments right above the line that begins at @line begin; @line when there are
 * none. */
gsize xlc_comments_above(const XlcSplices *splices, gsize line);
/* Takes out whole lines, from @from's to @to's. */
void xlc_splice_lines(XlcSplices *splices, gsize from, gsize to);
