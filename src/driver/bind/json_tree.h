/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON text as a tree whose every value knows where it stands. libxl's own reader needs a libxl
 * context, and with it Xen; this one needs yajl alone.
 */
#pragma once

#include <glib.h>

typedef enum {
    BIND_JSON_NULL,
    BIND_JSON_BOOL,
    BIND_JSON_NUMBER,
    BIND_JSON_STRING,
    BIND_JSON_LIST,
    BIND_JSON_MAP,
} BindJsonType;

typedef struct {
    BindJsonType type;
    guint line;       /* from 1 */
    guint column;     /* from 1, in bytes */
    char *name;       /* in a map; NULL elsewhere */
    char *text;       /* of a string, and of a number as it was written */
    gboolean on;      /* of a bool */
    GPtrArray *items; /* of BindJsonNode, of a list or a map in the order of the text */
} BindJsonNode;

/* Larger, deeper or with more values than any list of guests: refused. */
#define BIND_JSON_BYTES_MAX (16 * 1024 * 1024)
#define BIND_JSON_DEPTH_MAX 64
#define BIND_JSON_NODES_MAX (1024 * 1024)

/*
 * Reads @length bytes of @text (transfer full). NULL with DOM_ERROR_SYNTAX for what is not JSON, is
 * not UTF-8, holds a NUL or goes beyond the limits; *@ret_line and *@ret_column then say where.
 */
BindJsonNode *bind_json_parse(const char *text, gsize length, guint *ret_line, guint *ret_column,
                              GError **error);

/* NULL is fine. */
void bind_json_free(BindJsonNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BindJsonNode, bind_json_free)

/* The item @name of a map (borrowed); NULL when there is none or @node is no map. */
const BindJsonNode *bind_json_member(const BindJsonNode *node, const char *name);
