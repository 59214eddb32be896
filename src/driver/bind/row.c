/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* libxl frees with free(), so what it is given comes from malloc: strdup, never g_strdup. */
static char *
libc_strdup(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        g_error("out of memory");
    return copy;
}

static gboolean
defbool_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    DomTristate value = *(const DomTristate *)member;

    if (value != DOM_TRISTATE_ABSENT)
        libxl_defbool_set(field, value == DOM_TRISTATE_ON);
    return TRUE;
}

static void
defbool_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    libxl_defbool value = *(const libxl_defbool *)field;
    DomTristate *state = member;

    if (!libxl_defbool_is_default(value) && value.val != ((const libxl_defbool *)blank)->val)
        *state = libxl_defbool_val(value) ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

const BindKind bind_kind_defbool = { defbool_apply, defbool_read };

/* The machine is little endian wherever libxl is built: the low bytes come first. */
G_STATIC_ASSERT(G_BYTE_ORDER == G_LITTLE_ENDIAN);

static guint64
integer_get(const BindRow *row, gconstpointer field)
{
    guint64 value = 0;

    memcpy(&value, field, row->width);
    return value;
}

static void
integer_set(const BindRow *row, gpointer field, guint64 value)
{
    memcpy(field, &value, row->width);
}

static gint64
sign_extend(guint64 value, gsize width)
{
    guint shift = 64 - 8 * (guint)width;

    return (gint64)(value << shift) >> shift;
}

static gboolean
flag_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    DomTristate value = *(const DomTristate *)member;

    if (value != DOM_TRISTATE_ABSENT)
        integer_set(row, field, value == DOM_TRISTATE_ON);
    return TRUE;
}

static void
flag_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    guint64 value = integer_get(row, field);
    DomTristate *state = member;

    if (value != integer_get(row, blank))
        *state = value != 0 ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

const BindKind bind_kind_flag = { flag_apply, flag_read };

/* The member's own name, which for most is the key's in xl.cfg. */
static const char *
word_of(const BindRow *row)
{
    const char *dot = strrchr(row->name, '.');

    return dot != NULL ? dot + 1 : row->name;
}

static gboolean
fail_range(const BindRow *row, GError **error)
{
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("%s is too large a number for Xen; choose a smaller one"), word_of(row));
    return FALSE;
}

static gboolean
uint_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    const DomUint *number = member;

    if (!number->set)
        return TRUE;
    if (row->width < 8 && number->value >> (8 * row->width) != 0)
        return fail_range(row, error);
    integer_set(row, field, number->value);
    return TRUE;
}

static void
uint_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    guint64 value = integer_get(row, field);

    if (value != integer_get(row, blank))
        *(DomUint *)member = (DomUint){ .value = value, .set = TRUE };
}

const BindKind bind_kind_uint = { uint_apply, uint_read };

static gboolean
int_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    const DomInt *number = member;

    if (!number->set)
        return TRUE;
    if (sign_extend((guint64)number->value, row->width) != number->value)
        return fail_range(row, error);
    integer_set(row, field, (guint64)number->value);
    return TRUE;
}

static void
int_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    guint64 value = integer_get(row, field);

    if (value != integer_get(row, blank))
        *(DomInt *)member = (DomInt){ .value = sign_extend(value, row->width), .set = TRUE };
}

const BindKind bind_kind_int = { int_apply, int_read };

static gboolean
string_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    const char *text = *(char *const *)member;
    char **place = field;

    if (text == NULL)
        return TRUE;
    free(*place);
    *place = libc_strdup(text);
    return TRUE;
}

static void
string_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    const char *text = *(char *const *)field;

    if (g_strcmp0(text, *(char *const *)blank) != 0)
        *(char **)member = g_strdup(text);
}

const BindKind bind_kind_string = { string_apply, string_read };

static gboolean
strv_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    char *const *from = *(char **const *)member;
    guint n = from != NULL ? g_strv_length((char **)from) : 0;
    char **list;

    if (n == 0)
        return TRUE;
    list = calloc(n + 1, sizeof(*list));
    if (list == NULL)
        g_error("out of memory");
    for (guint i = 0; i < n; i++)
        list[i] = libc_strdup(from[i]);
    *(libxl_string_list *)field = list;
    return TRUE;
}

static void
strv_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    char **list = *(const libxl_string_list *)field;

    if (list != NULL && list[0] != NULL)
        *(char ***)member = g_strdupv(list);
}

const BindKind bind_kind_strv = { strv_apply, strv_read };

static gboolean
enum_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    int value = *(const int *)member;

    if (value == 0)
        return TRUE;
    g_return_val_if_fail((guint)value < row->values->count, FALSE);
    if (row->values->values[value] == BIND_NO_VALUE) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                    _("this version of Xen does not know that value of %s; choose another one"),
                    word_of(row));
        return FALSE;
    }
    *(int *)field = row->values->values[value];
    return TRUE;
}

static void
enum_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    int value = *(const int *)field;

    if (value == *(const int *)blank)
        return;
    for (guint i = 1; i < row->values->count; i++) {
        if (row->values->values[i] == value) {
            *(int *)member = (int)i;
            return;
        }
    }
}

const BindKind bind_kind_enum = { enum_apply, enum_read };

static gboolean
word_apply(const BindRow *row, gconstpointer member, gpointer field, GError **error)
{
    const char *text = *(char *const *)member;

    if (text == NULL || row->words->parse(text, field) == 0)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                _("%s: this version of Xen does not know '%s'; see xl.cfg(5) for its words"),
                word_of(row), text);
    return FALSE;
}

static void
word_read(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member)
{
    int value = *(const int *)field;

    if (value != *(const int *)blank)
        *(char **)member = g_strdup(row->words->format(value));
}

const BindKind bind_kind_word = { word_apply, word_read };

static gboolean
row_fits(const BindRow *row, DomType type)
{
    return row->guests == 0 || (row->guests & (1u << type)) != 0;
}

gboolean
bind_rows_apply(const BindRow *rows, guint n_rows, DomType type, gconstpointer record,
                gpointer target, GError **error)
{
    for (guint i = 0; i < n_rows; i++) {
        const BindRow *row = &rows[i];

        if (row_fits(row, type) && !row->kind->apply(row, (const char *)record + row->member,
                                                     (char *)target + row->field, error))
            return FALSE;
    }
    return TRUE;
}

void
bind_rows_read(const BindRow *rows, guint n_rows, DomType type, gconstpointer target,
               gconstpointer blank, gpointer record)
{
    for (guint i = 0; i < n_rows; i++) {
        const BindRow *row = &rows[i];

        if (row_fits(row, type))
            row->kind->read(row, (const char *)target + row->field,
                            (const char *)blank + row->field, (char *)record + row->member);
    }
}
