/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * JSON from others: device models, guest agents, clients. libvirt's values are freed by recursion
 * and keys are looked for one by one, so a text that nests deep would overflow the daemon's stack,
 * and one of very many keys keep it busy. Both are counted before libvirt sees the text.
 */

#include "internal.h"
#include "virjson.h"

#include <glib.h>

/* Levels, members of one object, and values of the whole text that are taken. */
#define DRV_JSON_DEEPEST      64
#define DRV_JSON_MOST_MEMBERS 1024
#define DRV_JSON_MOST_VALUES  (64 * 1024)

/* The object that @text is; NULL when it is none, or beyond the bounds above. No error of libvirt's
 * is left. (transfer full) */
virJSONValue *drv_json_parse(const char *text);

/* The number that is the member @key of @object (NULL: of nothing); 0 when there is none. */
guint64 drv_json_number(virJSONValue *object, const char *key);

/* The line that has the command @name with @arguments (transfer full; NULL: none) done, by QEMU or
 * a guest agent. NULL with @error. (transfer full) */
char *drv_json_command(const char *name, virJSONValue *arguments, GError **error);

/* Whether @said answers a command: events come between the answers. */
gboolean drv_json_is_answer(virJSONValue *said);
