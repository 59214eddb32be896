/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/writer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/arena.h"
#include "xlconv/doc_private.h"
#include "xlconv/error.h"

#define LINE_WIDTH 80
#define INDENT     4
/* Room for a short file at first. */
#define FIRST_SIZE 512

/* Lists nested about this deep are not broken into lines: nobody reads them, and the indents would
 * be the most of it. */
#define MANY_SYMBOLS 100

/* An item of the list being built: an atom as it will be spelled, or a list. */
typedef struct Node Node;
struct Node {
    Node *next;
    Node *first; /* list: items */
    Node *last;
    const char *text; /* atom; NULL in a list */
    gsize width;      /* bytes when spelled on one line */
    guint symbols;    /* of xl's parser behind what it holds in front of this */
};

struct _XlcWriter {
    GString *out;
    GError *error;   /* the first one; nothing is done after it */
    XlcArena *arena; /* of the list being built */
    char *key;       /* its key; NULL when there is no list being built */
    XlcOp op;
    GPtrArray *open; /* its Nodes from the outermost to the innermost */
    gboolean lenient;
};

XlcWriter *
xlc_writer_new(void)
{
    XlcWriter *writer = g_new0(XlcWriter, 1);

    writer->out = g_string_sized_new(FIRST_SIZE);
    writer->arena = xlc_arena_new();
    writer->open = g_ptr_array_new();
    return writer;
}

static void
drop_list(XlcWriter *writer)
{
    if (!writer->key)
        return;
    xlc_arena_reset(writer->arena);
    g_clear_pointer(&writer->key, g_free);
    g_ptr_array_set_size(writer->open, 0);
}

void
xlc_writer_free(XlcWriter *writer)
{
    if (!writer)
        return;
    g_free(writer->key);
    xlc_arena_free(writer->arena);
    g_ptr_array_unref(writer->open);
    g_string_free(writer->out, TRUE);
    g_clear_error(&writer->error);
    g_free(writer);
}

static void
fail(XlcWriter *writer, XlcError code, const char *message, const char *key)
{
    if (!writer->error && key)
        g_set_error(&writer->error, XLC_ERROR, code, "%s: %s", key, message);
    else if (!writer->error)
        g_set_error_literal(&writer->error, XLC_ERROR, code, message);
}

void
xlc_writer_refuse(XlcWriter *writer, const char *key, const char *message)
{
    fail(writer, XLC_ERROR_UNWRITABLE, message, key);
}

void
xlc_writer_refuse_item(XlcWriter *writer, const char *key, const char *message, const char *instead)
{
    if (writer->lenient)
        xlc_writer_item_string(writer, instead);
    else
        xlc_writer_refuse(writer, key, message);
}

void
xlc_writer_set_lenient(XlcWriter *writer)
{
    writer->lenient = TRUE;
}

/* Whether a line may be written now. */
static gboolean
at_top(XlcWriter *writer, const char *key)
{
    if (writer->error)
        return FALSE;
    if (writer->key)
        fail(writer, XLC_ERROR_UNWRITABLE, _("the list before was not closed"), key);
    else if (key && !xlc_lexer_is_key(key))
        fail(writer, XLC_ERROR_UNWRITABLE,
             _("not a key: expected a lower-case letter, then a-z 0-9 _ ."), key);
    return !writer->error;
}

static gboolean
in_list(XlcWriter *writer)
{
    if (!writer->error && !writer->key)
        fail(writer, XLC_ERROR_UNWRITABLE, _("an item outside of a list"), NULL);
    return !writer->error;
}

static void
append_quoted(GString *out, const char *bytes, gsize length)
{
    g_string_append_c(out, '"');
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == '"' || bytes[i] == '\\')
            g_string_append_c(out, '\\');
        if (bytes[i] == '\n')
            g_string_append(out, "\\n");
        else
            g_string_append_c(out, bytes[i]);
    }
    g_string_append_c(out, '"');
}

char *
xlc_writer_quote(const char *text)
{
    GString *out = g_string_new(NULL);

    append_quoted(out, text, strlen(text));
    return g_string_free(out, FALSE);
}

static void
append_atom(GString *out, const char *text)
{
    if (xlc_lexer_is_number(text))
        g_string_append(out, text);
    else
        append_quoted(out, text, strlen(text));
}

static void
append_assignment(GString *out, const char *key, XlcOp op)
{
    g_string_append(out, key);
    g_string_append(out, op == XLC_OP_APPEND ? " += " : " = ");
}

static void
put_atom(XlcWriter *writer, const char *key, const char *text)
{
    if (!at_top(writer, key))
        return;
    append_assignment(writer->out, key, XLC_OP_ASSIGN);
    append_atom(writer->out, text);
    g_string_append_c(writer->out, '\n');
}

void
xlc_writer_bytes(XlcWriter *writer, const char *key, const char *bytes, gsize length)
{
    if (!at_top(writer, key))
        return;
    if (length > 0 && memchr(bytes, '\0', length)) {
        fail(writer, XLC_ERROR_UNWRITABLE, _("xl.cfg cannot hold a NUL byte"), key);
        return;
    }
    append_assignment(writer->out, key, XLC_OP_ASSIGN);
    append_quoted(writer->out, bytes, length);
    g_string_append_c(writer->out, '\n');
}

void
xlc_writer_string(XlcWriter *writer, const char *key, const char *text)
{
    xlc_writer_bytes(writer, key, text, strlen(text));
}

void
xlc_writer_integer(XlcWriter *writer, const char *key, gint64 number)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, number);
    put_atom(writer, key, text);
}

void
xlc_writer_unsigned(XlcWriter *writer, const char *key, guint64 number)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT, number);
    put_atom(writer, key, text);
}

void
xlc_writer_atom(XlcWriter *writer, const char *key, const char *text)
{
    put_atom(writer, key, text);
}

/* Symbols that xl holds between the begin of @list and its next item. */
static guint
symbols_before_next(const Node *list)
{
    return list->first ? XLC_SYMBOLS_LATER_ITEM : XLC_SYMBOLS_FIRST_ITEM;
}

static void
begin_list(XlcWriter *writer)
{
    Node *list = xlc_arena_new0(writer->arena, Node, 1);

    list->symbols = XLC_SYMBOLS_CLOSE;
    list->width = strlen("[]");
    g_ptr_array_add(writer->open, list);
}

static Node *
innermost(XlcWriter *writer)
{
    return writer->open->pdata[writer->open->len - 1];
}

static void
append_item(Node *list, Node *item)
{
    list->symbols = MAX(list->symbols, symbols_before_next(list) + item->symbols);
    /* "[ a ]" has two blanks more than "[]" and the item, each further item ", " */
    list->width += item->width + 2;
    if (list->last)
        list->last->next = item;
    else
        list->first = item;
    list->last = item;
}

static void
put_item(XlcWriter *writer, const char *text, gboolean bare)
{
    g_autoptr(GString) spelled = g_string_new(NULL);
    Node *item;

    if (!in_list(writer))
        return;
    if (bare)
        append_atom(spelled, text);
    else
        append_quoted(spelled, text, strlen(text));
    item = xlc_arena_new0(writer->arena, Node, 1);
    item->text = xlc_arena_strndup(writer->arena, spelled->str, spelled->len);
    item->width = spelled->len;
    item->symbols = XLC_SYMBOLS_VALUE;
    append_item(innermost(writer), item);
}

void
xlc_writer_item_string(XlcWriter *writer, const char *text)
{
    put_item(writer, text, FALSE);
}

void
xlc_writer_item_atom(XlcWriter *writer, const char *text)
{
    put_item(writer, text, TRUE);
}

void
xlc_writer_item_integer(XlcWriter *writer, gint64 number)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, number);
    put_item(writer, text, TRUE);
}

static void
open_list(XlcWriter *writer, const char *key, XlcOp op)
{
    if (!at_top(writer, key))
        return;
    writer->key = g_strdup(key);
    writer->op = op;
    begin_list(writer);
}

void
xlc_writer_open(XlcWriter *writer, const char *key)
{
    open_list(writer, key, XLC_OP_ASSIGN);
}

void
xlc_writer_item_open(XlcWriter *writer)
{
    if (!in_list(writer))
        return;
    /* the least that each level costs; the exact sum is checked when the list is complete */
    if (writer->open->len >= XLC_MAX_SYMBOLS / XLC_SYMBOLS_FIRST_ITEM)
        fail(writer, XLC_ERROR_LIMIT, _("lists nested deeper than xl can read"), writer->key);
    else
        begin_list(writer);
}

static void
spell_on_line(GString *out, const Node *node)
{
    if (node->text) {
        g_string_append(out, node->text);
        return;
    }
    g_string_append(out, node->first ? "[ " : "[");
    for (const Node *item = node->first; item; item = item->next) {
        spell_on_line(out, item);
        if (item->next)
            g_string_append(out, ", ");
    }
    g_string_append(out, node->first ? " ]" : "]");
}

static void
indent(GString *out, guint columns)
{
    g_string_append_printf(out, "%*s", (int)columns, "");
}

/* @before: bytes already on the line */
static void
spell(GString *out, const Node *node, gsize before, guint depth)
{
    if (node->text || !node->first || node->symbols > MANY_SYMBOLS ||
        before + node->width <= LINE_WIDTH) {
        spell_on_line(out, node);
        return;
    }
    g_string_append(out, "[\n");
    for (const Node *item = node->first; item; item = item->next) {
        indent(out, (depth + 1) * INDENT);
        /* one column is for the comma */
        spell(out, item, (depth + 1) * INDENT + 1, depth + 1);
        g_string_append(out, item->next ? ",\n" : "\n");
    }
    indent(out, depth * INDENT);
    g_string_append_c(out, ']');
}

static void
finish_list(XlcWriter *writer, const Node *list)
{
    gsize from = writer->out->len;

    if (XLC_SYMBOLS_TOP + list->symbols > XLC_MAX_SYMBOLS) {
        fail(writer, XLC_ERROR_LIMIT, _("lists nested deeper than xl can read"), writer->key);
    } else {
        append_assignment(writer->out, writer->key, writer->op);
        spell(writer->out, list, writer->out->len - from, 0);
        g_string_append_c(writer->out, '\n');
    }
    drop_list(writer);
}

void
xlc_writer_close(XlcWriter *writer)
{
    Node *list;

    if (!in_list(writer))
        return;
    list = innermost(writer);
    g_ptr_array_set_size(writer->open, writer->open->len - 1);
    if (writer->open->len == 0)
        finish_list(writer, list);
    else
        append_item(innermost(writer), list);
}

void
xlc_writer_item_value(XlcWriter *writer, const XlcValue *value)
{
    if (value->kind != XLC_VALUE_LIST) {
        put_item(writer, value->text, value->kind == XLC_VALUE_NUMBER);
        return;
    }
    xlc_writer_item_open(writer);
    for (guint i = 0; i < value->n_items && !writer->error; i++)
        xlc_writer_item_value(writer, value->items[i]);
    xlc_writer_close(writer);
}

void
xlc_writer_value(XlcWriter *writer, const char *key, XlcOp op, const XlcValue *value)
{
    if (value->kind == XLC_VALUE_LIST) {
        open_list(writer, key, op);
        for (guint i = 0; i < value->n_items && !writer->error; i++)
            xlc_writer_item_value(writer, value->items[i]);
        xlc_writer_close(writer);
        return;
    }
    if (!at_top(writer, key))
        return;
    append_assignment(writer->out, key, op);
    if (value->kind == XLC_VALUE_NUMBER)
        append_atom(writer->out, value->text);
    else
        append_quoted(writer->out, value->text, value->length);
    g_string_append_c(writer->out, '\n');
}

void
xlc_writer_marked(XlcWriter *writer, const char *first, const char *next, const char *text)
{
    if (!at_top(writer, NULL))
        return;
    for (const char *mark = first;; mark = next) {
        gsize n = strcspn(text, "\n");

        g_string_append_printf(writer->out, "%s%s", mark, n > 0 ? " " : "");
        g_string_append_len(writer->out, text, n);
        g_string_append_c(writer->out, '\n');
        if (text[n] == '\0')
            break;
        text += n + 1;
    }
}

void
xlc_writer_comment(XlcWriter *writer, const char *text)
{
    xlc_writer_marked(writer, "#", "#", text);
}

void
xlc_writer_blank(XlcWriter *writer)
{
    if (at_top(writer, NULL))
        g_string_append_c(writer->out, '\n');
}

char *
xlc_writer_finish(XlcWriter *writer, gsize *ret_length, GError **error)
{
    GString *out = writer->out;

    if (!writer->error && writer->key)
        fail(writer, XLC_ERROR_UNWRITABLE, _("the last list was not closed"), writer->key);
    drop_list(writer);
    writer->out = g_string_new(NULL);
    if (writer->error) {
        g_propagate_error(error, g_steal_pointer(&writer->error));
        g_string_free(out, TRUE);
        return NULL;
    }
    if (ret_length)
        *ret_length = out->len;
    return g_string_free(out, FALSE);
}

const char *
xlc_writer_peek(const XlcWriter *writer)
{
    return writer->error == NULL && writer->key == NULL ? writer->out->str : NULL;
}

void
xlc_writer_reset(XlcWriter *writer)
{
    drop_list(writer);
    g_clear_error(&writer->error);
    g_string_truncate(writer->out, 0);
}
