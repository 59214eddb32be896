/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/json_tree.h"

#include "conf/def.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

/*
 * yajl calls with each token behind it. Where the token began is where the last one ended, blanks,
 * commas and colons passed over.
 */
typedef struct {
    const char *text;
    gsize length;
    yajl_handle yajl;
    gsize end;        /* of the last token */
    gsize line_start; /* of the line on which the last token ended */
    guint line;
    guint n_nodes;
    BindJsonNode *root;
    GPtrArray *open; /* of BindJsonNode (borrowed): the lists and maps around the next value */
    char *name;      /* of the next value of a map */
    GError *error;
} Parser;

void
bind_json_free(BindJsonNode *node)
{
    if (node == NULL)
        return;
    g_clear_pointer(&node->items, g_ptr_array_unref);
    g_free(node->name);
    g_free(node->text);
    g_free(node);
}

static void
free_any(gpointer node)
{
    bind_json_free(node);
}

const BindJsonNode *
bind_json_member(const BindJsonNode *node, const char *name)
{
    if (node->type != BIND_JSON_MAP)
        return NULL;
    for (guint i = 0; i < node->items->len; i++) {
        const BindJsonNode *item = g_ptr_array_index(node->items, i);

        if (g_str_equal(item->name, name))
            return item;
    }
    return NULL;
}

/* Counts the lines of what lies before @offset. */
static void
advance(Parser *parser, gsize offset)
{
    for (; parser->end < offset; parser->end++) {
        if (parser->text[parser->end] == '\n') {
            parser->line++;
            parser->line_start = parser->end + 1;
        }
    }
}

static void
skip_blanks(Parser *parser)
{
    while (parser->end < parser->length && parser->text[parser->end] != '\0' &&
           strchr(" \t\r\n,:", parser->text[parser->end]) != NULL)
        advance(parser, parser->end + 1);
}

/* Ends yajl's walk, which takes 0 for it. */
static int
fail(Parser *parser, const char *message)
{
    g_set_error_literal(&parser->error, DOM_ERROR, DOM_ERROR_SYNTAX, message);
    return 0;
}

static char *
copy_text(Parser *parser, const unsigned char *text, size_t length)
{
    if (memchr(text, '\0', length) == NULL)
        return g_strndup((const char *)text, length);
    fail(parser, _("a string holds \\u0000, which no text of a guest can; remove it"));
    return NULL;
}

static void
place_node(Parser *parser, BindJsonNode *node)
{
    if (parser->open->len == 0)
        parser->root = node;
    else
        g_ptr_array_add(
            ((BindJsonNode *)g_ptr_array_index(parser->open, parser->open->len - 1))->items, node);
}

/* The value of the token that yajl has just read; NULL ends the walk. */
static BindJsonNode *
add_node(Parser *parser, BindJsonType type)
{
    BindJsonNode *node;

    skip_blanks(parser);
    if (parser->n_nodes++ == BIND_JSON_NODES_MAX) {
        fail(parser, _("too many values for a list of guests"));
        return NULL;
    }
    node = g_new0(BindJsonNode, 1);
    node->type = type;
    node->line = parser->line;
    node->column = (guint)(parser->end - parser->line_start) + 1;
    node->name = g_steal_pointer(&parser->name);
    place_node(parser, node);
    advance(parser, yajl_get_bytes_consumed(parser->yajl));
    return node;
}

static int
take_null(void *data)
{
    return add_node(data, BIND_JSON_NULL) != NULL;
}

static int
take_bool(void *data, int on)
{
    BindJsonNode *node = add_node(data, BIND_JSON_BOOL);

    if (node != NULL)
        node->on = on != 0;
    return node != NULL;
}

static int
take_text(Parser *parser, BindJsonType type, const unsigned char *text, size_t length)
{
    BindJsonNode *node = add_node(parser, type);

    if (node == NULL)
        return 0;
    node->text = copy_text(parser, text, length);
    return node->text != NULL;
}

static int
take_number(void *data, const char *text, size_t length)
{
    return take_text(data, BIND_JSON_NUMBER, (const unsigned char *)text, length);
}

static int
take_string(void *data, const unsigned char *text, size_t length)
{
    return take_text(data, BIND_JSON_STRING, text, length);
}

static int
take_name(void *data, const unsigned char *text, size_t length)
{
    Parser *parser = data;

    skip_blanks(parser);
    parser->name = copy_text(parser, text, length);
    advance(parser, yajl_get_bytes_consumed(parser->yajl));
    return parser->name != NULL;
}

static int
open_node(Parser *parser, BindJsonType type)
{
    BindJsonNode *node;

    if (parser->open->len == BIND_JSON_DEPTH_MAX)
        return fail(parser, _("lists and maps are nested too deep"));
    node = add_node(parser, type);
    if (node == NULL)
        return 0;
    node->items = g_ptr_array_new_with_free_func(free_any);
    g_ptr_array_add(parser->open, node);
    return 1;
}

static int
open_map(void *data)
{
    return open_node(data, BIND_JSON_MAP);
}

static int
open_list(void *data)
{
    return open_node(data, BIND_JSON_LIST);
}

static int
close_node(void *data)
{
    Parser *parser = data;

    advance(parser, yajl_get_bytes_consumed(parser->yajl));
    g_ptr_array_set_size(parser->open, (gint)parser->open->len - 1);
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = take_null,
    .yajl_boolean = take_bool,
    .yajl_number = take_number,
    .yajl_string = take_string,
    .yajl_start_map = open_map,
    .yajl_map_key = take_name,
    .yajl_end_map = close_node,
    .yajl_start_array = open_list,
    .yajl_end_array = close_node,
};

/* yajl's words, "parse error: ...", without the newline it ends them with. */
static void
take_yajl_error(Parser *parser)
{
    unsigned char *text = yajl_get_error(parser->yajl, 0, NULL, 0);
    g_autofree char *words = g_strchomp(g_strdup((const char *)text));

    yajl_free_error(parser->yajl, text);
    if (parser->error == NULL)
        g_set_error(&parser->error, DOM_ERROR, DOM_ERROR_SYNTAX, _("not JSON: %s"), words);
}

static void
run(Parser *parser)
{
    yajl_status status =
        yajl_parse(parser->yajl, (const unsigned char *)parser->text, parser->length);

    advance(parser, MIN(yajl_get_bytes_consumed(parser->yajl), parser->length));
    if (status == yajl_status_ok)
        status = yajl_complete_parse(parser->yajl);
    if (status != yajl_status_ok)
        take_yajl_error(parser);
}

BindJsonNode *
bind_json_parse(const char *text, gsize length, guint *ret_line, guint *ret_column, GError **error)
{
    Parser parser = { .text = text, .length = length, .line = 1 };
    BindJsonNode *root;

    if (length > BIND_JSON_BYTES_MAX) {
        *ret_line = *ret_column = 0;
        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_SYNTAX,
                            _("longer than any list of guests"));
        return NULL;
    }
    parser.open = g_ptr_array_new();
    parser.yajl = yajl_alloc(&callbacks, NULL, &parser);
    run(&parser);
    yajl_free(parser.yajl);
    g_ptr_array_unref(parser.open);
    g_free(parser.name);
    root = parser.root;
    if (parser.error != NULL) {
        g_clear_pointer(&root, bind_json_free);
        *ret_line = parser.line;
        *ret_column = (guint)(parser.end - parser.line_start) + 1;
        g_propagate_error(error, parser.error);
    }
    return root;
}
