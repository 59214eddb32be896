/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "virerror.h"

#include "driver/error.h"
#include "driver/json.h"

/* Where the count is in a text. */
typedef struct {
    guint depth;
    gboolean object[DRV_JSON_DEEPEST]; /* whether the level is an object's */
    guint members[DRV_JSON_DEEPEST];   /* of the level, so far */
    guint values;                      /* of all */
} Count;

static gboolean
enter(Count *count, gboolean object)
{
    if (count->depth == DRV_JSON_DEEPEST) {
        return FALSE;
    }
    count->object[count->depth] = object;
    count->members[count->depth++] = 1;
    return ++count->values <= DRV_JSON_MOST_VALUES;
}

static gboolean
next_value(Count *count)
{
    guint level = count->depth - 1;
    if (++count->values > DRV_JSON_MOST_VALUES) {
        return FALSE;
    }
    return count->depth == 0 || ++count->members[level] <= DRV_JSON_MOST_MEMBERS ||
           !count->object[level];
}

/* The end of the string that begins at @quote: its last quote, or the end of the text. */
static const char *
end_of_string(const char *quote)
{
    const char *at = quote + 1;
    while (*at && *at != '"') {
        at += at[0] == '\\' && at[1] ? 2 : 1;
    }
    return at;
}

/* What is no JSON is found by libvirt; here, too many closing brackets are simply passed. */
static gboolean
is_bounded(const char *text)
{
    Count count = { 0 };
    for (const char *at = text; *at; at++) {
        if (*at == '"') {
            at = end_of_string(at);
        } else if ((*at == '{' || *at == '[') && !enter(&count, *at == '{')) {
            return FALSE;
        } else if ((*at == '}' || *at == ']') && count.depth > 0) {
            count.depth--;
        } else if (*at == ',' && !next_value(&count)) {
            return FALSE;
        }
        if (!*at) {
            break;
        }
    }
    return TRUE;
}

virJSONValue *
drv_json_parse(const char *text)
{
    g_autoptr(virJSONValue) value = is_bounded(text) ? virJSONValueFromString(text) : NULL;
    if (!value || virJSONValueGetType(value) != VIR_JSON_TYPE_OBJECT) {
        virResetLastError();
        return NULL;
    }
    return g_steal_pointer(&value);
}

guint64
drv_json_number(virJSONValue *object, const char *key)
{
    unsigned long long value = 0;
    return object && virJSONValueObjectGetNumberUlong(object, key, &value) == 0 ? value : 0;
}

char *
drv_json_command(const char *name, virJSONValue *arguments, GError **error)
{
    virJSONValue *command = NULL;
    g_autoptr(virJSONValue) given = arguments;
    virJSONValueObjectAdd(&command, "s:execute", name, "A:arguments", &given, NULL);
    g_autoptr(virJSONValue) owned = command;
    g_autofree char *text = owned ? virJSONValueToString(owned, false) : NULL;
    if (!text) {
        drv_fail_from_libvirt(error);
        return NULL;
    }
    return g_strconcat(text, "\n", NULL);
}

gboolean
drv_json_is_answer(virJSONValue *said)
{
    return virJSONValueObjectHasKey(said, "return") || virJSONValueObjectHasKey(said, "error");
}
