/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/field.h"

#include <string.h>

int
dom_enum_from_name(const DomEnum *names, const char *name, gboolean fold)
{
    for (guint i = 1; i < names->count; i++) {
        if (fold ? g_ascii_strcasecmp(names->names[i], name) == 0
                 : g_str_equal(names->names[i], name))
            return (int)i;
    }
    return 0;
}

const char *
dom_enum_name(const DomEnum *names, int value)
{
    g_return_val_if_fail(value >= 0 && (guint)value < names->count, NULL);
    return names->names[value];
}

char *
dom_enum_list(const DomEnum *names)
{
    GString *list = g_string_new(NULL);

    for (guint i = 1; i < names->count; i++)
        g_string_append_printf(list, "%s%s", i > 1 ? ", " : "", names->names[i]);
    return g_string_free(list, FALSE);
}

gboolean
dom_field_is_set(const DomField *field, gconstpointer record)
{
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        return *DOM_CONST_MEMBER(record, field, DomTristate) != DOM_TRISTATE_ABSENT;
    case DOM_KIND_UINT:
        return DOM_CONST_MEMBER(record, field, DomUint)->set;
    case DOM_KIND_INT:
        return DOM_CONST_MEMBER(record, field, DomInt)->set;
    case DOM_KIND_STRING:
        return *DOM_CONST_MEMBER(record, field, char *) != NULL;
    case DOM_KIND_ENUM:
        return *DOM_CONST_MEMBER(record, field, int) != 0;
    case DOM_KIND_STRV:
        return *DOM_CONST_MEMBER(record, field, char **) != NULL;
    }
    g_return_val_if_reached(FALSE);
}

const char *
dom_field_breaking(const DomField *field, gconstpointer record, const char *breaks)
{
    const char *text =
        field->kind == DOM_KIND_STRING ? *DOM_CONST_MEMBER(record, field, char *) : NULL;

    return text != NULL && strpbrk(text, breaks) != NULL ? text : NULL;
}

gboolean
dom_field_is_secret(const DomField *field, gconstpointer record)
{
    if (!(field->flags & DOM_FIELD_SECRET) || !dom_field_is_set(field, record))
        return FALSE;
    return !(field->flags & DOM_FIELD_EMPTY_IS_NONE) ||
           **DOM_CONST_MEMBER(record, field, char *) != '\0';
}

static gboolean
uint_equal(const DomUint *a, const DomUint *b)
{
    return a->set == b->set && (!a->set || a->value == b->value);
}

static gboolean
int_equal(const DomInt *a, const DomInt *b)
{
    return a->set == b->set && (!a->set || a->value == b->value);
}

static gboolean
strv_equal(char **a, char **b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return g_strv_equal((const char *const *)a, (const char *const *)b);
}

gboolean
dom_field_equal(const DomField *field, gconstpointer a, gconstpointer b)
{
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        return *DOM_CONST_MEMBER(a, field, DomTristate) == *DOM_CONST_MEMBER(b, field, DomTristate);
    case DOM_KIND_UINT:
        return uint_equal(DOM_CONST_MEMBER(a, field, DomUint), DOM_CONST_MEMBER(b, field, DomUint));
    case DOM_KIND_INT:
        return int_equal(DOM_CONST_MEMBER(a, field, DomInt), DOM_CONST_MEMBER(b, field, DomInt));
    case DOM_KIND_STRING:
        return g_strcmp0(*DOM_CONST_MEMBER(a, field, char *),
                         *DOM_CONST_MEMBER(b, field, char *)) == 0;
    case DOM_KIND_ENUM:
        return *DOM_CONST_MEMBER(a, field, int) == *DOM_CONST_MEMBER(b, field, int);
    case DOM_KIND_STRV:
        return strv_equal(*DOM_CONST_MEMBER(a, field, char **),
                          *DOM_CONST_MEMBER(b, field, char **));
    }
    g_return_val_if_reached(FALSE);
}

void
dom_field_clear(const DomField *field, gpointer record)
{
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        *DOM_MEMBER(record, field, DomTristate) = DOM_TRISTATE_ABSENT;
        return;
    case DOM_KIND_UINT:
        *DOM_MEMBER(record, field, DomUint) = (DomUint){ 0 };
        return;
    case DOM_KIND_INT:
        *DOM_MEMBER(record, field, DomInt) = (DomInt){ 0 };
        return;
    case DOM_KIND_STRING:
        g_clear_pointer(DOM_MEMBER(record, field, char *), g_free);
        return;
    case DOM_KIND_ENUM:
        *DOM_MEMBER(record, field, int) = 0;
        return;
    case DOM_KIND_STRV:
        g_clear_pointer(DOM_MEMBER(record, field, char **), g_strfreev);
        return;
    }
    g_return_if_reached();
}

void
dom_field_copy(const DomField *field, gpointer to, gconstpointer from)
{
    if (to == from)
        return;
    dom_field_clear(field, to);
    switch (field->kind) {
    case DOM_KIND_TRISTATE:
        *DOM_MEMBER(to, field, DomTristate) = *DOM_CONST_MEMBER(from, field, DomTristate);
        return;
    case DOM_KIND_UINT:
        *DOM_MEMBER(to, field, DomUint) = *DOM_CONST_MEMBER(from, field, DomUint);
        return;
    case DOM_KIND_INT:
        *DOM_MEMBER(to, field, DomInt) = *DOM_CONST_MEMBER(from, field, DomInt);
        return;
    case DOM_KIND_STRING:
        *DOM_MEMBER(to, field, char *) = g_strdup(*DOM_CONST_MEMBER(from, field, char *));
        return;
    case DOM_KIND_ENUM:
        *DOM_MEMBER(to, field, int) = *DOM_CONST_MEMBER(from, field, int);
        return;
    case DOM_KIND_STRV:
        *DOM_MEMBER(to, field, char **) = g_strdupv(*DOM_CONST_MEMBER(from, field, char **));
        return;
    }
    g_return_if_reached();
}
